"""The pages: they ask queries, call operations, and draw. They decide nothing."""

from __future__ import annotations

from flask import Flask
from flask_wtf.csrf import CSRFProtect

from skolemerke.web import (
    agency_texts,
    applications,
    declarations,
    demo,
    errors,
    evidence,
    guard,
    health,
    labels,
    languages,
    papers,
    public,
    round_view,
    sections,
    sign_in,
    signing,
    site,
    submitting,
    words,
)

csrf = CSRFProtect()

PAGES = (
    public,
    labels,
    agency_texts,
    health,
    sign_in,
    applications,
    sections,
    evidence,
    declarations,
    submitting,
    signing,
    papers,
)


def register(app: Flask) -> None:
    """Put all pages into an application."""
    csrf.init_app(app)
    for part in (languages, guard, site, words, round_view, errors, demo):
        part.register(app)
    for page in PAGES:
        app.register_blueprint(page.blueprint)
