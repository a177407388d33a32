"""The pages: they ask queries, call operations, and draw. They decide nothing."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from flask import Blueprint, Flask
from flask_wtf.csrf import CSRFProtect

from skolemerke.web import agency_texts, errors, guard, health, labels, languages, public, site, words

csrf = CSRFProtect()

OTHERS = ("sign_in", "applications", "sections", "evidence", "declarations")


def register(app: Flask) -> None:
    """Put all pages into an application."""
    csrf.init_app(app)
    languages.register(app)
    guard.register(app)
    site.register(app)
    words.register(app)
    errors.register(app)
    for blueprint in _blueprints():
        app.register_blueprint(blueprint)


def _blueprints() -> list[Blueprint]:
    ours = [public.blueprint, labels.blueprint, agency_texts.blueprint, health.blueprint]
    for name in OTHERS:
        if find_spec(f"{__name__}.{name}") is not None:
            ours.append(import_module(f"{__name__}.{name}").blueprint)
    return ours
