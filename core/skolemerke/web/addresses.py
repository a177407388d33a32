"""Addresses of pages, kept: for one endpoint, the same values and one mount of the site they never differ."""

from __future__ import annotations

from typing import Any

import flask
from flask import Flask, request

from skolemerke.kept import kept_here

EXTENSION = "skolemerke.addresses"
MOST = 4096


def register(app: Flask) -> None:
    """Let templates make their addresses so."""
    app.jinja_env.globals["url_for"] = url_for


def url_for(endpoint: str, **values: Any) -> str:
    """The path of a page; as `flask.url_for`, which takes as long as a short statement to the database."""
    whole = f"{request.blueprint or ''}{endpoint}" if endpoint.startswith(".") else endpoint
    try:
        key = (request.script_root, whole, *sorted(values.items()))
        found: str = kept_here(EXTENSION, MOST).get(key, lambda: flask.url_for(whole, **values))
    except TypeError:
        # A value that is no plain one: nothing is kept of it.
        return flask.url_for(whole, **values)
    return found
