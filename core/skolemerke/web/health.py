"""For whoever watches the installation: whether the process runs, and whether it can serve."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from skolemerke import migrating

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def healthz() -> ResponseReturnValue:
    """The process runs."""
    return {"status": "ok"}


@blueprint.get("/readyz")
def readyz() -> ResponseReturnValue:
    """The database answers and is of this software's version; else 503."""
    try:
        found = migrating.state()
    except (SQLAlchemyError, OSError):
        found = "unreachable"
    return ({"status": "ready"}, 200) if found == "current" else ({"status": "not ready", "database": found}, 503)
