"""Reminding: mail to the teachers of invited schools that have not begun, not submitted, or changed what they had
submitted without sending it again, while there is time.

Nothing is scheduled. An occasion is a number of days before the end of a round for an agency's schools; the worker
asks the round's clock whether one has come, and notes it in the transaction that queues its mails. An occasion that
nobody was there for is left out when the next has come. An agency that moves its end gets its occasions anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, String, and_, bindparam, exists, literal, select
from sqlalchemy.orm import aliased

from skolemerke import audit, clock, database, outbox
from skolemerke.agencies.models import Agency
from skolemerke.applications.models import Application, Submission
from skolemerke.applications.unsent_changes import changed_after_sending
from skolemerke.config import current_config
from skolemerke.contract.rounds import Calendar
from skolemerke.database import Instant, WriteSession
from skolemerke.eligibility.standing import taken_out
from skolemerke.invitations.kinds import CHANGED, INVITATION, START, SUBMIT
from skolemerke.invitations.models import InvitedSchool, ReminderOccasion
from skolemerke.invitations.rights import REMIND
from skolemerke.invitations.selecting import insert_once, key_of_teacher, mails_to_teachers, reachable_teachers
from skolemerke.outbox import Mail
from skolemerke.people.actors import SYSTEM, Actor
from skolemerke.people.rights import require, serves
from skolemerke.plugin_host.host import RoundPaused
from skolemerke.registry.models import School
from skolemerke.rounds.models import RoundRecord
from skolemerke.rounds.queries import UnknownRound, accepts, calendar_of, composed, require_round


@dataclass(frozen=True)
class Occasion:
    """That the schools of an agency (none: those without one) are to be reminded; `since` when it came."""

    round_id: str
    agency_id: int | None
    name: str
    since: datetime


@dataclass(frozen=True)
class Reminded:
    """What one occasion queued: mails to teachers of schools that have not begun, that have not submitted, and that
    have changed what they had submitted and not sent it again."""

    round: str
    agency: str | None
    occasion: str
    not_started: int
    not_submitted: int
    not_sent_again: int = 0

    def as_json(self) -> dict[str, Any]:
        """The counts as `invitations remind` prints them."""
        return asdict(self)


def remind(round_id: str | None = None, *, actor: Actor = SYSTEM) -> list[Reminded]:
    """Queue the reminders whose occasion has come, of one round or of all, as far as the actor's agencies reach.

    Safe to repeat. A round that is paused because of a fault reminds nobody. Raises `UnknownRound`, `Refused`.
    """
    require(actor, REMIND)
    if round_id is not None:
        require_round(round_id)
    return [found for occasion in list(_due(round_id, actor)) if (found := _queue(occasion, actor)) is not None]


def _due(round_id: str | None, actor: Actor) -> Iterator[Occasion]:
    session = database.read()
    opened = select(RoundRecord.round_id).where(
        RoundRecord.opened_at.is_not(None), RoundRecord.closed_at.is_(None), RoundRecord.published_at.is_(None)
    )
    agencies: list[int | None] = [None, *session.scalars(select(Agency.id).order_by(Agency.id))]
    for name in session.scalars(opened.order_by(RoundRecord.round_id)).all():
        if round_id in (None, name):
            for agency_id in agencies:
                occasion = _occasion(name, agency_id) if serves(actor, agency_id) else None
                if occasion is not None and not _was_kept(occasion):
                    yield occasion


def _occasion(round_id: str, agency_id: int | None) -> Occasion | None:
    """The occasion that has come last; none before the first, after the end, and while the round is paused."""
    now = clock.now()
    try:
        dates = calendar_of(round_id, agency_id)
        found = _last_of(dates, now, current_config().reminder_days)
        if found is None or not accepts(round_id, agency_id, now):
            return None
        # A round at fault raises here: its applicants could not do what they are reminded of.
        composed(round_id, agency_id)
    except (UnknownRound, RoundPaused):
        return None
    days, since = found
    return Occasion(round_id, agency_id, f"{days}@{dates.closes.date().isoformat()}", since)


def _last_of(dates: Calendar, now: datetime, days: Iterable[int]) -> tuple[int, datetime] | None:
    come = [(number, dates.closes - timedelta(days=number)) for number in sorted(days)]
    return next(((number, since) for number, since in come if dates.opens <= since <= now <= dates.closes), None)


def _was_kept(occasion: Occasion) -> bool:
    key = (occasion.round_id, occasion.agency_id or 0, occasion.name)
    return database.read().get(ReminderOccasion, key) is not None


def _queue(occasion: Occasion, actor: Actor) -> Reminded | None:
    """Note the occasion and queue its mails in one transaction; none when another was first."""
    # Compared with what was sent one by one, which is no work for a transaction that others wait for.
    changed = changed_after_sending(occasion.round_id, occasion.agency_id)
    with database.write() as session:
        database.alone(session, f"reminders {occasion.round_id}")
        if not accepts(occasion.round_id, occasion.agency_id, clock.now(), session=session):
            return None
        if not _keep(session, occasion):
            return None
        code = session.scalar(select(Agency.code).where(Agency.id == occasion.agency_id))
        report = Reminded(
            occasion.round_id,
            code,
            occasion.name,
            _not_started(session, occasion),
            _not_submitted(session, occasion),
            _not_sent_again(session, occasion, changed),
        )
        queued = report.not_started + report.not_submitted + report.not_sent_again
        kept = session.get_one(ReminderOccasion, (occasion.round_id, occasion.agency_id or 0, occasion.name))
        kept.queued = queued
        if queued:
            outbox.note_queued(session)
            audit.record(
                session,
                "invitations.reminded",
                f"round:{occasion.round_id}",
                actor=actor.ref,
                agency_id=occasion.agency_id,
                **report.as_json(),
            )
    return report


def _keep(session: WriteSession, occasion: Occasion) -> bool:
    columns = ["round_id", "agency_key", "occasion", "at", "queued"]
    values = select(
        literal(occasion.round_id, String),
        literal(occasion.agency_id or 0),
        literal(occasion.name, String),
        literal(clock.now(), Instant),
        literal(0),
    )
    made = insert_once(session, ReminderOccasion, columns, values, columns[:3])
    return session.connection().execute(made.execution_options(preserve_rowcount=True)).rowcount == 1


def _not_started(session: WriteSession, occasion: Occasion) -> int:
    begun = exists().where(Application.round_id == occasion.round_id, Application.school_id == School.id)
    return mails_to_teachers(
        session, START, occasion.round_id, key=_key(START, occasion), who=and_(_invited(session, occasion), ~begun)
    )


def _not_submitted(session: WriteSession, occasion: Occasion) -> int:
    begun = (
        select(Application.id)
        .where(
            Application.round_id == occasion.round_id,
            Application.school_id == School.id,
            ~exists().where(Submission.application_id == Application.id),
        )
        .correlate(School)
    )
    return mails_to_teachers(
        session,
        SUBMIT,
        occasion.round_id,
        key=_key(SUBMIT, occasion),
        who=and_(_invited(session, occasion), begun.exists()),
        application=begun.scalar_subquery(),
    )


def _not_sent_again(session: WriteSession, occasion: Occasion, changed: Sequence[int]) -> int:
    """Of the submissions that were found to be changed, those that have not been followed by another meanwhile."""
    if not changed:
        return 0
    counts, newer = aliased(Submission), aliased(Submission)
    # Written into the statement: a database takes only so many parameters.
    found: BindParameter[int] = bindparam("changed", changed, expanding=True, literal_execute=True)
    sent = (
        select(Application.id)
        .join(counts, counts.application_id == Application.id)
        .where(Application.round_id == occasion.round_id, Application.school_id == School.id, counts.id.in_(found))
        .where(~exists().where(newer.application_id == Application.id, newer.id > counts.id))
        .correlate(School)
    )
    return mails_to_teachers(
        session,
        CHANGED,
        occasion.round_id,
        key=_key(CHANGED, occasion),
        who=and_(_invited(session, occasion), sent.exists()),
        application=sent.scalar_subquery(),
    )


def _key(kind: str, occasion: Occasion) -> ColumnElement[str]:
    return key_of_teacher(kind, occasion.round_id, occasion.name)


def _invited(session: WriteSession, occasion: Occasion) -> ColumnElement[bool]:
    """Teachers who were invited before the occasion came, serve the school still and can be reached; not those of a
    school that an officer took out."""
    invitation = aliased(Mail)
    of_agency = School.agency_id == occasion.agency_id if occasion.agency_id else School.agency_id.is_(None)
    return and_(
        of_agency,
        School.id.in_(select(InvitedSchool.school_id).where(InvitedSchool.round_id == occasion.round_id)),
        School.id.not_in(taken_out(session, occasion.round_id)),
        reachable_teachers(),
        exists().where(
            invitation.dedupe_key == key_of_teacher(INVITATION, occasion.round_id),
            invitation.created_at <= occasion.since,
        ),
    )
