"""Schools that stand twice in the register: what their verdict would be together.

A school that is not eligible alone, and would be together with its twin, is unclear until somebody has looked. The
criteria are asked once more, of a registry in which the few schools concerned are one with their twins: the earliest
registration, the teachers of both each once, the deeds and labels of both. All other facts stay those of the school.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    CompoundSelect,
    FromClause,
    Subquery,
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
from sqlalchemy.orm import Session

from skolemerke.contract.criteria import RegistryTables, Verdict
from skolemerke.database import table_of
from skolemerke.eligibility.asking import Screening
from skolemerke.eligibility.models import SchoolVerdict, TwinVerdict
from skolemerke.eligibility.packing import TOGETHER
from skolemerke.registry.models import School, SchoolTwin

AT_ONCE = 500
SCHOOL_TWIN = table_of(SchoolTwin)
"""The pairs that an import found; each stands in both directions."""


def reconsider(session: Session, run_id: int, screenings: list[Screening], tables: RegistryTables) -> None:
    """Make those verdicts of a run unclear that would be met together with a school's twins.

    Calls the kinds of criterion. Raises `CriterionFault`.
    """
    if not _candidates(session, run_id):
        return
    merged = together(tables, run_id)
    _join_by_hash(session, "off")
    passing = {
        school_id for screening in screenings for school_id in _passing(session, screening.among(merged), run_id)
    }
    _join_by_hash(session, "DEFAULT")
    twin = table_of(TwinVerdict)
    noted = session.scalars(select(TwinVerdict.school_id).where(TwinVerdict.run_id == run_id).distinct())
    failing = sorted(set(noted) - passing)
    for some in (failing[at : at + AT_ONCE] for at in range(0, len(failing), AT_ONCE)):
        session.execute(delete(twin).where(twin.c.run_id == run_id, twin.c.school_id.in_(some)))
    for screening in screenings:
        session.execute(_made_unclear(screening, run_id))


def together(tables: RegistryTables, run_id: int) -> RegistryTables:
    """The registry in which the schools that were noted for a run are one with their twins; no other is in it."""
    place = _place(run_id)
    return RegistryTables(
        schools=_schools(tables.schools, place),
        teachers=_teachers(tables.teachers, place),
        activities=_activities(tables, place),
        projects=tables.projects,
        memberships=_moved(tables.memberships, place),
        quality_labels=_moved(tables.quality_labels, place),
        school_labels=_moved(tables.school_labels, place),
    )


def _candidates(session: Session, run_id: int) -> int:
    """Note the schools of a run that are not eligible and have twins; gives how many pairs there are."""
    verdict, pairs = table_of(SchoolVerdict).c, SCHOOL_TWIN.c
    rows = (
        select(literal(run_id), verdict.school_id, pairs.twin_id)
        .select_from(SCHOOL_TWIN)
        .join(table_of(SchoolVerdict), verdict.school_id == pairs.school_id)
        .join(School, School.id == pairs.twin_id)
        .where(verdict.run_id == run_id, verdict.outcome == int(Verdict.NOT_MET), School.gone.is_(False))
    )
    session.execute(insert(table_of(TwinVerdict)).from_select(["run_id", "school_id", "twin_id"], rows))
    if session.get_bind().dialect.name == "postgresql":
        # Without it the planner takes the rows that were just noted for none or for very many, and never ends.
        session.execute(text("ANALYZE verdict_twin"))
    return session.scalar(select(func.count()).select_from(TwinVerdict).where(TwinVerdict.run_id == run_id)) or 0


def _passing(session: Session, screening: Screening, run_id: int) -> set[int]:
    """The schools that meet every criterion together with their twins. The criteria are asked one by one: joined, a
    planner that takes the few rows for one asks each of them again for every school."""
    noted = select(TwinVerdict.school_id).where(TwinVerdict.run_id == run_id)
    passing = set(
        session.scalars(
            select(SchoolVerdict.school_id).where(
                SchoolVerdict.run_id == run_id,
                SchoolVerdict.school_id.in_(noted),
                SchoolVerdict.edition_id.in_([edition.id for edition in screening.editions]),
            )
        )
    )
    for asked in screening.asked:
        named: dict[int, int] = dict(session.execute(select(asked.rows.c.school_id, asked.verdict())).all())
        rest = int(asked.kind.unnamed.verdict)
        passing = {school_id for school_id in passing if named.get(school_id, rest) == int(Verdict.MET)}
    return passing


def _join_by_hash(session: Session, nested_loops: str) -> None:
    """Keep PostgreSQL from nested loops, whose cost it misjudges by far here; other databases have no such switch."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text(f"SET LOCAL enable_nestloop = {nested_loops}"))


def _made_unclear(screening: Screening, run_id: int) -> Any:
    verdict = table_of(SchoolVerdict)
    packed: Any = verdict.c.verdicts
    changed = packed
    for at in range(len(screening.asked)):
        digit = (packed // literal(4**at)) % literal(4)
        changed = changed + case((digit == int(Verdict.NOT_MET), literal(TOGETHER * 4**at)), else_=literal(0))
    noted = select(TwinVerdict.school_id).where(TwinVerdict.run_id == run_id)
    return (
        update(verdict)
        .where(
            verdict.c.run_id == run_id,
            verdict.c.school_id.in_(noted),
            verdict.c.edition_id.in_([edition.id for edition in screening.editions]),
        )
        .values(outcome=int(Verdict.UNCLEAR), verdicts=changed)
    )


def _place(run_id: int) -> Subquery:
    """Where the rows of a school belong: `member` is the school itself or a twin, `school_id` the school."""
    noted = select(TwinVerdict.school_id, TwinVerdict.school_id.label("member")).where(TwinVerdict.run_id == run_id)
    twins = select(TwinVerdict.school_id, TwinVerdict.twin_id).where(TwinVerdict.run_id == run_id)
    return union(noted, twins).subquery("place")


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
