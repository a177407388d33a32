"""How often a page asks the database."""

from __future__ import annotations

from flask import Flask
from flask.testing import FlaskClient
from skolemerke import database

from bench.form_site import statements


def asked(app: Flask, client: FlaskClient, path: str) -> list[str]:
    """The statements that a page sends, once what is made once is made."""
    assert client.get(path).status_code == 200, path
    # The test stands in one context for all its requests: what a request has read must not help the next one.
    database.current().forget()
    with statements(app) as found:
        assert client.get(path).status_code == 200, path
    return list(found)
