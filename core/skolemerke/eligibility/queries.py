"""What is asked about step one: runs, why a school may apply or not, who may apply, who misses narrowly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, false, literal_column, or_, select, union_all
from sqlalchemy.orm import Session, defer

from skolemerke import database
from skolemerke.contract.criteria import Verdict
from skolemerke.eligibility.explaining import CriterionResult, Explainer, Explanation
from skolemerke.eligibility.models import Override, Run, SchoolVerdict, TwinVerdict
from skolemerke.eligibility.packing import met_together, near_misses_of
from skolemerke.eligibility.standing import overrides_of, standing, standing_of_overridden
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
    newest = (
        select(SchoolVerdict.run_id)
        .join(Run, Run.id == SchoolVerdict.run_id)
        .where(SchoolVerdict.run_id.in_(runs_of(round_id)), SchoolVerdict.school_id == school.id)
        .order_by(Run.number.desc())
        .limit(1)
    )
    rows = session.execute(
        select(SchoolVerdict, Run, Edition, Override)
        .join(Run, Run.id == SchoolVerdict.run_id)
        .join(Edition, Edition.id == SchoolVerdict.edition_id)
        .outerjoin(Override, (Override.round_id == round_id) & (Override.school_id == SchoolVerdict.school_id))
        .where(SchoolVerdict.run_id == newest.scalar_subquery(), SchoolVerdict.school_id == school.id)
        .order_by(Override.id)
        # What an edition froze is most often known by its hash.
        .options(defer(Edition.content))
    ).all()
    if not rows:
        raise NotScreened(
            f"school {school.school_id} was not checked in round {round_id}: run 'skolemerke eligibility check "
            f"{round_id}' first"
        )
    verdict, run, edition, _override = rows[0]
    overrides = {row.Override.criterion_id: row.Override for row in rows if row.Override}
    frozen = content(edition)
    twins = _twins_of(verdict) if any(met_together(verdict.verdicts, len(frozen.criteria))) else ()
    return Explainer(frozen, language).explain(school, run, verdict, overrides, twins)


def _twins_of(verdict: SchoolVerdict) -> Sequence[School]:
    """The schools together with which a school would be eligible."""
    statement = select(School).join(TwinVerdict, TwinVerdict.twin_id == School.id)
    mine = (TwinVerdict.run_id == verdict.run_id, TwinVerdict.school_id == verdict.school_id)
    return database.read().scalars(statement.where(*mine).order_by(School.school_id)).all()


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
