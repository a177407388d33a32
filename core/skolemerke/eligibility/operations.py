"""What is done in step one: a run over all schools, and an officer's override."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from skolemerke import audit, clock, database, speech
from skolemerke.agencies import queries as agencies
from skolemerke.agencies.models import Agency
from skolemerke.bulk.progress import Meter, Tell
from skolemerke.bulk.slices import Pace, Slices
from skolemerke.bulk.store import Store, UnderWay, opened
from skolemerke.contract.criteria import Verdict
from skolemerke.eligibility import queries, twins, writing
from skolemerke.eligibility.asking import Screening, blame, screenings, try_alone
from skolemerke.eligibility.counting import CheckReport, counted
from skolemerke.eligibility.models import Override, Run, SchoolVerdict
from skolemerke.eligibility.rights import CHECK, OVERRIDE
from skolemerke.eligibility.staging import stage
from skolemerke.people.actors import SYSTEM, Actor
from skolemerke.people.rights import require
from skolemerke.registry.models import Import, School
from skolemerke.registry.tables import tables
from skolemerke.rounds.models import Edition
from skolemerke.rounds.operations import freeze, freeze_all
from skolemerke.rounds.queries import calendar_of, content, require_round
from skolemerke.speech import ZONE
from skolemerke.speech import marked as _

WAIT_SECONDS = 30.0
"""So long one check waits for another."""


class EligibilityRefusal(speech.Refusal):
    """A check or an override can't be made so; the text says why and what helps."""


def check(
    round_id: str,
    *,
    at: datetime | None = None,
    agency_code: str | None = None,
    actor: Actor = SYSTEM,
    progress: Tell | None = None,
    pace: Pace | None = None,
) -> CheckReport:
    """Check every school of a round, or of one agency, and store the verdicts as a new run.

    They are computed in one snapshot, in which nobody waits, and written between what others write, in slices of a
    length that `pace` says; readers see the run from one commit on. One that was broken off is seen by nobody, and
    the next one takes back what it left. Checks run one at a time; a second one waits for a while.

    `at` is the instant after which facts are ignored; the day that counts is the day of its own offset. Without
    it, the last screening that is due is taken, else now: for the schools of an agency that moved its dates, that of
    its own calendar. Nothing of an earlier run is changed.
    Raises `UnknownRound`, `RoundPaused`, `CriterionFault`, `EligibilityRefusal`, `Refused`.
    """
    require_round(round_id)
    agency = _agency(agency_code)
    agency_id = agency.id if agency else None
    require(actor, CHECK, agency_id)
    instant = at or due_screening(round_id, agency_id)
    if instant.tzinfo is None:
        raise EligibilityRefusal(_("an instant needs its offset, such as 2020-11-09T00:00:00+01:00"))
    editions = [freeze(round_id, agency_id)] if agency else freeze_all(round_id)
    asked = screenings([(edition, at or due_screening(round_id, edition.agency_id)) for edition in editions], tables())
    for screening in asked:
        try_alone(database.read(), screening)
    made = _Check(round_id, instant, asked, agency_id, actor)
    meter = Meter(progress or (lambda _message: None))
    try:
        with opened("check", wait_seconds=WAIT_SECONDS) as store:
            return _made(made, store, Slices(store, pace or Pace(), meter), meter)
    except UnderWay as error:
        raise EligibilityRefusal(_("another check is under way: wait until it has ended")) from error
    except DBAPIError:
        database.read().rollback()
        for screening in asked:
            blame(database.read(), screening)
        raise


def due_screenings(round_id: str) -> dict[int | None, datetime]:
    """For each agency, and for countries without one, its last screening that is due, else now."""
    agencies_here: list[int | None] = [None, *(agency.id for agency in agencies.all_agencies())]
    return {agency_id: due_screening(round_id, agency_id) for agency_id in agencies_here}


def due_screening(round_id: str, agency_id: int | None = None) -> datetime:
    """The last screening of the calendar that is due, else now."""
    now = clock.now()
    due = [instant for instant in calendar_of(round_id, agency_id).screenings if instant <= now]
    return max(due) if due else now.astimezone(ZoneInfo(ZONE))


def override(
    actor: Actor,
    round_id: str,
    school_pk: int,
    criterion_id: str,
    *,
    verdict: Verdict,
    reason: str,
    evidence: str = "",
) -> Override:
    """Put an officer's verdict in the place of the computed one, with its reason and what it relies on.

    The latest of a criterion holds, in later runs as well. `not met` also takes a school out that was invited, which
    no run does. Raises `Refused`, `EligibilityRefusal`,
    `UnknownRound`, `NotScreened`.
    """
    require_round(round_id)
    reason = reason.strip()
    if not reason:
        raise EligibilityRefusal(_("say why the result is replaced: the reason is shown with it"))
    with database.write() as session:
        school = session.get(School, school_pk)
        require(actor, OVERRIDE, school.agency_id if school else None)
        edition = session.scalars(
            select(Edition)
            .join(SchoolVerdict, SchoolVerdict.edition_id == Edition.id)
            .where(SchoolVerdict.run_id.in_(queries.runs_of(round_id)), SchoolVerdict.school_id == school_pk)
            .order_by(SchoolVerdict.run_id.desc())
            .limit(1)
        ).first()
        if school is None or edition is None:
            raise queries.NotScreened(f"the school was not checked in round {round_id} yet")
        if content(edition).criterion(criterion_id) is None:
            raise EligibilityRefusal(
                _("round %(round)s has no criterion '%(criterion)s'"), round=round_id, criterion=criterion_id
            )
        made = Override(
            round_id=round_id,
            school_id=school_pk,
            criterion_id=criterion_id,
            verdict=int(verdict),
            reason=reason,
            evidence=evidence.strip(),
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
            evidence=evidence.strip(),
        )
    return made


def _agency(code: str | None) -> Agency | None:
    if code is None:
        return None
    agency = agencies.by_code(code)
    if agency is None:
        raise EligibilityRefusal(
            _("there is no agency '%(code)s': 'skolemerke agencies list' names those that are known"), code=code
        )
    return agency


@dataclass(frozen=True)
class _Check:
    """What is checked, as of when, and for whom."""

    round_id: str
    at: datetime
    asked: list[Screening]
    agency_id: int | None
    actor: Actor


def _made(check: _Check, store: Store, slices: Slices, meter: Meter) -> CheckReport:
    """Judge in one snapshot, write unseen, show."""
    writing.take_back(store, slices)
    with store.snapshot(), Session(store.connection) as session:
        staged = stage(store, check.asked, check.agency_id, meter)
        meter.tell("looking at schools that are in the register twice")
        twins.reconsider(staged, check.asked, tables())
        last = session.scalar(select(func.max(Run.number)).where(Run.round_id == check.round_id))
        run = Run(
            number=(last or 0) + 1,
            at=check.at,
            made_at=clock.now(),
            import_number=session.scalar(select(func.max(Import.number))),
            agency_id=check.agency_id,
            counts={},
        )
        report = counted(session, staged, run, check.round_id, check.asked)
    writing.write(staged, run, slices)
    meter.tell("making it visible")
    writing.show(run, report, check.actor)
    return report
