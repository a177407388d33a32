"""The principal's page: everything that is signed, to read before anything is signed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from skolemerke import clock, database
from skolemerke.agencies.models import Agency
from skolemerke.applications.content import form_said
from skolemerke.applications.drafts import dates_of
from skolemerke.applications.finding import WHOLE
from skolemerke.applications.identifiers import hash_of_token
from skolemerke.applications.models import Application, Declaration
from skolemerke.applications.reading import ReadSection, read_in_words
from skolemerke.applications.signatures import (
    Signable,
    State,
    content_under,
    holds,
    of_draft,
    state_now,
    why_not_signing,
)
from skolemerke.people.models import Account
from skolemerke.registry.models import School


@dataclass(frozen=True)
class Signing:
    """What the mailed link shows. `text` is the declaration and `sections` the answers that it was asked for, in
    the declaration's language; `sections` is empty when the content has gone on since."""

    declaration: Declaration
    state: State
    is_open: bool
    due: datetime | None
    school: School
    agency: Agency | None
    round_id: str
    asked_by: str
    language: str
    text: str
    consent: str
    consent_text: str
    sections: tuple[ReadSection, ...]
    receipt: str


def signing_page(token: str) -> Signing | None:
    """What a mailed link shows, whatever state it is in; none for a link that is none. Reading changes nothing."""
    session = database.read()
    declaration = asked_declaration(session, token)
    if declaration is None:
        return None
    application = session.get_one(Application, declaration.application_id)
    spoken_of = content_under(session, application, declaration)
    shown = spoken_of or of_draft(session, application)
    form = form_said(shown.edition, declaration.language)
    dates = dates_of(session, application.round_id, application.agency_id)
    return Signing(
        declaration=declaration,
        state=_state(session, application, declaration),
        is_open=why_not_signing(session, application, clock.now()) is None,
        due=dates.signatures_due if dates else None,
        school=application.school,
        agency=application.agency,
        round_id=application.round_id,
        asked_by=_asked_by(session, declaration),
        language=declaration.language,
        text=form.declaration.text,
        consent=shown.content.consent,
        consent_text=form.consent.text,
        sections=_sections(spoken_of, declaration.language),
        receipt=shown.submission.receipt if shown.submission else "",
    )


def asked_declaration(session: Session, token: str) -> Declaration | None:
    """The declaration that a mailed link asks for; none for a link that is none.

    With it comes what its page is about: the application, its school, agency and edition, and who asked.
    """
    row = database.once(
        session, ("asked", token), lambda: session.execute(_ASKED, {"hash": hash_of_token(token)}).first()
    )
    return None if row is None else row.Declaration


def _state(session: Session, application: Application, declaration: Declaration) -> State:
    # What was signed stays signed for whoever signed it, even when the draft has gone on.
    is_current = declaration.state == "signed" or holds(session, application, declaration)
    return state_now(declaration, is_current)


def _asked_by(session: Session, declaration: Declaration) -> str:
    account = session.get(Account, declaration.asked_by) if declaration.asked_by else None
    return str(account) if account else ""


def _sections(spoken_of: Signable | None, language: str) -> tuple[ReadSection, ...]:
    if spoken_of is None:
        return ()
    form = form_said(spoken_of.edition, language)
    return read_in_words(form, spoken_of.content.raw, spoken_of.content.evidence, spoken_of.content.known, language)


# Made once: what SQLAlchemy works out of a statement, it keeps with it.
_ASKED = (
    select(Declaration, Application, Account)
    .join(Application, Application.id == Declaration.application_id)
    .outerjoin(Account, Account.id == Declaration.asked_by)
    .where(Declaration.token_hash == bindparam("hash"), Declaration.head_email != "")
    .options(*WHOLE)
)
