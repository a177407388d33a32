"""Inviting: one mail to each registered teacher of each school that may apply, and to its head, once ever."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

from sqlalchemy import ColumnElement, Insert, Select, String, and_, func, literal, or_, select, union_all

from skolemerke import audit, clock, database, outbox
from skolemerke.agencies.models import Agency
from skolemerke.database import Instant, WriteSession
from skolemerke.eligibility import queries as eligibility
from skolemerke.eligibility.models import SchoolVerdict
from skolemerke.invitations.kinds import INVITATION
from skolemerke.invitations.models import InvitedSchool
from skolemerke.invitations.rights import QUEUE
from skolemerke.invitations.selecting import (
    heads,
    insert_once,
    key_of_teacher,
    mails_to_heads,
    mails_to_teachers,
    reachable_heads,
    reachable_teachers,
    teachers,
)
from skolemerke.people.actors import SYSTEM, Actor
from skolemerke.people.rights import require, within
from skolemerke.registry.models import School, Teacher
from skolemerke.rounds.queries import require_round, state_of

KIND = INVITATION

Audience = Literal["teachers", "heads", "everybody"]


class InvitationRefusal(Exception):
    """Nobody can be invited now; the text says why and what helps."""


@dataclass(frozen=True)
class Queued:
    """How many mails were queued, to how many of those who can be reached they had been queued before, and at how
    many schools these people are."""

    queued: int
    already: int
    schools: int

    def as_json(self) -> dict[str, Any]:
        """The counts as `invitations queue` prints them."""
        return asdict(self)


def queue(round_id: str, *, to: Audience = "teachers", actor: Actor = SYSTEM) -> Queued:
    """Invite the registered teachers of every school that may apply, or its head, or both, as far as the actor's
    agencies reach.

    Who was invited before gets nothing again, and who asked for no such mail gets none. A teacher of two such schools
    gets a mail for each. Raises `UnknownRound`, `Refused`, `InvitationRefusal`.
    """
    require_round(round_id)
    require(actor, QUEUE)
    if eligibility.latest_run(round_id) is None:
        raise InvitationRefusal(
            f"round {round_id} was not checked yet: run 'skolemerke eligibility check {round_id}' first"
        )
    with database.write() as session:
        database.alone(session, f"invitations {round_id}")
        reach = and_(_in_time(session, round_id), within(actor, School.agency_id))
        eligible = eligibility.eligible_schools(round_id, session)
        may_apply = and_(reach, School.id.in_(eligible))
        queued, reached = 0, []
        if to in {"teachers", "everybody"}:
            who = and_(may_apply, reachable_teachers())
            reached.append(select(Teacher.school_id.label("school")).select_from(teachers()).where(who))
            key = key_of_teacher(INVITATION, round_id)
            queued += mails_to_teachers(session, INVITATION, round_id, key=key, who=who)
        if to in {"heads", "everybody"}:
            who = and_(may_apply, reachable_heads())
            reached.append(select(School.id.label("school")).select_from(heads()).where(who))
            queued += mails_to_heads(session, round_id, who)
        session.connection().execute(_schools(session, round_id, eligible, reach))
        people, schools = _counted(session, reached)
        report = Queued(queued, people - queued, schools)
        if report.queued:
            outbox.note_queued(session)
            audit.record(session, "invitations.queued", f"round:{round_id}", actor=actor.ref, to=to, **report.as_json())
    return report


def _counted(session: WriteSession, reached: list[Select[int]]) -> tuple[int, int]:
    """How many people are reached, and at how many schools."""
    found = union_all(*reached).subquery()
    people, schools = session.execute(select(func.count(), func.count(found.c.school.distinct()))).one()
    return people, schools


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


def _schools(session: WriteSession, round_id: str, eligible: Select[int], reach: ColumnElement[bool]) -> Insert:
    """The schools themselves: from now on they may apply, whatever a later run says, and whoever wants no mail."""
    with_teachers = (
        select(Teacher.id).where(Teacher.school_id == School.id, Teacher.gone.is_(False)).correlate(School).exists()
    )
    rows: Select[*tuple[Any, ...]] = (
        eligible.with_only_columns(
            literal(round_id, String), SchoolVerdict.school_id, SchoolVerdict.run_id, literal(clock.now(), Instant)
        )
        .join(School, School.id == SchoolVerdict.school_id)
        .where(reach, School.gone.is_(False), with_teachers)
    )
    return insert_once(
        session, InvitedSchool, ["round_id", "school_id", "run_id", "at"], rows, ["round_id", "school_id"]
    )
