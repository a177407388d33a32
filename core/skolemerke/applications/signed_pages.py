"""The declaration on paper: a signed page that is uploaded, and confirmed or given back by an officer."""

from __future__ import annotations

from typing import BinaryIO

from sqlalchemy import select
from sqlalchemy.orm import Session

from skolemerke import clock, database
from skolemerke.applications.declaring import (
    a_name,
    a_note,
    locked_declaration,
    mark_signed,
    new_declaration,
    note,
    outdate,
    target_of,
    tell_asker,
)
from skolemerke.applications.drafts import held
from skolemerke.applications.evidence import file_piece, new_piece, require_room
from skolemerke.applications.identifiers import new_token
from skolemerke.applications.models import PAPER as NO_QUESTION
from skolemerke.applications.models import Application, Declaration, Evidence
from skolemerke.applications.refusals import Outdated, SignatureRefused
from skolemerke.applications.signatures import ASKED, PAPER, RETURNED, SIGNED, holds
from skolemerke.applications.sniffing import PAPER_ENDINGS
from skolemerke.applications.storing import stored
from skolemerke.people.actors import Actor
from skolemerke.people.rights import Refused, require
from skolemerke.speech import marked as _


def upload_paper(actor: Actor, application_id: int, stream: BinaryIO, name: str, head_name: str = "") -> Declaration:
    """Add a page that was signed by hand: a PDF, JPEG or PNG, which an officer confirms.

    It stands for what the application says now, in place of an earlier page and of an open question by mail. Raises
    `EvidenceRefused`, `SignatureRefused`, `Closed`, `Refused`.
    """
    _look_first(actor, application_id)
    with stored(stream, name, PAPER_ENDINGS) as file, database.write() as session:
        application = held(session, actor, "declaration.ask", application_id)
        target = target_of(session, application)
        pieces = session.scalars(
            select(Evidence).where(Evidence.application_id == application.id, Evidence.removed_at.is_(None))
        ).all()
        require_room(pieces, file.size)
        outdate(session, application, ASKED, PAPER)
        piece = file_piece(new_piece(application, actor, NO_QUESTION), file)
        session.add(piece)
        session.flush()
        declaration = new_declaration(application, actor, target, new_token(), PAPER)
        declaration.head_name, declaration.origin, declaration.evidence_id = a_name(head_name), "applicant", piece.id
        session.add(declaration)
        session.flush()
        note(session, "declaration.uploaded", declaration, application, actor.ref, sha256=file.sha256)
    return declaration


def confirm_paper(actor: Actor, declaration_id: int) -> Declaration:
    """Confirm, as an officer, that the uploaded page is the signed declaration. Raises `Outdated`, `Refused`,
    `SignatureRefused`."""
    with database.write() as session:
        declaration, application = _paper(session, actor, declaration_id)
        if declaration.state == SIGNED:
            return declaration
        if declaration.state != PAPER:
            raise SignatureRefused(_("There is no uploaded page to confirm."))
        if not holds(session, application, declaration):
            raise Outdated
        mark_signed(declaration, declaration.head_name, "")
        note(session, "declaration.confirmed", declaration, application, actor.ref)
        tell_asker(session, declaration, application, "signed")
    return declaration


def return_paper(actor: Actor, declaration_id: int, reason: str) -> Declaration:
    """Give an uploaded page back, as an officer, with a reason that whoever added it reads: it is not signed, can't
    be read, or is not the declaration. Raises `SignatureRefused`, `TooLong`, `Refused`."""
    with database.write() as session:
        declaration, application = _paper(session, actor, declaration_id)
        reason = a_note(reason)
        if not reason:
            raise SignatureRefused(_("Say what is wrong with the page, so that the school can mend it."))
        if declaration.state == RETURNED:
            return declaration
        if declaration.state != PAPER:
            raise SignatureRefused(_("There is no uploaded page to give back."))
        declaration.state, declaration.answered_at, declaration.note = RETURNED, clock.now(), reason
        note(session, "declaration.returned", declaration, application, actor.ref, reason=reason)
        tell_asker(session, declaration, application, "paper_returned")
    return declaration


def _paper(session: Session, actor: Actor, declaration_id: int) -> tuple[Declaration, Application]:
    found = session.get(Declaration, declaration_id)
    if found is None:
        raise Refused(f"{actor.ref} may not declaration.confirm")
    application = held(session, actor, "declaration.confirm", found.application_id)
    return locked_declaration(session, Declaration.id == declaration_id), application


def _look_first(actor: Actor, application_id: int) -> None:
    """Refuse before a file is received what would be refused afterwards."""
    read = database.read()
    application = read.get(Application, application_id)
    if application is None:
        raise Refused(f"{actor.ref} may not declaration.ask")
    require(actor, "declaration.ask", application)
    target_of(read, application)
