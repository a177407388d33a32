"""The schools of a round with their verdicts, page by page: each page starts behind the last school of the one before.

No page counts anything: the counts of a run were stored with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, or_, select
from sqlalchemy.orm import Session

from skolemerke import database
from skolemerke.contract.criteria import Verdict
from skolemerke.eligibility.explaining import Explainer, Explanation
from skolemerke.eligibility.models import Run, SchoolVerdict
from skolemerke.eligibility.packing import TOGETHER
from skolemerke.eligibility.queries import computed_as, runs_of, shown_runs
from skolemerke.eligibility.standing import overrides_of, standing, standing_of_overridden
from skolemerke.people.actors import Actor
from skolemerke.people.rights import within
from skolemerke.registry.models import School
from skolemerke.rounds.models import Edition
from skolemerke.rounds.queries import content, editions, require_round

AT_ONCE = 50


@dataclass(frozen=True)
class Narrowed:
    """Which schools are listed. `criterion` with `verdict` asks for that verdict as the check found it of this
    criterion; `verdict` alone for that of the whole as it stands. `after` is the last school of the page before."""

    verdict: Verdict | None = None
    criterion: str = ""
    country: str = ""
    after: int = 0


@dataclass(frozen=True)
class ListPage:
    """A page of schools, each explained; `after` begins the next page, none on the last."""

    schools: tuple[Explanation, ...]
    after: int | None


def listed(round_id: str, actor: Actor, narrowed: Narrowed, language: str) -> ListPage:
    """One page of the schools of a round that the actor may see, in the order of the register.

    Raises `UnknownRound`.
    """
    require_round(round_id)
    session = database.read()
    rows: list[Any] = []
    for condition in _conditions(session, round_id, narrowed):
        rows += session.execute(_page(session, round_id, actor, narrowed).where(condition)).all()
    rows.sort(key=lambda row: row.School.id)
    shown = rows[:AT_ONCE]
    overrides = overrides_of(session, round_id, [row.School.id for row in shown])
    used = {verdict.edition_id for verdict, _school in shown}
    explainers = {one.id: Explainer(content(one), language) for one in editions(round_id) if one.id in used}
    found = []
    for verdict, school in shown:
        run = session.get_one(Run, verdict.run_id)
        found.append(explainers[verdict.edition_id].explain(school, run, verdict, overrides.get(school.id, {})))
    return ListPage(tuple(found), shown[-1].School.id if len(rows) > AT_ONCE else None)


def criteria_of(round_id: str, language: str) -> list[tuple[str, str]]:
    """Every criterion of the editions of a round that were used: its id and its label."""
    return list(
        {
            criterion.id: criterion.said(language, criterion.language).label or criterion.id
            for edition in reversed(editions(round_id))
            for criterion in content(edition).criteria
        }.items()
    )


def parameters_of(round_id: str) -> list[tuple[str, str]]:
    """Every parameter of the criteria of a round's newest edition, as `criterion.parameter` with what is stated."""
    session = database.read()
    newest = session.scalars(
        select(Edition).where(Edition.round_id == round_id).order_by(Edition.agency_key, Edition.id.desc()).limit(1)
    ).first()
    if newest is None:
        return []
    return [
        (f"{criterion.id}.{name}", ", ".join(map(str, value)) if isinstance(value, list) else str(value))
        for criterion in content(newest).criteria
        for name, value in criterion.parameters.items()
    ]


def history(round_id: str, school_pk: int) -> Sequence[tuple[Run, SchoolVerdict]]:
    """The runs of a round that held a school with its row in each, the newest first."""
    rows = database.read().execute(
        select(Run, SchoolVerdict)
        .join(SchoolVerdict, SchoolVerdict.run_id == Run.id)
        .where(SchoolVerdict.run_id.in_(runs_of(round_id)), SchoolVerdict.school_id == school_pk)
        .order_by(Run.number.desc())
    )
    return [(run, verdict) for run, verdict in rows]


def rounds_that_judged(school_pk: int) -> list[str]:
    """The rounds in which a school was checked, the newest first."""
    held = (
        select(Run.round_id)
        .join(SchoolVerdict, SchoolVerdict.run_id == Run.id)
        .where(SchoolVerdict.school_id == school_pk, SchoolVerdict.run_id.in_(shown_runs()))
        .distinct()
        .order_by(Run.round_id.desc())
    )
    return list(database.read().scalars(held))


def _page(session: Session, round_id: str, actor: Actor, narrowed: Narrowed) -> Select[*tuple[Any, ...]]:
    statement = (
        select(SchoolVerdict, School)
        .join(School, School.id == SchoolVerdict.school_id)
        .where(
            standing(session, round_id),
            SchoolVerdict.school_id > narrowed.after,
            within(actor, School.agency_id),
        )
        .order_by(SchoolVerdict.school_id)
        .limit(AT_ONCE + 1)
    )
    return statement.where(School.country == narrowed.country) if narrowed.country else statement


def _conditions(session: Session, round_id: str, narrowed: Narrowed) -> list[ColumnElement[bool]]:
    """The conditions under which a school is listed, one statement for each, so that each has its index."""
    if narrowed.verdict is None:
        return [SchoolVerdict.school_id > 0]
    if narrowed.criterion:
        return [_found_of(round_id, narrowed.criterion, narrowed.verdict)]
    overridden = standing_of_overridden(session, round_id)
    computed = computed_as(narrowed.verdict)
    if not overridden:
        return [computed]
    put = [school for school, verdict in overridden.items() if verdict is narrowed.verdict]
    return [
        and_(computed, SchoolVerdict.school_id.not_in(list(overridden))),
        SchoolVerdict.school_id.in_(put) if put else false(),
    ]


def _found_of(round_id: str, criterion_id: str, verdict: Verdict) -> ColumnElement[bool]:
    digits = [int(verdict), TOGETHER] if verdict is Verdict.UNCLEAR else [int(verdict)]
    packed: Any = SchoolVerdict.verdicts
    places: dict[int, list[int]] = {}
    for edition in editions(round_id):
        names = [criterion.id for criterion in content(edition).criteria]
        if criterion_id in names:
            places.setdefault(names.index(criterion_id), []).append(edition.id)
    return or_(
        false(),
        *(and_(SchoolVerdict.edition_id.in_(ids), ((packed // 4**at) % 4).in_(digits)) for at, ids in places.items()),
    )
