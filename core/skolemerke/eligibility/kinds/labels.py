"""National quality labels of European projects, granted for the school in a time."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import Field
from sqlalchemy import ColumnElement, Select, String, and_, case, cast, func, or_, select

from skolemerke.contract.criteria import RegistryTables, Verdict
from skolemerke.eligibility.kinds.common import Counted, Day, Say, Window, verdict_of
from skolemerke.eligibility.kinds.common import mark as _

Teacher = Literal["served", "serves"]


class QualityLabels(Counted):
    """At least so many national quality labels of European projects were granted for the school in the time.

    The time is closed at both ends; without `to` it ends with the day of the check. With `teacher`, a label counts
    only when its teacher served the school on the day of the grant (`served`) or serves it at the instant
    (`serves`). Labels whose teacher the register does not name make the difference unclear, never not met.
    """

    id = "quality_labels"

    class Parameters(Window):
        """`at_least` labels; `from` and `to` are both within, `to` may be left out; `teacher` as said above."""

        at_least: Annotated[int, Field(gt=0)] = 1
        teacher: Teacher | None = None

    def statement(self, parameters: Parameters, tables: RegistryTables, at: datetime) -> Select[Any]:
        """One row for every school with such a label."""
        labels, projects, teachers = tables.quality_labels.c, tables.projects.c, tables.teachers.c
        day = at.date()
        in_time = (
            labels.kind == "national",
            projects.european.is_(True),
            labels.granted_on >= parameters.start,
            labels.granted_on <= parameters.last(day),
        )
        source = tables.quality_labels.join(tables.projects, projects.project_id == labels.project_id)
        count: ColumnElement[int] = func.count()
        unclear = None
        if parameters.teacher is not None:
            source = source.outerjoin(
                tables.teachers,
                and_(teachers.teacher_id == labels.teacher_id, teachers.school_id == labels.school_id),
            )
            there = _served(tables) if parameters.teacher == "served" else _serves(tables, day)
            # Counted are whole labels: a teacher stands once at a school.
            count = func.count(case((there, labels.project_id)))
            unnamed = func.count(case((labels.teacher_id.is_(None), labels.project_id)))
            unclear = count + unnamed >= parameters.at_least
        return (
            select(
                labels.school_id,
                cast(count, String).label("found"),
                verdict_of(count >= parameters.at_least, unclear).label("verdict"),
            )
            .select_from(source)
            .where(*in_time)
            .group_by(labels.school_id)
        )

    def sentence(self, parameters: Parameters, found: str, verdict: Verdict, say: Say, day: Day) -> str:
        """How many labels were found, how many were needed, from when and by when."""
        said = say(_closed(verdict) if parameters.end else _open(verdict), **self.figures(parameters, found, day))
        if parameters.teacher is None:
            return said
        rule = say(RULES[parameters.teacher])
        if verdict is Verdict.UNCLEAR:
            return f"{said} {rule} {say(NOT_NAMED)}"
        return f"{said} {rule}"


RULES: dict[Teacher, str] = {
    "served": _("Only labels count whose teacher served at the school when they were granted."),
    "serves": _("Only labels count whose teacher serves at the school on the day of the check."),
}
NOT_NAMED = _("For further labels the register does not name the teacher; the agency can find out.")


def _closed(verdict: Verdict) -> str:
    if verdict is Verdict.MET:
        return _(
            "National quality labels of European projects from %(from)s to %(to)s: %(found)s. At least "
            "%(required)s was needed."
        )
    return _(
        "National quality labels of European projects from %(from)s to %(to)s: %(found)s. To qualify, at "
        "least %(required)s had to be granted to a teacher of the school in that time."
    )


def _open(verdict: Verdict) -> str:
    if verdict is Verdict.MET:
        return _(
            "National quality labels of European projects since %(from)s: %(found)s. At least %(required)s was needed."
        )
    return _(
        "National quality labels of European projects since %(from)s: %(found)s. To qualify, at least %(required)s "
        "had to be granted to a teacher of the school between that day and the day of the check."
    )


def _served(tables: RegistryTables) -> ColumnElement[bool]:
    labels, teachers = tables.quality_labels.c, tables.teachers.c
    return and_(
        teachers.teacher_id.is_not(None),
        or_(teachers.registered_on.is_(None), teachers.registered_on <= labels.granted_on),
        or_(teachers.left_on.is_(None), teachers.left_on > labels.granted_on),
    )


def _serves(tables: RegistryTables, day: date) -> ColumnElement[bool]:
    teachers = tables.teachers.c
    return and_(teachers.teacher_id.is_not(None), or_(teachers.left_on.is_(None), teachers.left_on > day))
