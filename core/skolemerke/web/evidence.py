"""Evidence of an application as a download."""

from __future__ import annotations

from flask import Blueprint, abort, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_decimal
from skolemerke_forms.drawing import Piece

from skolemerke.applications import queries
from skolemerke.applications.models import Evidence
from skolemerke.applications.queries import DraftLike
from skolemerke.web import guard
from skolemerke.web.filling import application_or_404

blueprint = Blueprint("evidence", __name__, url_prefix="/applications")


@blueprint.app_template_global()
def file_facts(piece: Evidence) -> str:
    """Of what kind a file is and how large, such as `PDF, 120 kB`."""
    kind = piece.name.rpartition(".")[2].upper() if "." in piece.name else piece.media_type
    kilobytes = max(1, round(piece.size / 1000))
    size = f"{format_decimal(kilobytes / 1000, '0.0')} MB" if kilobytes >= 1000 else f"{kilobytes} kB"
    return f"{kind}, {size}"


def piece_of(application: DraftLike, piece: Evidence) -> Piece:
    """A piece of evidence as the page of a section shows it."""
    if piece.link:
        return Piece(piece.public_id, piece.link, piece.link, "", is_link=True)
    href = url_for("evidence.download", public_id=application.public_id, evidence_id=piece.public_id)
    return Piece(piece.public_id, href, piece.name, file_facts(piece))


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
    response.headers["Content-Security-Policy"] = guard.SEALED
    response.headers["Cache-Control"] = "no-store"
    return response
