"""Schools that stand twice in the register: what their verdict would be together.

A school that is not eligible alone, and would be together with its twin, is unclear until somebody has looked. The
criteria are asked once more, of a registry in which the few schools concerned are one with their twins: the earliest
registration, the teachers of both each once, the deeds and labels of both. All other facts stay those of the school.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Connection,
    FromClause,
    Subquery,
    Table,
    case,
    delete,
    func,
    insert,
    literal,
    select,
    text,
    union,
    union_all,
    update,
)

from skolemerke.contract.criteria import RegistryTables, Verdict
from skolemerke.database import table_of
from skolemerke.eligibility.asking import Screening
from skolemerke.eligibility.packing import TOGETHER
from skolemerke.eligibility.staging import StagedRun
from skolemerke.registry.models import School, SchoolTwin

AT_ONCE = 500
SCHOOL_TWIN = table_of(SchoolTwin)
"""The pairs that an import found; each stands in both directions."""


def reconsider(staged: StagedRun, screenings: list[Screening], tables: RegistryTables) -> None:
    """Make those verdicts of a run unclear that would be met together with a school's twins.

    Calls the kinds of criterion. Raises `CriterionFault`.
    """
    connection, twin = staged.store.connection, staged.twins
    if not _candidates(staged):
        return
    merged = together(tables, twin)
    _join_by_hash(connection, "off")
    passing = {school_id for screening in screenings for school_id in _passing(staged, screening.among(merged))}
    _join_by_hash(connection, "DEFAULT")
    noted = connection.scalars(select(twin.c.school_id).distinct())
    failing = sorted(set(noted) - passing)
    for some in (failing[at : at + AT_ONCE] for at in range(0, len(failing), AT_ONCE)):
        connection.execute(delete(twin).where(twin.c.school_id.in_(some)))
    for screening in screenings:
        connection.execute(_made_unclear(staged, screening))


def together(tables: RegistryTables, twins: Table) -> RegistryTables:
    """The registry in which the schools that are noted are one with their twins; no other is in it."""
    place = _place(twins)
    return RegistryTables(
        schools=_schools(tables.schools, place),
        teachers=_teachers(tables.teachers, place),
        activities=_activities(tables, place),
        projects=tables.projects,
        memberships=_moved(tables.memberships, place),
        quality_labels=_moved(tables.quality_labels, place),
        school_labels=_moved(tables.school_labels, place),
    )


def _candidates(staged: StagedRun) -> int:
    """Note the schools of a run that are not eligible and have twins; gives how many pairs there are."""
    connection, verdict, pairs = staged.store.connection, staged.verdicts, SCHOOL_TWIN.c
    rows = (
        select(verdict.c.school_id, pairs.twin_id)
        .select_from(SCHOOL_TWIN)
        .join(verdict, verdict.c.school_id == pairs.school_id)
        .join(School, School.id == pairs.twin_id)
        .where(verdict.c.outcome == int(Verdict.NOT_MET), School.gone.is_(False))
    )
    connection.execute(insert(staged.twins).from_select(["school_id", "twin_id"], rows))
    # Without it a planner takes the rows that were just noted for none or for very many, and never ends.
    staged.store.know_sizes(staged.twins)
    return connection.scalar(select(func.count()).select_from(staged.twins)) or 0


def _passing(staged: StagedRun, screening: Screening) -> set[int]:
    """The schools that meet every criterion together with their twins. The criteria are asked one by one: joined, a
    planner that takes the few rows for one asks each of them again for every school."""
    connection, verdict = staged.store.connection, staged.verdicts.c
    passing = set(connection.scalars(select(verdict.school_id).where(*_noted(staged, screening))))
    for asked in screening.asked:
        named: dict[int, int] = dict(connection.execute(select(asked.rows.c.school_id, asked.verdict())).all())
        rest = int(asked.kind.unnamed.verdict)
        passing = {school_id for school_id in passing if named.get(school_id, rest) == int(Verdict.MET)}
    return passing


def _noted(staged: StagedRun, screening: Screening) -> tuple[ColumnElement[bool], ...]:
    """The conditions of the verdicts of noted schools of a screening."""
    verdict = staged.verdicts.c
    return (
        verdict.school_id.in_(select(staged.twins.c.school_id)),
        verdict.edition_id.in_([edition.id for edition in screening.editions]),
    )


def _join_by_hash(connection: Connection, nested_loops: str) -> None:
    """Keep PostgreSQL from nested loops, whose cost it misjudges by far here; other databases have no such switch."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SET LOCAL enable_nestloop = {nested_loops}"))


def _made_unclear(staged: StagedRun, screening: Screening) -> Any:
    verdict = staged.verdicts
    packed: Any = verdict.c.verdicts
    changed = packed
    for at in range(len(screening.asked)):
        digit = (packed // literal(4**at)) % literal(4)
        changed = changed + case((digit == int(Verdict.NOT_MET), literal(TOGETHER * 4**at)), else_=literal(0))
    return update(verdict).where(*_noted(staged, screening)).values(outcome=int(Verdict.UNCLEAR), verdicts=changed)


def _place(twins: Table) -> Subquery:
    """Where the rows of a school belong: `member` is the school itself or a twin, `school_id` the school."""
    noted = select(twins.c.school_id, twins.c.school_id.label("member"))
    return union(noted, select(twins.c.school_id, twins.c.twin_id)).subquery("place")


def _schools(schools: FromClause, place: Subquery) -> Subquery:
    first = (
        select(place.c.school_id, func.min(schools.c.registered_on).label("first"))
        .select_from(place)
        .join(schools, schools.c.school_id == place.c.member)
        .group_by(place.c.school_id)
        .subquery("first_registered")
    )
    own = schools.alias("own")
    columns = [
        first.c.first.label("registered_on") if name == "registered_on" else own.c[name] for name in _names(schools)
    ]
    return select(*columns).select_from(own).join(first, first.c.school_id == own.c.school_id).subquery("schools")


def _teachers(teachers: FromClause, place: Subquery) -> Subquery:
    """Each person once: there since the first of their days, until the last."""
    t = teachers.c
    merged = {
        "registered_on": case((func.count() > func.count(t.registered_on), None), else_=func.min(t.registered_on)),
        "left_on": case((func.count() > func.count(t.left_on), None), else_=func.max(t.left_on)),
    }
    rest = [
        merged.get(name, func.max(t[name])).label(name)
        for name in _names(teachers)
        if name not in {"teacher_id", "school_id"}
    ]
    return (
        select(t.teacher_id, place.c.school_id, *rest)
        .select_from(place)
        .join(teachers, t.school_id == place.c.member)
        .group_by(place.c.school_id, t.teacher_id)
        .subquery("teachers")
    )


def _activities(tables: RegistryTables, place: Subquery) -> Subquery:
    """By way of the teachers, who are found by an index: there is none from a school to its activities."""
    there = tables.teachers.alias("there")
    parts = []
    for part in _parts(tables.activities):
        columns = [place.c.school_id if name == "school_id" else part.c[name] for name in _names(part)]
        parts.append(
            select(*columns)
            .select_from(place)
            .join(there, there.c.school_id == place.c.member)
            .join(part, (part.c.teacher_id == there.c.teacher_id) & (part.c.school_id == place.c.member))
        )
    return union_all(*parts).subquery("activities")


def _moved(rows: FromClause, place: Subquery) -> Subquery:
    columns = [place.c.school_id if name == "school_id" else rows.c[name] for name in _names(rows)]
    return select(*columns).select_from(place).join(rows, rows.c.school_id == place.c.member).subquery()


def _names(rows: FromClause) -> list[str]:
    return [each.name for each in rows.c]


def _parts(rows: FromClause) -> list[FromClause]:
    """The parts of a union: joined one by one, an index can be used in each."""
    element = getattr(rows, "element", None)
    if not isinstance(element, CompoundSelect):
        return [rows]
    return [part.subquery() for part in element.selects]
