"""Which application an address names, for whoever may see it: read with what its pages show."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import bindparam, select
from sqlalchemy.orm import joinedload

from skolemerke import clock, database
from skolemerke.applications import beside
from skolemerke.applications.draft_facts import DraftFacts, facts_of
from skolemerke.applications.drafts import takes_changes_now
from skolemerke.applications.models import Application
from skolemerke.contract.rounds import Calendar
from skolemerke.people.actors import Actor
from skolemerke.people.rights import may
from skolemerke.rounds import queries as rounds
from skolemerke.rounds import stored
from skolemerke.rounds.models import Edition, RoundRecord


class Draft(NamedTuple):
    """A draft, whether its round takes changes now, and the dates of its round where they are known."""

    application: DraftFacts
    is_open: bool
    dates: Calendar | None


def by_public_id(actor: Actor, public_id: str) -> Application | None:
    """An application that the actor may see; none for one that is foreign, exactly as for one that is not there.

    What its round stores and what stands beside it is known afterwards, or need not be asked for.
    """
    session = database.read()
    row = session.execute(_BY_PUBLIC_ID, {"public_id": public_id}).one_or_none()
    if row is None or not may(actor, "application.view", row.Application):
        return None
    found: Application = row.Application
    stored.noted(session, found.round_id, found.agency_id, row)
    beside.noted(session, found.id, row)
    return found


def draft_of(actor: Actor, public_id: str) -> Draft | None:
    """The same for the page of a section: by columns, with its school, agency, edition and dates.

    What the edition froze is read only where it is not known yet (see `rounds.queries.content`).
    """
    found = facts_of(public_id)
    if found is None or not may(actor, "application.view", found):
        return None
    try:
        dates = rounds.calendar_with(found.round_id, found.dates)
    except rounds.UnknownRound:
        dates = None
    return Draft(found, takes_changes_now(found, clock.now()), dates)


WHOLE = (
    joinedload(Application.school, innerjoin=True),
    joinedload(Application.agency),
    joinedload(Application.edition, innerjoin=True).defer(Edition.content),
)
"""What a page shows of an application besides itself, for the options of a statement."""

# Made once: what SQLAlchemy works out of a statement, it keeps with it.
_BY_PUBLIC_ID = (
    select(Application, RoundRecord)
    .add_columns(*stored.columns(Application.round_id, Application.agency_id), *beside.there_are())
    .outerjoin(RoundRecord, RoundRecord.round_id == Application.round_id)
    .where(Application.public_id == bindparam("public_id"))
    .options(*WHOLE)
)
