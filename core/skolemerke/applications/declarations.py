"""The declaration of the principal, asked for by mail and answered by the link in it."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from skolemerke import clock, database, outbox
from skolemerke.applications.authors import about, authors
from skolemerke.applications.declaring import (
    MAX_ADDRESS,
    a_name,
    a_note,
    locked_declaration,
    mark_signed,
    new_declaration,
    one_line,
    outdate,
    target_of,
    tell_asker,
)
from skolemerke.applications.declaring import note as note_in_chain
from skolemerke.applications.drafts import held, locked
from skolemerke.applications.identifiers import hash_of_token, new_token
from skolemerke.applications.models import Application, Declaration
from skolemerke.applications.refusals import Outdated, SignatureRefused
from skolemerke.applications.signatures import (
    ASKED,
    DECLINED,
    OUTDATED,
    SIGNED,
    holds,
    require_signing,
)
from skolemerke.people.actors import Actor
from skolemerke.people.rights import Refused
from skolemerke.registry.models import Teacher
from skolemerke.speech import marked as _

SignerRole = Literal["principal", "deputy"]
Origin = Literal["registry", "applicant", "own"]
ASKS_A_DAY = 10
ADDRESS = re.compile(r"[^\s@<>()\[\],;:\\\"]+@[^\s@<>()\[\],;:\\\"]+\.[^\s@<>()\[\],;:\\\"]+")
THE_HEAD = "principal"
"""How the audit chain names whoever answers by the mailed link."""


def ask_signature(actor: Actor, application_id: int, head_name: str, head_email: str) -> str:
    """Ask the head of the school, by a mailed link, to sign exactly what the application says now.

    An earlier question that is still open is outdated by this one. Returns the secret of the link, which is in the
    mail and nowhere else. Raises `SignatureRefused`, `TooLong` for the name,
    `Closed`, `Refused`.
    """
    name, email = a_name(head_name), one_line(head_email)
    if not ADDRESS.fullmatch(email) or len(email) > MAX_ADDRESS:
        raise SignatureRefused(_("Write a mail address, such as name@school.example."))
    token = new_token()
    with database.write() as session:
        application = held(session, actor, "declaration.ask", application_id)
        target = target_of(session, application)
        _require_patience(session, application)
        outdate(session, application, ASKED)
        declaration = new_declaration(application, actor, target, token, ASKED)
        declaration.head_name, declaration.head_email = name, email
        declaration.origin = _origin(session, application, actor, email)
        session.add(declaration)
        session.flush()
        note_in_chain(session, "declaration.asked", declaration, application, actor.ref, origin=declaration.origin)
        outbox.queue(
            session,
            "signature_request",
            f"signature_request:{declaration.id}",
            address=email,
            name=name,
            language=declaration.language,
            **about(application),
            token=token,
            asked_by=actor.name,
        )
    return token


def sign(token: str, name: str, role: SignerRole) -> Declaration:
    """Sign by the mailed link. Who signs twice has signed once.

    Raises `Outdated` when the application was changed after the question, `SignatureRefused`, `Closed`; `Refused`
    for a link that is none.
    """
    name = a_name(name)
    if role not in {"principal", "deputy"}:
        raise SignatureRefused(_("Say whether you are the principal or a deputy."))
    if not name:
        raise SignatureRefused(_("Write your name."))
    with database.write() as session:
        declaration, application = _by_token(session, token)
        if declaration.state == SIGNED:
            return declaration
        _require_answerable(session, declaration, application)
        if not holds(session, application, declaration):
            raise Outdated
        mark_signed(declaration, name, role)
        note_in_chain(session, "declaration.signed", declaration, application, THE_HEAD, role=role)
        tell_asker(session, declaration, application, "signed")
    return declaration


def decline(token: str, note: str) -> Declaration:
    """Refuse to sign, with a note to those who asked, who get all of it: one that is too long raises `TooLong`.

    Who sends the same twice has declined once; another note is refused, since the first was sent already. Raises
    `Outdated`, `SignatureRefused`, `Closed`, `Refused`.
    """
    note = a_note(note)
    with database.write() as session:
        declaration, application = _by_token(session, token)
        if declaration.state == DECLINED and declaration.note == note:
            return declaration
        _require_answerable(session, declaration, application)
        declaration.state, declaration.answered_at = DECLINED, clock.now()
        declaration.note = note
        note_in_chain(session, "declaration.declined", declaration, application, THE_HEAD)
        tell_asker(session, declaration, application, "declined")
    return declaration


def _origin(session: Session, application: Application, actor: Actor, email: str) -> Origin:
    """Whose word an address is. One that is a teacher's own would let the applicants sign for themselves."""
    address = email.casefold()
    if address == application.school.head_email.strip().casefold():
        return "registry"
    teachers = select(Teacher.email).where(Teacher.school_id == application.school_id, Teacher.gone.is_(False))
    theirs = {actor.email, *(account.email for account in authors(session, application.id)), *session.scalars(teachers)}
    return "own" if address in {one.strip().casefold() for one in theirs} else "applicant"


def _require_patience(session: Session, application: Application) -> None:
    asked = session.scalar(
        select(func.count())
        .select_from(Declaration)
        .where(
            Declaration.application_id == application.id,
            Declaration.head_email != "",
            Declaration.asked_at > clock.now() - timedelta(days=1),
        )
    )
    if (asked or 0) >= ASKS_A_DAY:
        raise SignatureRefused(
            _("You have sent %(limit)s links within a day. Wait until tomorrow, or upload the declaration on paper."),
            limit=str(ASKS_A_DAY),
        )


def _by_token(session: Session, token: str) -> tuple[Declaration, Application]:
    by_hash = Declaration.token_hash == hash_of_token(token)
    application_id = session.scalar(select(Declaration.application_id).where(by_hash))
    application = locked(session, application_id) if application_id is not None else None
    if application is None:
        raise Refused("no declaration is asked for by this link")
    return locked_declaration(session, by_hash), application


def _require_answerable(session: Session, declaration: Declaration, application: Application) -> None:
    require_signing(session, application, clock.now())
    if declaration.state == OUTDATED:
        raise Outdated
    if declaration.state != ASKED:
        raise SignatureRefused(_("This declaration has been answered already."))
