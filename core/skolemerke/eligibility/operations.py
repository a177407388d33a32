"""What is done in step one: a run over all schools, and an officer's override."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from skolemerke import audit, clock, database
from skolemerke.agencies import queries as agencies
from skolemerke.agencies.models import Agency
from skolemerke.contract.criteria import Verdict
from skolemerke.eligibility import queries
from skolemerke.eligibility.checking import Screening, blame, insert_verdicts, screenings, try_alone
from skolemerke.eligibility.models import Override, Run, SchoolVerdict
from skolemerke.eligibility.packing import unpacked, whole
from skolemerke.eligibility.rights import CHECK, OVERRIDE
from skolemerke.people.actors import SYSTEM, Actor
from skolemerke.people.rights import require
from skolemerke.registry.models import Import, School, Teacher
from skolemerke.registry.queries import serving
from skolemerke.registry.tables import tables
from skolemerke.rounds.models import Edition
from skolemerke.rounds.operations import freeze, freeze_all
from skolemerke.rounds.queries import calendar_of, content, require_round
from skolemerke.speech import ZONE


class EligibilityRefusal(Exception):
    """A check or an override can't be made so; the text says why and what helps."""


@dataclass(frozen=True)
class CriterionCount:
    """How many schools one criterion let through."""

    id: str
    met: int = 0
    not_met: int = 0
    unclear: int = 0


@dataclass(frozen=True)
class CheckReport:
    """The counts of one run, with the overrides that held when it was made."""

    round: str
    run: int
    at: str
    schools: int
    eligible: int
    unclear: int
    ineligible: int
    teachers_invitable: int
    criteria: tuple[CriterionCount, ...]

    def as_json(self) -> dict[str, Any]:
        """The counts as `eligibility check` prints them."""
        return {**asdict(self), "criteria": [asdict(count) for count in self.criteria]}


def check(
    round_id: str, *, at: datetime | None = None, agency_code: str | None = None, actor: Actor = SYSTEM
) -> CheckReport:
    """Check every school of a round, or of one agency, and store the verdicts as a new run.

    `at` is the instant after which facts are ignored; the day that counts is the day of its own offset. Without
    it, the last screening that is due is taken, else now. Nothing of an earlier run is changed.
    Raises `UnknownRound`, `RoundPaused`, `CriterionFault`, `EligibilityRefusal`, `Refused`.
    """
    require_round(round_id)
    agency = _agency(agency_code)
    agency_id = agency.id if agency else None
    require(actor, CHECK, agency_id)
    instant = at or due_screening(round_id, agency_id)
    if instant.tzinfo is None:
        raise EligibilityRefusal("an instant needs its offset, such as 2020-11-09T00:00:00+01:00")
    editions = [freeze(round_id, agency_id)] if agency else freeze_all(round_id)
    asked = screenings(editions, tables(), instant)
    for screening in asked:
        try_alone(database.read(), screening)
    try:
        return _store(round_id, instant, asked, agency_id, actor)
    except DBAPIError:
        database.read().rollback()
        for screening in asked:
            blame(database.read(), screening)
        raise


def due_screening(round_id: str, agency_id: int | None = None) -> datetime:
    """The last screening of the calendar that is due, else now."""
    now = clock.now()
    due = [instant for instant in calendar_of(round_id, agency_id).screenings if instant <= now]
    return max(due) if due else now.astimezone(ZoneInfo(ZONE))


def override(
    actor: Actor, round_id: str, school_pk: int, criterion_id: str, *, verdict: Verdict, reason: str
) -> Override:
    """Put an officer's verdict in the place of the computed one, with its reason.

    The latest of a criterion holds, in later runs as well. Raises `Refused`, `EligibilityRefusal`,
    `UnknownRound`, `NotScreened`.
    """
    require_round(round_id)
    reason = reason.strip()
    if not reason:
        raise EligibilityRefusal("say why the verdict is replaced: the reason is shown with it")
    with database.write() as session:
        school = session.get(School, school_pk)
        require(actor, OVERRIDE, school.agency_id if school else None)
        edition = session.scalars(
            select(Edition)
            .join(SchoolVerdict, SchoolVerdict.edition_id == Edition.id)
            .where(Edition.round_id == round_id, SchoolVerdict.school_id == school_pk)
            .order_by(SchoolVerdict.run_id.desc())
            .limit(1)
        ).first()
        if school is None or edition is None:
            raise queries.NotScreened(f"the school was not checked in round {round_id} yet")
        if content(edition).criterion(criterion_id) is None:
            raise EligibilityRefusal(f"round {round_id} has no criterion '{criterion_id}'")
        made = Override(
            round_id=round_id,
            school_id=school_pk,
            criterion_id=criterion_id,
            verdict=int(verdict),
            reason=reason,
            account_id=actor.account_id,
            made_at=clock.now(),
        )
        session.add(made)
        audit.record(
            session,
            "verdict.overridden",
            f"school:{school_pk}",
            actor=actor.ref,
            agency_id=school.agency_id,
            round=round_id,
            criterion=criterion_id,
            verdict=verdict.word,
            reason=reason,
        )
    return made


def _agency(code: str | None) -> Agency | None:
    if code is None:
        return None
    agency = agencies.by_code(code)
    if agency is None:
        raise EligibilityRefusal(f"there is no agency '{code}': 'skolemerke agencies list' names those that are known")
    return agency


def _store(round_id: str, at: datetime, asked: list[Screening], agency_id: int | None, actor: Actor) -> CheckReport:
    with database.write() as session:
        database.alone(session, f"eligibility {round_id}")
        number = (session.scalar(select(func.max(Run.number)).where(Run.round_id == round_id)) or 0) + 1
        run = Run(
            round_id=round_id,
            number=number,
            at=at,
            made_at=clock.now(),
            import_number=session.scalar(select(func.max(Import.number))),
            agency_id=agency_id,
            counts={},
        )
        session.add(run)
        session.flush()
        for screening in asked:
            session.connection().execute(insert_verdicts(run.id, screening, agency_id))
        report = _counted(session, run, at)
        run.counts = report.as_json()
        audit.record(
            session,
            "eligibility.checked",
            f"round:{round_id}",
            actor=actor.ref,
            agency_id=agency_id,
            **{name: value for name, value in report.as_json().items() if name != "criteria"},
        )
    return report


def _counted(session: database.WriteSession, run: Run, at: datetime) -> CheckReport:
    """Count a run; rows of a kind are few, whatever the number of schools."""
    outcomes: dict[Verdict, int] = dict.fromkeys(Verdict, 0)
    criteria: dict[str, dict[Verdict, int]] = {}

    def add(names: tuple[str, ...], verdicts: tuple[Verdict, ...], times: int) -> None:
        outcomes[whole(verdicts)] += times
        for name, verdict in zip(names, verdicts, strict=True):
            criteria.setdefault(name, dict.fromkeys(Verdict, 0))[verdict] += times

    rows = session.execute(
        select(SchoolVerdict.edition_id, SchoolVerdict.verdicts, func.count())
        .where(SchoolVerdict.run_id == run.id)
        .group_by(SchoolVerdict.edition_id, SchoolVerdict.verdicts)
        .order_by(SchoolVerdict.edition_id)
    ).all()
    for edition_id, packed, times in rows:
        names = tuple(criterion.id for criterion in content(session.get_one(Edition, edition_id)).criteria)
        add(names, tuple(unpacked(packed, len(names))), times)
    checked = select(SchoolVerdict.school_id).where(SchoolVerdict.run_id == run.id)
    for item in queries.overridden_verdicts(session, run.round_id):
        if run.agency_id is None or session.scalar(checked.where(SchoolVerdict.school_id == item.school_id)):
            add(item.criteria, item.computed, -1)
            add(item.criteria, item.standing, 1)
    invitable = select(func.count(func.distinct(Teacher.email))).where(
        Teacher.email != "",
        serving(at.date()),
        Teacher.school_id.in_(queries.eligible_schools(run.round_id, session)),
        Teacher.school_id.in_(checked),
    )
    return CheckReport(
        round=run.round_id,
        run=run.number,
        at=at.isoformat(),
        schools=sum(outcomes.values()),
        eligible=outcomes[Verdict.MET],
        unclear=outcomes[Verdict.UNCLEAR],
        ineligible=outcomes[Verdict.NOT_MET],
        teachers_invitable=session.scalar(invitable) or 0,
        criteria=tuple(
            CriterionCount(name, found[Verdict.MET], found[Verdict.NOT_MET], found[Verdict.UNCLEAR])
            for name, found in criteria.items()
        ),
    )
