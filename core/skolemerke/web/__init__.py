"""The pages: they ask queries, call operations, and draw. They decide nothing."""

from __future__ import annotations

from importlib import import_module

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
    return ours + [found for name in OTHERS if (found := _blueprint_of(name)) is not None]


def _blueprint_of(name: str) -> Blueprint | None:
    try:
        found: Blueprint = import_module(f"{__name__}.{name}").blueprint
    except ImportError:
        return None
    return found
