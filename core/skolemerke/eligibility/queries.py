"""What is asked about step one: runs, the standing verdict of each school, who may apply, who misses narrowly.

A school's standing verdict is that of the latest run that held it, with the overrides of officers.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, literal_column, or_, select, union_all
from sqlalchemy.orm import Session, aliased, defer

from skolemerke import database
from skolemerke.contract.criteria import Verdict
from skolemerke.eligibility.explaining import CriterionResult, Explainer, Explanation
from skolemerke.eligibility.models import Override, Run, SchoolVerdict, TwinVerdict
from skolemerke.eligibility.packing import near_misses_of, unpacked, whole
from skolemerke.people.actors import SYSTEM, Actor
from skolemerke.people.rights import within
from skolemerke.registry.models import School
from skolemerke.rounds.models import Edition
from skolemerke.rounds.queries import content, require_round


class NotScreened(LookupError):
    """A school, or a whole round, was never checked; the text says what helps."""


@dataclass(frozen=True)
class NearMiss:
    """A school that exactly one criterion keeps out."""

    school: School
    result: CriterionResult


def runs(round_id: str) -> Sequence[Run]:
    """All runs of a round, oldest first."""
    return database.read().scalars(select(Run).where(Run.round_id == round_id).order_by(Run.number)).all()


def runs_of(round_id: str) -> Select[int]:
    """The numbers of the rows of all runs of a round, as a statement: a school's verdicts are found by them."""
    return select(Run.id).where(Run.round_id == round_id)


def shown_runs() -> Select[int]:
    """The numbers of the rows of the runs of all rounds, as a statement."""
    return select(Run.id).where(Run.round_id.is_not(None))


def latest_run(round_id: str) -> Run | None:
    """The run that was made last, of all schools or of one agency's."""
    return (
        database.read()
        .scalars(select(Run).where(Run.round_id == round_id).order_by(Run.number.desc()).limit(1))
        .first()
    )


def explain(round_id: str, school: School, language: str) -> Explanation:
    """Why a school may apply or not, in a language. Raises `NotScreened`, `UnknownRound`."""
    require_round(round_id)
    session = database.read()
    row = session.execute(
        select(SchoolVerdict, Run, Edition)
        .join(Run, Run.id == SchoolVerdict.run_id)
        .join(Edition, Edition.id == SchoolVerdict.edition_id)
        .where(SchoolVerdict.run_id.in_(runs_of(round_id)), SchoolVerdict.school_id == school.id)
        .order_by(Run.number.desc())
        .limit(1)
    ).first()
    if row is None:
        raise NotScreened(
            f"school {school.school_id} was not checked in round {round_id}: run 'skolemerke eligibility check "
            f"{round_id}' first"
        )
    verdict, run, edition = row
    overrides = overrides_of(session, round_id, [school.id]).get(school.id, {})
    twins = session.scalars(
        select(School)
        .join(TwinVerdict, TwinVerdict.twin_id == School.id)
        .where(TwinVerdict.run_id == run.id, TwinVerdict.school_id == school.id)
        .order_by(School.school_id)
    ).all()
    return Explainer(content(edition), language).explain(school, run, verdict, overrides, twins)


def eligible_schools(round_id: str, session: Session | None = None) -> Select[int]:
    """The schools that may apply after the latest runs and the overrides, as a statement of their numbers."""
    return schools_with(round_id, Verdict.MET, session)


def schools_with(round_id: str, outcome: Verdict, session: Session | None = None) -> Select[int]:
    """The schools whose standing verdict as a whole is `outcome`, as a statement of their numbers."""
    session = session or database.read()
    overridden = standing_of_overridden(session, round_id)
    statement = select(SchoolVerdict.school_id).where(standing(session, round_id))
    computed = statement.where(computed_as(outcome))
    if not overridden:
        return computed
    changed_to = [school for school, verdict in overridden.items() if verdict is outcome]
    kept = computed.where(SchoolVerdict.school_id.not_in(overridden))
    if not changed_to:
        return kept
    # Two statements, each with its index; `or` would read every row of the run.
    put = statement.where(SchoolVerdict.school_id.in_(changed_to))
    either = union_all(kept, put).subquery("with_overrides")
    return select(either.c.school_id)


def computed_as(outcome: Verdict) -> ColumnElement[bool]:
    """The condition that a stored row is of this outcome."""
    asked = SchoolVerdict.outcome == int(outcome)
    # The index holds only rows that are not kept out, and serves only who says that this is meant.
    return asked if outcome is Verdict.NOT_MET else and_(asked, SchoolVerdict.outcome != literal_column("0"))


def is_eligible(round_id: str, school_pk: int) -> bool:
    """Whether a school may apply after the latest runs and the overrides."""
    return bool(eligible_among(round_id, [school_pk]))


def eligible_among(round_id: str, schools: Collection[int]) -> set[int]:
    """Which of some schools may apply after the latest runs and the overrides."""
    if not schools:
        return set()
    session = database.read()
    rows = eligible_schools(round_id, session).subquery()
    return set(session.scalars(select(rows.c.school_id).where(rows.c.school_id.in_(schools))))


def is_taken_out(round_id: str, school_pk: int) -> bool:
    """Whether an officer took a school out of a round: one of its criteria was put to `not met`, with a reason."""
    return school_pk in taken_out(database.read(), round_id)


def taken_out(session: Session, round_id: str) -> set[int]:
    """The schools that an officer took out of a round: one of their criteria was put to `not met`, with a reason."""
    overrides = _overrides_once(session, round_id)
    return {
        item.school_id
        for item in overridden_verdicts(session, round_id)
        for name, put in overrides.get(item.school_id, {}).items()
        if name in item.criteria and put.verdict == Verdict.NOT_MET
    }


def near_misses(round_id: str, actor: Actor = SYSTEM, language: str = "en") -> list[NearMiss]:
    """The schools that exactly one criterion keeps out, all others being met, by country and id.

    Raises `NotScreened`, `UnknownRound`.
    """
    require_round(round_id)
    session = database.read()
    if latest_run(round_id) is None:
        raise NotScreened(f"round {round_id} was not checked yet: run 'skolemerke eligibility check {round_id}' first")
    overrides = overrides_of(session, round_id)
    rows = session.execute(
        select(SchoolVerdict, School)
        .join(School, School.id == SchoolVerdict.school_id)
        .where(
            standing(session, round_id),
            within(actor, School.agency_id),
            or_(_misses_narrowly(session, round_id), SchoolVerdict.school_id.in_(overrides)),
        )
        .order_by(School.country, School.school_id)
    )
    found = []
    explainers: dict[int, Explainer] = {}
    for verdict, school in rows:
        if verdict.edition_id not in explainers:
            # Not with the rows: an edition is large, and each row would bring it anew.
            edition = session.get_one(Edition, verdict.edition_id)
            explainers[edition.id] = Explainer(content(edition), language)
        result = explainers[verdict.edition_id].kept_out_by(verdict, overrides.get(school.id, {}))
        if result is not None:
            found.append(NearMiss(school, result))
    return found


def standing(session: Session, round_id: str) -> ColumnElement[bool]:
    """The condition that a row is the standing verdict of its school.

    Counted are the latest run of all schools and later ones of single agencies; within these the latest that
    holds the school.
    """
    statement = select(Run.id, Run.agency_id).where(Run.round_id == round_id).order_by(Run.number.desc())
    all_runs = database.once(session, ("runs", round_id), lambda: session.execute(statement).all())
    counted: list[int] = []
    agencies: set[int] = set()
    for run_id, agency_id in all_runs:
        if agency_id is None:
            counted.append(run_id)
            break
        if agency_id not in agencies:
            agencies.add(agency_id)
            counted.append(run_id)
    if not counted:
        return false()
    if len(counted) == 1:
        return SchoolVerdict.run_id == counted[0]
    later = aliased(SchoolVerdict)
    superseded = (
        select(later.school_id)
        .where(
            later.school_id == SchoolVerdict.school_id, later.run_id > SchoolVerdict.run_id, later.run_id.in_(counted)
        )
        .exists()
    )
    return and_(SchoolVerdict.run_id.in_(counted), ~superseded)


def overrides_of(
    session: Session, round_id: str, schools: Iterable[int] | None = None
) -> dict[int, dict[str, Override]]:
    """The overrides of a round that hold, by school and criterion: of each the latest."""
    statement = select(Override).where(Override.round_id == round_id).order_by(Override.id)
    if schools is not None:
        statement = statement.where(Override.school_id.in_(list(schools)))
    found: dict[int, dict[str, Override]] = {}
    for override in session.scalars(statement):
        found.setdefault(override.school_id, {})[override.criterion_id] = override
    return found


def _overrides_once(session: Session, round_id: str) -> dict[int, dict[str, Override]]:
    """All overrides of a round, read once for a request."""
    return database.once(session, ("overrides", round_id), lambda: overrides_of(session, round_id))


@dataclass(frozen=True)
class Overridden:
    """The verdicts of a school on which an officer has put another: as computed, and as they stand."""

    school_id: int
    criteria: tuple[str, ...]
    computed: tuple[Verdict, ...]
    standing: tuple[Verdict, ...]


def overridden_verdicts(session: Session, round_id: str) -> Iterator[Overridden]:
    """The standing verdicts of all schools with overrides."""
    overrides = _overrides_once(session, round_id)
    if not overrides:
        return
    found = session.execute(
        select(SchoolVerdict, Edition)
        .join(Edition, Edition.id == SchoolVerdict.edition_id)
        .where(standing(session, round_id), SchoolVerdict.school_id.in_(overrides))
        # What an edition froze is most often known by its hash.
        .options(defer(Edition.content))
    ).all()
    yield from put_over(session, [verdict for verdict, _edition in found], overrides)


def put_over(
    session: Session, rows: Sequence[Any], overrides: Mapping[int, Mapping[str, Override]]
) -> Iterator[Overridden]:
    """What overrides make of verdicts, which are rows as `SchoolVerdict` has them."""
    asked = {
        edition_id: [criterion.id for criterion in content(session.get_one(Edition, edition_id)).criteria]
        for edition_id in {row.edition_id for row in rows}
    }
    for row in rows:
        criteria = asked[row.edition_id]
        computed = unpacked(row.verdicts, len(criteria))
        put = overrides[row.school_id]
        stands = [
            Verdict(put[name].verdict) if name in put else verdict
            for name, verdict in zip(criteria, computed, strict=True)
        ]
        yield Overridden(row.school_id, tuple(criteria), tuple(computed), tuple(stands))


def standing_of_overridden(session: Session, round_id: str) -> dict[int, Verdict]:
    """The standing verdict as a whole of all schools with overrides, read once for a request."""
    return database.once(
        session,
        ("overridden", round_id),
        lambda: {item.school_id: whole(item.standing) for item in overridden_verdicts(session, round_id)},
    )


def _misses_narrowly(session: Session, round_id: str) -> ColumnElement[bool]:
    editions = session.scalars(select(Edition).where(Edition.round_id == round_id))
    by_count: dict[int, list[int]] = {}
    for edition in editions:
        by_count.setdefault(len(content(edition).criteria), []).append(edition.id)
    return or_(
        false(),
        *(
            and_(SchoolVerdict.edition_id.in_(ids), SchoolVerdict.verdicts.in_(near_misses_of(count)))
            for count, ids in by_count.items()
        ),
    )
