"""The pages: they ask queries, call operations, and draw. They decide nothing."""

from __future__ import annotations

from flask import Flask
from flask_wtf.csrf import CSRFProtect

from skolemerke.config import EXTENSION
from skolemerke.web import (
    account,
    addresses,
    agency_texts,
    applications,
    arriving,
    assets,
    autosaving,
    compressing,
    cookies,
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
    outages,
    own_look,
    page_templates,
    papers,
    providers,
    public,
    round_view,
    second_factor,
    sections,
    sign_in,
    signing,
    site,
    stopping,
    submitting,
    uploading,
    words,
)

csrf = CSRFProtect()

PAGES = (
    public,
    labels,
    agency_texts,
    health,
    assets,
    own_look,
    sign_in,
    second_factor,
    providers,
    account,
    applications,
    autosaving,
    histories,
    may_apply,
    sections,
    evidence,
    uploading,
    declarations,
    submitting,
    signing,
    stopping,
    papers,
)


def register(app: Flask) -> None:
    """Put all pages into an application."""
    page_templates.register(app)
    # The first of these to register is the last to touch a response.
    compressing.register(app)
    csrf.init_app(app)
    cookies.register(app, app.extensions[EXTENSION])
    for part in (
        addresses,
        arriving,
        languages,
        guard,
        assets,
        site,
        own_look,
        words,
        round_view,
        errors,
        outages,
        providers,
        demo,
    ):
        part.register(app)
    # The token in its addresses is the authority; a mail program that presses the button holds no cookie.
    csrf.exempt(stopping.blueprint)
    # So it is with the principal's page: it asks for no account and heeds no cookie. Another site can send nothing in
    # a visitor's name without the token in the address, and whoever has the token can sign without the visitor. A word
    # in the form would guard nothing, and keep out a principal without cookies, or whose page stood open for long.
    csrf.exempt(signing.blueprint)
    for page in PAGES:
        app.register_blueprint(page.blueprint)
