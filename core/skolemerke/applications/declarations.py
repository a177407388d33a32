"""The declaration of the principal: asked for by mail, or uploaded as a signed page and confirmed by an officer."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import BinaryIO, Literal

from skolemerke_forms.cleaning import tidy
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from skolemerke import audit, clock, database, outbox
from skolemerke.applications.authors import about, tell
from skolemerke.applications.content import PAPER as NO_QUESTION
from skolemerke.applications.drafts import held, locked
from skolemerke.applications.evidence import file_piece, new_piece, require_room
from skolemerke.applications.identifiers import hash_of_token, new_token
from skolemerke.applications.models import Application, Declaration, Evidence
from skolemerke.applications.refusals import Closed, Outdated, SignatureRefused
from skolemerke.applications.signatures import (
    ASKED,
    DECLINED,
    OUTDATED,
    PAPER,
    SIGNED,
    Signable,
    declarations_of,
    holds,
    require_signing,
    signed_for,
    to_be_signed,
)
from skolemerke.applications.sniffing import PAPER_ENDINGS
from skolemerke.applications.storing import stored
from skolemerke.config import current_config
from skolemerke.people.actors import Actor
from skolemerke.people.models import Account
from skolemerke.people.rights import Refused, require


def _(message: str) -> str:
    """Mark a message for translation; it is translated where it is shown."""
    return message


SignerRole = Literal["principal", "deputy"]
ASKS_A_DAY = 10
MAX_NAME, MAX_NOTE, MAX_ADDRESS = 200, 4_000, 320
ADDRESS = re.compile(r"[^\s@<>()\[\],;:\\\"]+@[^\s@<>()\[\],;:\\\"]+\.[^\s@<>()\[\],;:\\\"]+")
THE_HEAD = "principal"
"""How the audit chain names whoever answers by the mailed link."""


def ask_signature(actor: Actor, application_id: int, head_name: str, head_email: str) -> str:
    """Ask the head of the school, by a mailed link, to sign exactly what the application says now.

    An earlier question that is still open is outdated by this one. Returns the secret of the link, which is in the
    mail and nowhere else. Raises `SignatureRefused`, `Closed`, `Refused`.
    """
    name, email = _one_line(head_name), _one_line(head_email)
    if not ADDRESS.fullmatch(email) or len(email) > MAX_ADDRESS:
        raise SignatureRefused(_("Write a mail address, such as name@school.example."))
    token = new_token()
    with database.write() as session:
        application = held(session, actor, "declaration.ask", application_id)
        target = _target(session, application)
        _require_patience(session, application)
        _outdate(session, application, ASKED)
        declaration = _new(application, actor, target, token, ASKED)
        declaration.head_name, declaration.head_email = name, email
        is_known = email.casefold() == application.school.head_email.strip().casefold()
        declaration.origin = "registry" if is_known else "applicant"
        session.add(declaration)
        session.flush()
        _note(session, "declaration.asked", declaration, application, actor.ref, origin=declaration.origin)
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
    name = _one_line(name)
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
        _signed(declaration, name, role)
        _note(session, "declaration.signed", declaration, application, THE_HEAD, role=role)
        _tell_asker(session, declaration, application, "signed")
    return declaration


def decline(token: str, note: str) -> Declaration:
    """Refuse to sign, with a note to those who asked. Raises `SignatureRefused`, `Closed`, `Refused`."""
    with database.write() as session:
        declaration, application = _by_token(session, token)
        if declaration.state == DECLINED:
            return declaration
        _require_answerable(session, declaration, application)
        declaration.state, declaration.answered_at = DECLINED, clock.now()
        declaration.note = tidy(note)[:MAX_NOTE]
        _note(session, "declaration.declined", declaration, application, THE_HEAD)
        _tell_asker(session, declaration, application, "declined")
    return declaration


def upload_paper(actor: Actor, application_id: int, stream: BinaryIO, name: str, head_name: str = "") -> Declaration:
    """Add a page that was signed by hand: a PDF, JPEG or PNG, which an officer confirms.

    It stands for what the application says now, in place of an earlier page and of an open question by mail. Raises
    `EvidenceRefused`, `SignatureRefused`, `Closed`, `Refused`.
    """
    _look_first(actor, application_id)
    with stored(stream, name, PAPER_ENDINGS) as file, database.write() as session:
        application = held(session, actor, "declaration.ask", application_id)
        target = _target(session, application)
        pieces = session.scalars(
            select(Evidence).where(Evidence.application_id == application.id, Evidence.removed_at.is_(None))
        ).all()
        require_room(pieces, file.size)
        _outdate(session, application, ASKED, PAPER)
        piece = file_piece(new_piece(application, actor, NO_QUESTION), file)
        session.add(piece)
        session.flush()
        declaration = _new(application, actor, target, new_token(), PAPER)
        declaration.head_name, declaration.origin, declaration.evidence_id = _one_line(head_name), "applicant", piece.id
        session.add(declaration)
        session.flush()
        _note(session, "declaration.uploaded", declaration, application, actor.ref, sha256=file.sha256)
    return declaration


def confirm_paper(actor: Actor, declaration_id: int) -> Declaration:
    """Confirm, as an officer, that the uploaded page is the signed declaration. Raises `Outdated`, `Refused`,
    `SignatureRefused`."""
    with database.write() as session:
        found = session.get(Declaration, declaration_id)
        if found is None:
            raise Refused(f"{actor.ref} may not declaration.confirm")
        application = held(session, actor, "declaration.confirm", found.application_id)
        declaration = _locked(session, Declaration.id == declaration_id)
        if declaration.state == SIGNED:
            return declaration
        if declaration.state != PAPER:
            raise SignatureRefused(_("There is no uploaded page to confirm."))
        if not holds(session, application, declaration):
            raise Outdated
        _signed(declaration, declaration.head_name, "")
        _note(session, "declaration.confirmed", declaration, application, actor.ref)
        _tell_asker(session, declaration, application, "signed")
    return declaration


def _target(session: Session, application: Application) -> Signable:
    """What is to be signed now; refuses when there is nothing, or when it was signed already."""
    now = clock.now()
    require_signing(session, application, now)
    target = to_be_signed(session, application, now)
    if target is None:
        raise Closed(_("The round has closed, and the application was not submitted: there is nothing to sign."))
    if signed_for(declarations_of(session, application.id), target.content.hash):
        raise SignatureRefused(_("The declaration has been signed already, for exactly what the application says."))
    return target


def _look_first(actor: Actor, application_id: int) -> None:
    """Refuse before a file is received what would be refused afterwards."""
    read = database.read()
    application = read.get(Application, application_id)
    if application is None:
        raise Refused(f"{actor.ref} may not declaration.ask")
    require(actor, "declaration.ask", application)
    _target(read, application)


def _new(application: Application, actor: Actor, target: Signable, token: str, state: str) -> Declaration:
    school, agency = application.school, application.agency
    return Declaration(
        application_id=application.id,
        token_hash=hash_of_token(token),
        state=state,
        content_hash=target.content.hash,
        language=school.language or (agency.language if agency else "") or current_config().default_language,
        asked_by=actor.account_id,
        asked_at=clock.now(),
    )


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


def _outdate(session: Session, application: Application, *states: str) -> None:
    session.execute(
        update(Declaration)
        .where(Declaration.application_id == application.id, Declaration.state.in_(states))
        .values(state=OUTDATED)
    )


def _by_token(session: Session, token: str) -> tuple[Declaration, Application]:
    by_hash = Declaration.token_hash == hash_of_token(token)
    application_id = session.scalar(select(Declaration.application_id).where(by_hash))
    application = locked(session, application_id) if application_id is not None else None
    if application is None:
        raise Refused("no declaration is asked for by this link")
    return _locked(session, by_hash), application


def _locked(session: Session, condition: object) -> Declaration:
    statement = select(Declaration).where(condition).with_for_update()  # type: ignore[arg-type] # a column's comparison
    return session.scalars(statement.execution_options(populate_existing=True)).one()


def _require_answerable(session: Session, declaration: Declaration, application: Application) -> None:
    require_signing(session, application, clock.now())
    if declaration.state == OUTDATED:
        raise Outdated
    if declaration.state != ASKED:
        raise SignatureRefused(_("This declaration has been answered already."))


def _signed(declaration: Declaration, name: str, role: str) -> None:
    declaration.state, declaration.answered_at = SIGNED, clock.now()
    declaration.signer_name, declaration.signer_role = name[:MAX_NAME], role


def _tell_asker(session: database.WriteSession, declaration: Declaration, application: Application, kind: str) -> None:
    account = session.get(Account, declaration.asked_by) if declaration.asked_by else None
    if account is not None:
        tell(
            session,
            application,
            account,
            kind,
            f"{kind}:{declaration.id}",
            signer=declaration.signer_name or declaration.head_name,
            note=declaration.note,
        )


def _note(
    session: database.WriteSession,
    verb: str,
    declaration: Declaration,
    application: Application,
    actor: str,
    **details: str,
) -> None:
    audit.record(
        session,
        verb,
        f"declaration:{declaration.id}",
        actor=actor,
        agency_id=application.agency_id,
        application=application.id,
        content_hash=declaration.content_hash,
        **details,
    )


def _one_line(text: str) -> str:
    return " ".join(tidy(text).split())[:MAX_ADDRESS]
