"""What asking for a signature by mail and taking one on paper have in common."""

from __future__ import annotations

from skolemerke_forms.cleaning import tidy
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from skolemerke import audit, clock, database
from skolemerke.applications.authors import tell
from skolemerke.applications.beside import declarations_of
from skolemerke.applications.identifiers import hash_of_token
from skolemerke.applications.models import Application, Declaration
from skolemerke.applications.refusals import Closed, SignatureRefused, TooLong
from skolemerke.applications.signatures import (
    OUTDATED,
    SIGNED,
    Signable,
    require_signing,
    signed_for,
    to_be_signed,
)
from skolemerke.config import current_config
from skolemerke.people.actors import Actor
from skolemerke.people.models import Account
from skolemerke.speech import marked as _

MAX_NAME, MAX_NOTE, MAX_ADDRESS = 200, 4_000, 320


def target_of(session: Session, application: Application) -> Signable:
    """What is to be signed now; refuses when there is nothing, or when it was signed already."""
    now = clock.now()
    require_signing(session, application, now)
    target = to_be_signed(session, application, now)
    if target is None:
        raise Closed(_("The round has closed, and the application was not submitted: there is nothing to sign."))
    if signed_for(declarations_of(session, application.id), target.content.hash):
        raise SignatureRefused(_("The declaration has been signed already, for exactly what the application says."))
    return target


def new_declaration(application: Application, actor: Actor, target: Signable, token: str, state: str) -> Declaration:
    """A declaration of what is to be signed now, not stored yet; `token` is the secret of its link."""
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


def outdate(session: Session, application: Application, *states: str) -> None:
    """Let the declarations of an application that stand in one of these states count no more."""
    session.execute(
        update(Declaration)
        .where(Declaration.application_id == application.id, Declaration.state.in_(states))
        .values(state=OUTDATED)
    )


def locked_declaration(session: Session, condition: object) -> Declaration:
    """The one declaration of a condition, locked and as it is now."""
    statement = select(Declaration).where(condition).with_for_update()  # type: ignore[arg-type] # a column's comparison
    return session.scalars(statement.execution_options(populate_existing=True)).one()


def mark_signed(declaration: Declaration, name: str, role: str) -> None:
    """Note who signed, and when."""
    declaration.state, declaration.answered_at = SIGNED, clock.now()
    declaration.signer_name, declaration.signer_role = name, role


def tell_asker(session: database.WriteSession, declaration: Declaration, application: Application, kind: str) -> None:
    """Queue a mail of that kind to whoever asked for the declaration or added its page."""
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


def note(
    session: database.WriteSession,
    verb: str,
    declaration: Declaration,
    application: Application,
    actor: str,
    **details: str,
) -> None:
    """Write a line of the audit chain about a declaration."""
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


def one_line(text: str) -> str:
    """A text on one line."""
    return " ".join(tidy(text).split())


def a_name(text: str) -> str:
    """A name on one line. Raises `TooLong`."""
    return _whole(one_line(text), MAX_NAME)


def a_note(text: str) -> str:
    """A note with its lines. Raises `TooLong`."""
    return _whole(tidy(text), MAX_NOTE)


def _whole(text: str, most: int) -> str:
    if len(text) > most:
        raise TooLong(len(text), most)
    return text
