"""Sending a file in pieces: what a script of the section's page asks, and what it is told.

An addition to the file field of the page, which does the same at once and without a script. `docs/uploads.md` says what
is sent and answered.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from skolemerke_forms.drawing import one_piece

from skolemerke.applications import operations, uploads
from skolemerke.applications.models import Application, Evidence
from skolemerke.applications.uploads import Elsewhere, Told
from skolemerke.people.rights import Refused
from skolemerke.web import guard
from skolemerke.web.compiled import say_in
from skolemerke.web.evidence import piece_of
from skolemerke.web.filling import application_or_404, said
from skolemerke.web.languages import current_language

blueprint = Blueprint("uploading", __name__, url_prefix="/applications")

LARGEST_TOLD = 10_000
"""So many bytes may say which file begins."""


@blueprint.before_request
def only_known() -> ResponseReturnValue | None:
    """Answer a script in its own way when nobody is signed in any more."""
    return None if guard.actor().is_known else ({}, 401)


@blueprint.post("/<public_id>/evidence")
def begin(public_id: str) -> ResponseReturnValue:
    """Begin a file, or go on with it."""
    application = application_or_404(public_id)
    _take_at_most(LARGEST_TOLD)
    told = request.get_json(silent=True)
    meant = _told(told) if isinstance(told, dict) else None
    if meant is None:
        abort(400)
    try:
        begun = uploads.begin(guard.actor(), application.id, *meant)
    except ValueError:
        abort(400)
    answer: dict[str, Any] = {"id": begun.public_id, "received": begun.received, "largest": uploads.LARGEST_PIECE}
    return {**answer, **(_shown(application, begun.evidence) if begun.evidence else {})}


@blueprint.get("/<public_id>/evidence/uploads/<upload_id>")
def received(public_id: str, upload_id: str) -> ResponseReturnValue:
    """How much has arrived."""
    application = application_or_404(public_id)
    return {"received": uploads.received(guard.actor(), application.id, upload_id)}


@blueprint.put("/<public_id>/evidence/uploads/<upload_id>")
def receive(public_id: str, upload_id: str) -> ResponseReturnValue:
    """Take the piece that begins at `?offset=`."""
    application = application_or_404(public_id)
    _take_at_most(uploads.LARGEST_PIECE)
    offset = request.args.get("offset", -1, type=int)
    piece = request.get_data(cache=False)
    return {"received": uploads.receive(guard.actor(), application.id, upload_id, offset, piece)}


@blueprint.post("/<public_id>/evidence/uploads/<upload_id>")
def finish(public_id: str, upload_id: str) -> ResponseReturnValue:
    """Make evidence of a file that has arrived."""
    application = application_or_404(public_id)
    return _shown(application, uploads.finish(guard.actor(), application.id, upload_id))


@blueprint.delete("/<public_id>/evidence/uploads/<upload_id>")
def cancel(public_id: str, upload_id: str) -> ResponseReturnValue:
    """Let go of a file that was begun."""
    application = application_or_404(public_id)
    uploads.cancel(guard.actor(), application.id, upload_id)
    return {}


@blueprint.errorhandler(CSRFError)
def stale(_error: CSRFError) -> ResponseReturnValue:
    """The page belonged to an earlier sign-in; it asks for a new token and goes on."""
    return {"stale": True}, 400 if guard.actor().is_known else 401


@blueprint.errorhandler(Elsewhere)
def elsewhere(error: Elsewhere) -> ResponseReturnValue:
    """Another piece is wanted."""
    return {"received": error.received}, 409


@blueprint.errorhandler(operations.ApplicationRefusal)
def refused(refusal: operations.ApplicationRefusal) -> ResponseReturnValue:
    """The file is not taken; `again` says whether it may be tried later as it is."""
    return {"said": said(refusal), "again": isinstance(refusal, operations.NoRoom)}, 422


@blueprint.errorhandler(Refused)
def foreign(_error: Refused) -> ResponseReturnValue:
    """What others began answers as what nobody did."""
    return {}, 404


def _take_at_most(size: int) -> None:
    if (request.content_length or 0) > size:
        abort(413)


def _told(told: dict[str, Any]) -> tuple[str, Told] | None:
    """Which file is meant, by which question; none for what no page of ours sends."""
    match [told.get(name) for name in ("question", "name", "size", "sha256")]:
        case [str(question), str(name), int(size), str(sha256)] if size < 2**31:
            return question, Told(name, size, sha256)
    return None


def _shown(application: Application, piece: Evidence) -> dict[str, Any]:
    return {"piece": one_piece(piece_of(application, piece), say_in(current_language()))}
