"""The lists of one school that a form can show: its teachers, projects, events and quality labels."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session

from skolemerke.registry.models import Activity, Membership, Person, Project, QualityLabel, School, Teacher
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


def listed(session: Session, school: School, source: str, at: datetime) -> list[Listed]:
    """A list of a school as the register has it; facts dated after the instant are left out.

    `source` is `teachers`, `projects`, `events` or `quality_labels`. Raises `KeyError` for another.
    """
    day = at.astimezone(ZoneInfo(ZONE)).date()
    make = {"teachers": _teachers, "projects": _projects, "events": _events, "quality_labels": _labels}[source]
    return list(make(session, school, day))


def _teachers(session: Session, school: School, day: date) -> Iterable[Listed]:
    statement = (
        select(Person.teacher_id, Teacher.name, Teacher.role)
        .join(Teacher, Teacher.person_id == Person.id)
        .where(Teacher.school_id == school.id, *_serving(day))
        .order_by(Teacher.name, Teacher.id)
    )
    return (Listed(row.teacher_id, row.name, kind=row.role) for row in session.execute(statement.limit(MOST)))


def _projects(session: Session, school: School, day: date) -> Iterable[Listed]:
    statement: Select[str, str, date | None] = (
        select(Project.project_id, Project.title, Project.started_on)
        .join(Membership, Membership.project_id == Project.id)
        .where(
            Membership.school_id == school.id,
            Membership.gone.is_(False),
            Project.gone.is_(False),
            or_(Project.started_on.is_(None), Project.started_on <= day),
        )
        .distinct()
        .order_by(Project.started_on.desc(), Project.title, Project.project_id)
    )
    found = session.execute(statement.limit(MOST))
    return (Listed(row.project_id, row.title, str(row.started_on.year) if row.started_on else "") for row in found)


def _events(session: Session, school: School, day: date) -> Iterable[Listed]:
    statement = (
        select(Activity.activity_id, Activity.kind, Activity.happened_on, Teacher.name)
        .join(Teacher, Teacher.person_id == Activity.person_id)
        .where(
            Teacher.school_id == school.id,
            Teacher.gone.is_(False),
            or_(Activity.school_id.is_(None), Activity.school_id == school.id),
            Activity.kind.in_(["event", "training"]),
            Activity.gone.is_(False),
            Activity.happened_on <= day,
        )
        .order_by(Activity.happened_on.desc(), Activity.activity_id)
    )
    found = session.execute(statement.limit(MOST))
    return (Listed(row.activity_id, row.name, kind=row.kind, day=row.happened_on) for row in found)


def _labels(session: Session, school: School, day: date) -> Iterable[Listed]:
    statement = (
        select(QualityLabel.label_id, QualityLabel.kind, QualityLabel.granted_on, Project.title)
        .join(Project, Project.id == QualityLabel.project_id)
        .where(QualityLabel.school_id == school.id, QualityLabel.gone.is_(False), QualityLabel.granted_on <= day)
        .order_by(QualityLabel.granted_on.desc(), QualityLabel.label_id)
    )
    found = session.execute(statement.limit(MOST))
    return (Listed(row.label_id, row.title, kind=row.kind, day=row.granted_on) for row in found)


def _serving(day: date) -> tuple[ColumnElement[bool], ...]:
    return Teacher.gone.is_(False), or_(Teacher.left_on.is_(None), Teacher.left_on > day)
