"""What every operation on an application begins with: the row, locked, in the hands of somebody who may; and
whether its round takes anything now."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from skolemerke import database, speech
from skolemerke.agencies.models import Agency
from skolemerke.applications import rights as _declared  # noqa: F401 - the verbs are declared by importing them
from skolemerke.applications.draft_facts import DraftFacts, DraftLike, facts_in
from skolemerke.applications.models import Application
from skolemerke.applications.refusals import Closed
from skolemerke.contract.rounds import Calendar
from skolemerke.people.actors import Actor
from skolemerke.people.rights import Refused, require
from skolemerke.rounds.queries import UnknownRound, accepts, accepts_with, calendar_of
from skolemerke.rounds.stored import record_of
from skolemerke.speech import marked as _


def held(session: Session, actor: Actor, verb: str, application_id: int) -> Application:
    """An application, locked until the transaction ends. Raises `Refused`, also where there is none."""
    application = locked(session, application_id)
    if application is None:
        raise Refused(f"{actor.ref} may not {verb}")
    require(actor, verb, application)
    return application


def held_draft(session: Session, actor: Actor, verb: str, application_id: int) -> DraftFacts:
    """The same by columns, with what says whether its round takes changes. Raises `Refused`, as `held` does."""
    database.hold(session, _LOCKING, application=application_id)
    draft = facts_in(session, application_id)
    if draft is None:
        raise Refused(f"{actor.ref} may not {verb}")
    require(actor, verb, draft)
    return draft


_LOCKING = select(Application.id).where(Application.id == bindparam("application")).with_for_update()


def locked(session: Session, application_id: int) -> Application | None:
    """An application, locked until the transaction ends, as it is now."""
    return session.scalars(
        select(Application)
        .where(Application.id == application_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()


def dates_of(session: Session, round_id: str, agency_id: int | None) -> Calendar | None:
    """The dates of a round for an agency; none while the plugin that states them is missing or at fault."""
    try:
        return calendar_of(round_id, agency_id, session=session)
    except UnknownRound:
        return None


def takes_changes(session: Session, draft: DraftLike, at: datetime) -> bool:
    """Whether a draft may be changed at an instant: its round takes changes, and it is not settled."""
    return draft.settled_at is None and round_takes_changes(session, draft.round_id, draft.agency_id, at)


def round_takes_changes(session: Session, round_id: str, agency_id: int | None, at: datetime) -> bool:
    """Whether drafts of a round may be changed at an instant.

    While a fault hides the dates of the round, what is written is kept: only an early end closes it then.
    """
    try:
        return accepts(round_id, agency_id, at, session=session)
    except UnknownRound:
        record = record_of(session, round_id)
        return record is not None and _before_its_end(record.opened_at, record.closed_at, at)


def takes_changes_now(draft: DraftFacts, at: datetime) -> bool:
    """Whether a draft that was read with what its round says may be changed."""
    if draft.settled_at is not None:
        return False
    try:
        return accepts_with(draft.round_id, draft.opened_at, draft.closed_at, draft.dates, at)
    except UnknownRound:
        return _before_its_end(draft.opened_at, draft.closed_at, at)


def _before_its_end(opened_at: datetime | None, closed_at: datetime | None, at: datetime) -> bool:
    return opened_at is not None and (closed_at is None or at < closed_at)


def require_open(session: Session, application: Application, at: datetime) -> None:
    """Raise `Closed` unless the draft may be changed."""
    if not takes_changes(session, application, at):
        raise closed_to(session, application, at)


def require_open_now(session: Session, draft: DraftFacts, at: datetime) -> None:
    """The same of a draft that was read with what its round says."""
    if not takes_changes_now(draft, at):
        raise closed_to(session, draft, at)


def closed_to(session: Session, draft: DraftLike, at: datetime) -> Closed:
    """The refusal that says why a draft can't be changed at an instant."""
    if draft.settled_at is not None:
        return Closed(_("The school receives the label, so the application is settled and takes no more changes."))
    return closed(session, draft.round_id, draft.agency_id, at)


def closed(session: Session, round_id: str, agency_id: int | None, at: datetime) -> Closed:
    """The refusal that says why a round takes nothing at an instant."""
    record = record_of(session, round_id)
    dates = dates_of(session, round_id, agency_id)
    if record is None or record.opened_at is None:
        return Closed(_("The round has not been opened."))
    if dates is None:
        return Closed(_("The round is paused because of a fault. Everything that was saved is kept."))
    zone = zone_of(session, agency_id)
    if at < dates.opens:
        return Closed(_("The round opens on %(opens)s."), zone=zone, opens=dates.opens)
    ended = min(dates.closes, record.closed_at) if record.closed_at else dates.closes
    return Closed(_("The round closed on %(closed)s. Everything that was saved is kept."), zone=zone, closed=ended)


def too_late(session: Session, application: Application, arrived_at: datetime) -> Closed:
    """The refusal of something that was sent, with both times: when it had arrived, and until when it was taken."""
    round_id, agency_id = application.round_id, application.agency_id
    record, dates = record_of(session, round_id), dates_of(session, round_id, agency_id)
    if record is None or record.opened_at is None or dates is None or arrived_at < dates.opens:
        return closed(session, round_id, agency_id, arrived_at)
    early = record.closed_at is not None and record.closed_at < dates.closes
    return Closed(
        _(
            "The application was not submitted. It had arrived on %(arrived)s; the deadline was %(closed)s. "
            "What counts is when the whole of it has arrived, by our clock. Everything that was saved is kept."
        ),
        zone=zone_of(session, agency_id),
        exact=True,
        arrived=arrived_at,
        closed=record.closed_at if early else dates.closes,
    )


def zone_of(session: Session, agency_id: int | None) -> str:
    """The time zone in which an agency's deadlines are said."""
    agency = session.get(Agency, agency_id) if agency_id else None
    return agency.timezone if agency else speech.ZONE
