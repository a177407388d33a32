"""Inviting: one mail to each registered teacher of each school that may apply, once ever."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any
from uuid import uuid4

from sqlalchemy import (
    JSON,
    ColumnElement,
    Insert,
    Integer,
    Null,
    Select,
    String,
    and_,
    cast,
    func,
    literal,
    null,
    or_,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite

from skolemerke import audit, clock, database, outbox
from skolemerke.agencies.models import Agency
from skolemerke.database import Instant, WriteSession, table_of
from skolemerke.eligibility import queries as eligibility
from skolemerke.eligibility.models import SchoolVerdict
from skolemerke.invitations.models import InvitedSchool
from skolemerke.invitations.rights import QUEUE
from skolemerke.outbox import Mail
from skolemerke.people.actors import SYSTEM, Actor
from skolemerke.people.rights import require, within
from skolemerke.registry.models import School, Teacher
from skolemerke.registry.queries import serving, today
from skolemerke.rounds.queries import require_round, state_of

KIND = "invitation"
LANGUAGE = "en"
"""The language of a mail where neither teacher nor school nor agency has one."""


class InvitationRefusal(Exception):
    """Nobody can be invited now; the text says why and what helps."""


@dataclass(frozen=True)
class Queued:
    """How many mails were queued, how many teachers had been invited before, and how many schools they teach at."""

    queued: int
    already: int
    schools: int

    def as_json(self) -> dict[str, Any]:
        """The counts as `invitations queue` prints them."""
        return asdict(self)


def queue(round_id: str, *, actor: Actor = SYSTEM) -> Queued:
    """Invite every registered teacher of every school that may apply, as far as the actor's agencies reach.

    Who was invited before gets nothing again. A teacher of two such schools gets a mail for each.
    Raises `UnknownRound`, `Refused`, `InvitationRefusal`.
    """
    require_round(round_id)
    require(actor, QUEUE)
    if eligibility.latest_run(round_id) is None:
        raise InvitationRefusal(
            f"round {round_id} was not checked yet: run 'skolemerke eligibility check {round_id}' first"
        )
    with database.write() as session:
        database.alone(session, f"invitations {round_id}")
        invitable = and_(_in_time(session, round_id), within(actor, School.agency_id), *_teachers(session, round_id))
        counts = select(func.count(), func.count(Teacher.school_id.distinct())).select_from(Teacher)
        teachers, schools = session.execute(counts.join(School).where(invitable)).one()
        # Without being asked, SQLAlchemy does not keep the count of an INSERT on PostgreSQL.
        made = _mails(session, round_id, invitable).execution_options(preserve_rowcount=True)
        done = session.connection().execute(made)
        session.connection().execute(_schools(session, round_id, invitable))
        report = Queued(done.rowcount, teachers - done.rowcount, schools)
        if report.queued:
            outbox.note_queued(session)
            audit.record(session, "invitations.queued", f"round:{round_id}", actor=actor.ref, **report.as_json())
    return report


def _in_time(session: WriteSession, round_id: str) -> ColumnElement[bool]:
    """The schools of agencies for which the round is open, or will be. Raises `InvitationRefusal` for none."""
    reached: list[int | None] = [
        agency_id
        for agency_id in (None, *session.scalars(select(Agency.id)))
        if state_of(round_id, agency_id) in {"scheduled", "open"}
    ]
    if not reached:
        state = state_of(round_id)
        helps = f": run 'skolemerke rounds open {round_id}' first" if state == "installed" else ""
        raise InvitationRefusal(f"round {round_id} is {state}, teachers are invited while it is open{helps}")
    known = [agency_id for agency_id in reached if agency_id is not None]
    without = [School.agency_id.is_(None)] if None in reached else []
    return or_(School.agency_id.in_(known), *without)


def _teachers(session: WriteSession, round_id: str) -> list[ColumnElement[bool]]:
    return [
        School.gone.is_(False),
        Teacher.email != "",
        serving(today()),
        School.id.in_(eligibility.eligible_schools(round_id, session)),
    ]


def _mails(session: WriteSession, round_id: str, invitable: ColumnElement[bool]) -> Insert:
    """One statement makes all mails; the key of each keeps it from being made twice."""
    batch = uuid4().hex
    chosen: dict[str, Any] = {
        "dedupe_key": literal(f"{KIND}/{round_id}/", String)
        + cast(Teacher.school_id, String)
        + literal("/", String)
        + cast(Teacher.person_id, String),
        "kind": literal(KIND, String),
        "address": Teacher.email,
        "name": Teacher.name,
        "language": _first_of(Teacher.language, School.language, Agency.language),
        "agency_id": School.agency_id,
        "round_id": literal(round_id, String),
        "school_id": School.id,
        "application_id": _nothing(Integer()),
        "payload": literal({}, JSON),
        "message_id": literal(f"{batch}.", String) + cast(Teacher.id, String),
        "state": literal(outbox.QUEUED, String),
        "attempts": literal(0),
        "created_at": literal(clock.now(), Instant),
        "due_at": literal(clock.real(), Instant),
        "sent_at": _nothing(Instant()),
        "error": literal("", String),
    }
    rows: Select[*tuple[Any, ...]] = (
        select(*chosen.values())
        .select_from(Teacher)
        .join(School)
        .outerjoin(Agency, Agency.id == School.agency_id)
        .where(invitable)
        .order_by(Teacher.id)
    )
    return _insert_once(session, Mail, list(chosen), rows, ["dedupe_key"])


def _schools(session: WriteSession, round_id: str, invitable: ColumnElement[bool]) -> Insert:
    """The schools themselves: from now on they may apply, whatever a later run says."""
    reached = select(Teacher.school_id).join(School).where(invitable)
    rows: Select[*tuple[Any, ...]] = select(
        literal(round_id, String), SchoolVerdict.school_id, SchoolVerdict.run_id, literal(clock.now(), Instant)
    ).where(eligibility.standing(session, round_id), SchoolVerdict.school_id.in_(reached))
    return _insert_once(
        session, InvitedSchool, ["round_id", "school_id", "run_id", "at"], rows, ["round_id", "school_id"]
    )


def _insert_once(
    session: WriteSession,
    model: type[database.Base],
    columns: list[str],
    rows: Select[*tuple[Any, ...]],
    key: list[str],
) -> Insert:
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    made = insert(table_of(model)).from_select(columns, rows, include_defaults=False)
    return made.on_conflict_do_nothing(index_elements=key)


def _first_of(*languages: Any) -> ColumnElement[str]:
    return func.coalesce(*(func.nullif(language, "") for language in languages), LANGUAGE)


def _nothing(kind: Any) -> ColumnElement[Null]:
    return cast(null(), kind)
