"""The pages: they ask queries, call operations, and draw. They decide nothing."""

from __future__ import annotations

from flask import Flask
from flask_wtf.csrf import CSRFProtect

from skolemerke.web import (
    agency_texts,
    applications,
    autosaving,
    declarations,
    demo,
    errors,
    evidence,
    guard,
    health,
    histories,
    labels,
    languages,
    may_apply,
    papers,
    public,
    round_view,
    sections,
    sign_in,
    signing,
    site,
    stopping,
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
    autosaving,
    histories,
    may_apply,
    sections,
    evidence,
    declarations,
    submitting,
    signing,
    stopping,
    papers,
)


def register(app: Flask) -> None:
    """Put all pages into an application."""
    csrf.init_app(app)
    for part in (languages, guard, site, words, round_view, errors, demo):
        part.register(app)
    # The token in its addresses is the authority; a mail program that presses the button holds no cookie.
    csrf.exempt(stopping.blueprint)
    for page in PAGES:
        app.register_blueprint(page.blueprint)
