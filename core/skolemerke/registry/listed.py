"""The lists of one school that a form can show: its teachers, projects, events and quality labels."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Date, Row, Select, cast, func, literal, null, or_, select, union_all
from sqlalchemy.orm import Session

from skolemerke.registry.models import Activity, Membership, Person, Project, QualityLabel, Teacher
from skolemerke.speech import ZONE

MOST = 200
"""So many rows of a list are shown, the newest; a school has rarely as many."""


@dataclass(frozen=True)
class Listed:
    """One row of a list: its id in the register, what it is called, of which kind (of a teacher, the role), on which
    day, and what else is known; in nobody's language."""

    id: str
    name: str
    details: str = ""
    kind: str = ""
    day: date | None = None


def listed(session: Session, school_id: int, sources: Collection[str], at: datetime) -> dict[str, list[Listed]]:
    """Lists of a school as the register has them, in one statement; facts dated after the instant are left out.

    `sources` are of `teachers`, `projects`, `events` and `quality_labels`. Raises `KeyError` for another.
    """
    found: dict[str, list[Listed]] = {source: [] for source in sources}
    if not found:
        return found
    day = at.astimezone(ZoneInfo(ZONE)).date()
    chosen = [_whole(source, LISTS[source](school_id, day)) for source in sorted(found)]
    rows = session.execute(union_all(*chosen) if len(chosen) > 1 else chosen[0]).all()
    for row in sorted(rows, key=lambda row: int(row.place)):
        found[row.source].append(_listed(row))
    return found


def _whole(source: str, chosen: Select[Any]) -> Select[Any]:
    """The first rows of a list, as rows of all lists are: with its name, and the place in its order."""
    rows = chosen.limit(MOST).subquery(source)
    return select(literal(source).label("source"), *rows.c)


def _listed(row: Row[Any]) -> Listed:
    if row.source == "projects":
        return Listed(row.id, row.name, str(row.day.year) if row.day else "")
    return Listed(row.id, row.name, kind=row.kind, day=row.day)


def _row(id_: Any, name: Any, *order: Any, kind: Any = None, day: Any = None) -> Select[Any]:
    return select(
        id_.label("id"),
        name.label("name"),
        (literal("") if kind is None else kind).label("kind"),
        (cast(null(), Date) if day is None else day).label("day"),
        func.row_number().over(order_by=order).label("place"),
    ).order_by(*order)


def _teachers(school_id: int, day: date) -> Select[Any]:
    order = (Teacher.name, Teacher.id)
    return (
        _row(Person.teacher_id, Teacher.name, *order, kind=Teacher.role)
        .join(Teacher, Teacher.person_id == Person.id)
        .where(Teacher.school_id == school_id, *_serving(day))
    )


def _projects(school_id: int, day: date) -> Select[Any]:
    order = (Project.started_on.desc(), Project.title, Project.project_id)
    joined = select(Membership.project_id).where(Membership.school_id == school_id, Membership.gone.is_(False))
    return _row(Project.project_id, Project.title, *order, day=Project.started_on).where(
        Project.id.in_(joined),
        Project.gone.is_(False),
        or_(Project.started_on.is_(None), Project.started_on <= day),
    )


def _events(school_id: int, day: date) -> Select[Any]:
    order = (Activity.happened_on.desc(), Activity.activity_id)
    return (
        _row(Activity.activity_id, Teacher.name, *order, kind=Activity.kind, day=Activity.happened_on)
        .join(Teacher, Teacher.person_id == Activity.person_id)
        .where(
            Teacher.school_id == school_id,
            Teacher.gone.is_(False),
            or_(Activity.school_id.is_(None), Activity.school_id == school_id),
            Activity.kind.in_(["event", "training"]),
            Activity.gone.is_(False),
            Activity.happened_on <= day,
        )
    )


def _labels(school_id: int, day: date) -> Select[Any]:
    order = (QualityLabel.granted_on.desc(), QualityLabel.label_id)
    return (
        _row(QualityLabel.label_id, Project.title, *order, kind=QualityLabel.kind, day=QualityLabel.granted_on)
        .join(Project, Project.id == QualityLabel.project_id)
        .where(QualityLabel.school_id == school_id, QualityLabel.gone.is_(False), QualityLabel.granted_on <= day)
    )


def _serving(day: date) -> tuple[ColumnElement[bool], ...]:
    return Teacher.gone.is_(False), or_(Teacher.left_on.is_(None), Teacher.left_on > day)


LISTS: dict[str, Callable[[int, date], Select[Any]]] = {
    "teachers": _teachers,
    "projects": _projects,
    "events": _events,
    "quality_labels": _labels,
}
