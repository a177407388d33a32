"""The declarations of an application as an officer checks them: of what each speaks, and what must stand on a paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import select

from skolemerke import database
from skolemerke.applications import queries
from skolemerke.applications.models import Application, Declaration, Evidence, Submission


@dataclass(frozen=True)
class Spoken:
    """Of what a declaration speaks, in words, and the codes that stand on its paper where it was printed: `mark`
    always, `receipt` only where it was printed after the application had been sent. `file` addresses the uploaded
    page, `counts` says whether it speaks of the submission that counts."""

    about: str
    mark: str
    receipt: str
    file: str
    counts: bool


def declared_of(model: Application) -> list[tuple[Declaration, Spoken]]:
    """Every declaration of an application, newest first, with what it speaks of."""
    sent, files = queries.submissions(model.id), _files(model)
    return [(one, _spoken(one, sent, files.get(one.evidence_id or 0, ""))) for one in queries.declarations_of(model.id)]


def _spoken(declaration: Declaration, sent: Sequence[Submission], file: str) -> Spoken:
    found = next((one for one in sent if one.content_hash == declaration.content_hash), None)
    mark = queries.mark_of(declaration.content_hash)
    if found is None:
        return Spoken(_("A draft that was not sent as it was then"), mark, "", file, counts=False)
    counts = found.content_hash == sent[0].content_hash
    about = _("Submission %(number)s", number=found.number)
    if not counts:
        about = _("Submission %(number)s, which does not count any more", number=found.number)
    return Spoken(about, mark, found.receipt, file, counts)


def _files(model: Application) -> dict[int, str]:
    """How the pages that were uploaded are addressed, by their number."""
    signed = select(Declaration.evidence_id).where(Declaration.application_id == model.id)
    pieces = select(Evidence.id, Evidence.public_id).where(Evidence.id.in_(signed))
    return {row.id: row.public_id for row in database.read().execute(pieces)}
