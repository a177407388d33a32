"""When the database can't be reached: the visitor is told in words, and nothing is called saved."""

from __future__ import annotations

import logging

from flask import Flask, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import exc
from sqlalchemy.exc import DBAPIError

from skolemerke import database
from skolemerke.people.actors import ANONYMOUS

FAULTS = (DBAPIError, exc.TimeoutError)
"""What a database that is away raises, or a pool in which every connection is taken; see `is_away`."""

LATER = {"Retry-After": "10"}
"""The header of every such answer; in seconds."""

log = logging.getLogger("skolemerke.outages")


def register(app: Flask) -> None:
    """Give an application its page for the time in which the database is away."""
    for fault in FAULTS:
        app.register_error_handler(fault, show)


def note(error: Exception) -> None:
    """Take note that the database is away, so that the answer asks nothing of it. Raises the error again when it is
    a fault of ours."""
    if isinstance(error, DBAPIError) and not database.is_away(error):
        raise error
    log.warning("the database is away: %s %s: %s", request.method, request.path, type(error).__name__)
    g.actor, g.standing, g.agency = ANONYMOUS, None, None


def show(error: Exception) -> ResponseReturnValue:
    """The page that says so. Raises the error again when it is a fault of ours."""
    note(error)
    page = render_template(
        "error.html",
        code=503,
        title=_("We can't reach our records just now"),
        what=_("What you asked for can't be shown or done at this moment. What was saved before is still there."),
        help=_("Wait a minute and try again. What you have just sent is not saved: go back, and send it again then."),
    )
    return page, 503, LATER
