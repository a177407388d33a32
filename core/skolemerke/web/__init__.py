"""The pages: they ask queries, call operations, and draw. They decide nothing."""

from __future__ import annotations

from flask import Flask
from flask_wtf.csrf import CSRFProtect

from skolemerke.config import EXTENSION
from skolemerke.web import (
    account,
    agency_texts,
    applications,
    cookies,
    declarations,
    demo,
    errors,
    evidence,
    guard,
    health,
    labels,
    languages,
    providers,
    public,
    round_view,
    second_factor,
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
    second_factor,
    providers,
    account,
    applications,
    sections,
    evidence,
    declarations,
    submitting,
    signing,
)


def register(app: Flask) -> None:
    """Put all pages into an application."""
    csrf.init_app(app)
    cookies.register(app, app.extensions[EXTENSION])
    for part in (languages, guard, site, words, round_view, errors, providers, demo):
        part.register(app)
    for page in PAGES:
        app.register_blueprint(page.blueprint)
