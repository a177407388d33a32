"""A site with its public pages: rounds that were opened, labels, and a server for a browser."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import Context
from datetime import UTC, date, datetime
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from skolemerke import database
from skolemerke.registry.models import SchoolLabel
from skolemerke.rounds.models import RoundRecord
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.test import TestResponse


def opened(*round_ids: str) -> None:
    """Note that rounds were opened, as they are by the operation."""
    with database.write() as session:
        for name in round_ids:
            plugin = f"etwinning-{name}"
            session.add(
                RoundRecord(round_id=name, title=name, plugin=plugin, opened_at=datetime(2017, 12, 11, tzinfo=UTC))
            )


def label(certificate: str, school_name: str = "Solbakken skole", **facts: Any) -> SchoolLabel:
    """A label that a school holds, of 2021-2022 unless said otherwise."""
    known = {
        "round_id": "2021-2022",
        "city": "Bergen",
        "country": "NO",
        "awarded_on": date(2021, 3, 26),
        "valid_from": 2021,
        "valid_to": 2022,
        "origin": "import",
    }
    return SchoolLabel(certificate=certificate, school_name=school_name, **{**known, **facts})


def list_labels(*labels: SchoolLabel) -> None:
    """Put labels into the list."""
    with database.write() as session:
        session.add_all(labels)


class Visitor(FlaskClient):
    """A client whose every request stands alone, also while the test itself is in the application's context.

    Without this a request would share that context, and with it what an earlier request found out: who is asking,
    the language, the read session.
    """

    def open(self, *args: Any, **settings: Any) -> TestResponse:
        """Send one request and take in the whole answer."""
        return Context().run(super().open, *args, **{"buffered": True, **settings})


def visitor(app: Flask) -> FlaskClient:
    """A browser without a screen, with cookies of its own."""
    return Visitor(app, app.response_class)


class _Silent(WSGIRequestHandler):
    """Writes no line for each request."""

    def log(self, type: str, message: str, *args: Any) -> None:
        """Say nothing."""


@contextmanager
def served(app: Flask, *, threaded: bool = False) -> Iterator[str]:
    """The application behind an address of this machine; `threaded`: each connection in a thread of its own."""
    server = make_server("127.0.0.1", 0, app, threaded=threaded, request_handler=_Silent)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
