"""The Flask core of Skolemerke: it runs the rounds of the eTwinning School Label and knows no round itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def create_app() -> Flask:
    """Make the application of the installation in `SKOLEMERKE_HOME`; for `flask --app skolemerke` and servers."""
    from skolemerke import app  # noqa: PLC0415 - importing a room must not load every other

    return app.create_app()
