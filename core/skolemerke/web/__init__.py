"""The pages: they ask queries, call operations, and draw. They decide nothing."""

from __future__ import annotations

from flask import Blueprint, Flask
from flask_wtf.csrf import CSRFProtect

from skolemerke.web import guard, languages

csrf = CSRFProtect()


def register(app: Flask) -> None:
    """Put all pages into an application."""
    csrf.init_app(app)
    languages.register(app)
    guard.register(app)
    for blueprint in _blueprints():
        app.register_blueprint(blueprint)


def _blueprints() -> list[Blueprint]:
    return []
