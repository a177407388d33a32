"""Evidence of an application as a download."""

from __future__ import annotations

from flask import Blueprint, abort, send_file
from flask.typing import ResponseReturnValue

from skolemerke.applications import queries
from skolemerke.web import guard
from skolemerke.web.filling import application_or_404

blueprint = Blueprint("evidence", __name__, url_prefix="/applications")

# What somebody sent in never runs here, whatever a browser makes of it.
LOCKED_UP = "default-src 'none'; sandbox"


@blueprint.get("/<public_id>/evidence/<evidence_id>")
@guard.signed_in
def download(public_id: str, evidence_id: str) -> ResponseReturnValue:
    """A file, always as an attachment; a link has nothing to download."""
    application = application_or_404(public_id)
    found = queries.open_evidence(guard.actor(), evidence_id)
    if found is None or found[1].application_id != application.id:
        abort(404)
    path, piece = found
    response = send_file(path, mimetype=piece.media_type, as_attachment=True, download_name=piece.name, max_age=0)
    response.headers["Content-Security-Policy"] = LOCKED_UP
    response.headers["Cache-Control"] = "no-store"
    return response
