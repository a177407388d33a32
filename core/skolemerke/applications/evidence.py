"""Evidence by the questions of a draft: links and files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from skolemerke_forms.cleaning import messages_of, tidy
from skolemerke_forms.questions import Question, clean_link
from sqlalchemy import select
from sqlalchemy.orm import Session

from skolemerke import audit, clock, database
from skolemerke.applications.beside import standing_evidence
from skolemerke.applications.drafts import held, require_open
from skolemerke.applications.identifiers import new_public_id
from skolemerke.applications.lateness import noted_when_closed
from skolemerke.applications.models import PAPER, Application, Evidence, Submission
from skolemerke.applications.refusals import EvidenceRefused
from skolemerke.applications.sniffing import MEDIA_TYPES
from skolemerke.applications.storing import MEGABYTE, StoredFile, folder, plain_name, stored
from skolemerke.people.actors import Actor
from skolemerke.people.rights import Refused, may, require
from skolemerke.rounds.queries import content
from skolemerke.speech import marked as _

A_QUESTION, AN_APPLICATION = 10, 100 * MEGABYTE
"""How many pieces stand by a question at most, and how large all files of an application are together at most."""


@noted_when_closed("link")
def add_link(actor: Actor, application_id: int, question_id: str, link: str, name: str = "") -> Evidence:
    """Put a link by a question. Raises `EvidenceRefused`, `Closed`, `Refused`."""
    cleaned = clean_link(tidy(link))
    if cleaned.problems:
        message, figures = messages_of(cleaned.problems)[0]
        raise EvidenceRefused(message, **figures)
    with database.write() as session:
        application = held(session, actor, "application.edit", application_id)
        require_place(session, application, question_id, size=0)
        piece = _piece(application, actor, question_id)
        piece.link, piece.name = str(cleaned.value), plain_name(name)
        session.add(piece)
    return piece


@noted_when_closed("file")
def add_file(actor: Actor, application_id: int, question_id: str, stream: BinaryIO, name: str) -> Evidence:
    """Put a file by a question; `name` is what the browser says. Raises `EvidenceRefused`, `Closed`, `Refused`."""
    look_first(actor, application_id, question_id)
    with stored(stream, name, MEDIA_TYPES.keys()) as file, database.write() as session:
        application = held(session, actor, "application.edit", application_id)
        require_place(session, application, question_id, size=file.size)
        piece = file_piece(_piece(application, actor, question_id), file)
        session.add(piece)
    return piece


def remove_evidence(actor: Actor, public_id: str) -> Evidence:
    """Take a piece away from its question; what was submitted keeps it. Raises `Closed`, `Refused`."""
    with database.write() as session:
        piece = session.scalars(select(Evidence).where(Evidence.public_id == public_id)).one_or_none()
        if piece is None or piece.question_id == PAPER:
            raise Refused(f"{actor.ref} may not application.edit")
        application = held(session, actor, "application.edit", piece.application_id)
        session.refresh(piece, with_for_update=True)
        require_open(session, application, clock.now())
        if piece.removed_at is None:
            piece.removed_at = clock.now()
            application.saved_at = clock.now()
            audit.record(
                session,
                "evidence.removed",
                f"application:{application.id}",
                actor=actor.ref,
                agency_id=application.agency_id,
                evidence=piece.public_id,
                question=piece.question_id,
            )
    return piece


def open_evidence(actor: Actor, public_id: str) -> tuple[Path, Evidence] | None:
    """The path of a file and its row, for somebody who may see it; none otherwise.

    A piece that was taken away is there for those who read a submission that holds it.
    """
    read = database.read()
    piece = read.scalars(select(Evidence).where(Evidence.public_id == public_id)).one_or_none()
    if piece is None or not piece.stored_as:
        return None
    application = read.get_one(Application, piece.application_id)
    if not may(actor, "application.view", application):
        return None
    if piece.removed_at is not None and not _is_submitted(read, piece):
        return None
    path = folder() / piece.stored_as
    return (path, piece) if path.is_file() else None


@noted_when_closed("file")
def add_again(actor: Actor, application_id: int, question_id: str, public_id: str) -> Evidence:
    """Let a piece of the same application stand by one more question; a file is not kept twice. Raises as
    `add_file`."""
    with database.write() as session:
        application = held(session, actor, "application.edit", application_id)
        pieces = standing_evidence(session, application.id)
        there = next((piece for piece in pieces if piece.public_id == public_id), None)
        if there is None:
            raise EvidenceRefused(_("The file or link has been removed meanwhile. Add it anew."))
        twin = next((piece for piece in pieces if piece.question_id == question_id and is_same(piece, there)), None)
        if twin is not None:
            return twin
        require_place(session, application, question_id, size=0)
        piece = _piece(application, actor, question_id)
        for name in ("link", "name", "stored_as", "media_type", "size", "sha256"):
            setattr(piece, name, getattr(there, name))
        session.add(piece)
    return piece


def is_same(one: Evidence, other: Evidence) -> bool:
    """Whether two pieces are one file or one link, by different questions."""
    return (one.stored_as, one.link) == (other.stored_as, other.link)


def file_piece(piece: Evidence, file: StoredFile) -> Evidence:
    """Give a piece its file."""
    piece.name, piece.stored_as, piece.media_type = file.name, file.stored_as, file.media_type
    piece.size, piece.sha256 = file.size, file.sha256
    return piece


def new_piece(application: Application, actor: Actor, question_id: str) -> Evidence:
    """A piece of evidence that has nothing in it yet."""
    return Evidence(
        public_id=new_public_id(),
        application_id=application.id,
        question_id=question_id,
        added_by=actor.account_id,
        added_at=clock.now(),
    )


def require_room(pieces: Sequence[Evidence], size: int) -> None:
    """Raise `EvidenceRefused` when a file would make an application too large."""
    files = {piece.stored_as: piece.size for piece in pieces}
    if sum(files.values()) + size > AN_APPLICATION:
        raise EvidenceRefused(
            _("All files of an application together may have at most %(limit)s MB. Remove a file, or add a link."),
            limit=str(AN_APPLICATION // MEGABYTE),
        )


def _piece(application: Application, actor: Actor, question_id: str) -> Evidence:
    application.saved_at = clock.now()
    return new_piece(application, actor, question_id)


def look_first(actor: Actor, application_id: int, question_id: str) -> None:
    """Refuse before a file is received what would be refused afterwards."""
    read = database.read()
    application = read.get(Application, application_id)
    if application is None:
        raise Refused(f"{actor.ref} may not application.edit")
    require(actor, "application.edit", application)
    require_place(read, application, question_id, size=0)


def require_place(session: Session, application: Application, question_id: str, size: int) -> None:
    """Raise `Closed` or `EvidenceRefused` unless one more piece, of that size, may stand by a question."""
    require_open(session, application, clock.now())
    question = content(application.edition).form.question(question_id)
    if question is None or question.evidence == "none":
        raise EvidenceRefused(_("No evidence is asked for at this question."))
    pieces = standing_evidence(session, application.id)
    _require_count(question, sum(1 for piece in pieces if piece.question_id == question_id))
    require_room(pieces, size)


def _require_count(question: Question, found: int) -> None:
    if question.evidence == "one" and found:
        raise EvidenceRefused(_("One piece of evidence is asked for here. Remove the one that is there first."))
    if found >= A_QUESTION:
        raise EvidenceRefused(
            _("A question takes at most %(limit)s pieces of evidence. Remove one first."), limit=str(A_QUESTION)
        )


def _is_submitted(session: Session, piece: Evidence) -> bool:
    held_by = session.scalars(select(Submission.evidence).where(Submission.application_id == piece.application_id))
    return any(frozen.get("id") == piece.public_id for evidence in held_by for frozen in evidence)
