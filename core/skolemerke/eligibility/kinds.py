"""The kinds of criterion that the core brings. They name dates, never a length of time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field
from skolemerke_forms.values import Value
from sqlalchemy import Select, String, case, cast, func, literal, or_, select, tuple_

from skolemerke.contract.criteria import CriterionKind, RegistryTables, Unnamed, Verdict
from skolemerke.contract.hooks import hookimpl

Activity = Literal["project", "training", "event", "collaboration"]
ACTIVITIES: tuple[Activity, ...] = ("project", "training", "event", "collaboration")


def _(message: str) -> str:
    """Mark a message for translation; it is translated where it is shown."""
    return message


def _verdict(condition: Any) -> Any:
    return case((condition, literal(int(Verdict.MET))), else_=literal(int(Verdict.NOT_MET)))


class RegisteredBefore(CriterionKind):
    """The school's `registered_on` is before the stated date."""

    id = "registered_before"

    class Parameters(Value):
        """`before`: the first day that is too late."""

        before: date

    def statement(self, parameters: Parameters, tables: RegistryTables, at: datetime) -> Select[Any]:
        """One row for every school; a registration after the instant is ignored."""
        schools = tables.schools.c
        known = schools.registered_on <= at.date()
        return select(
            schools.school_id,
            case((known, cast(schools.registered_on, String)), else_=literal("")).label("found"),
            _verdict(known & (schools.registered_on < parameters.before)).label("verdict"),
        )

    def required(self, parameters: Parameters) -> str:
        """The date."""
        return parameters.before.isoformat()

    def sentence(
        self,
        parameters: Parameters,
        found: str,
        verdict: Verdict,
        say: Callable[..., str],
        day: Callable[[str], str],
    ) -> str:
        """When the school was registered, and before when it had to be."""
        figures = {"found": day(found), "required": day(parameters.before.isoformat())}
        if not found:
            return say(
                _("The school was not registered yet. To qualify, it had to be registered before %(required)s."),
                required=figures["required"],
            )
        if verdict is Verdict.MET:
            return say(_("The school was registered on %(found)s; it had to be before %(required)s."), **figures)
        return say(
            _("The school was registered on %(found)s. To qualify, it had to be registered before %(required)s."),
            **figures,
        )


class Interval(Value):
    """A closed interval of days."""

    start: date = Field(alias="from")
    end: date = Field(alias="to")


class Counted(CriterionKind):
    """What the kinds have in common that count something in an interval: at least so many are needed."""

    unnamed: ClassVar[Unnamed] = Unnamed(found="0", verdict=Verdict.NOT_MET)
    enough: ClassVar[str]
    too_few: ClassVar[str]
    """The sentences of the two verdicts; both may name `found`, `required`, `from` and `to`."""

    def required(self, parameters: Any) -> str:
        """How many."""
        return str(parameters.at_least)

    def sentence(
        self, parameters: Any, found: str, verdict: Verdict, say: Callable[..., str], day: Callable[[str], str]
    ) -> str:
        """How many were found, and how many were needed."""
        figures = {
            "found": found,
            "required": str(parameters.at_least),
            "from": day(parameters.start.isoformat()),
            "to": day(parameters.end.isoformat()),
        }
        return say(self.enough if verdict is Verdict.MET else self.too_few, **figures)


class ActiveTeachers(Counted):
    """At least so many teachers who serve the school at the instant were active there in the interval.

    A teacher serves who has not left by then. An activity counts that is of a listed kind, dated within the
    interval and not after the instant; a membership alone is no activity.
    """

    id = "active_teachers"
    enough = _("Teachers active from %(from)s to %(to)s: %(found)s. At least %(required)s were needed.")
    too_few = _(
        "Teachers active from %(from)s to %(to)s: %(found)s. To qualify, at least %(required)s of those who "
        "serve the school needed a project, training, event or collaboration dated in that time."
    )

    class Parameters(Interval):
        """`at_least` teachers; `from` and `to` are both within; `activities` lists the kinds that count."""

        at_least: Annotated[int, Field(gt=0)]
        activities: tuple[Activity, ...] = ACTIVITIES

    def statement(self, parameters: Parameters, tables: RegistryTables, at: datetime) -> Select[Any]:
        """One row for every school with at least one active teacher."""
        teachers, activities = tables.teachers.c, tables.activities.c
        day = at.date()
        count = func.count()
        active = select(activities.teacher_id, activities.school_id).where(
            activities.kind.in_(parameters.activities),
            activities.happened_on >= parameters.start,
            activities.happened_on <= min(parameters.end, day),
        )
        # The active ones are gathered once; joining each activity to its teacher takes twice as long.
        return (
            select(
                teachers.school_id,
                cast(count, String).label("found"),
                _verdict(count >= parameters.at_least).label("verdict"),
            )
            .where(
                or_(teachers.left_on.is_(None), teachers.left_on > day),
                tuple_(teachers.teacher_id, teachers.school_id).in_(active),
            )
            .group_by(teachers.school_id)
        )


class QualityLabels(Counted):
    """At least so many national quality labels of European projects were granted for the school in the interval."""

    id = "quality_labels"
    enough = _(
        "National quality labels of European projects from %(from)s to %(to)s: %(found)s. At least "
        "%(required)s was needed."
    )
    too_few = _(
        "National quality labels of European projects from %(from)s to %(to)s: %(found)s. To qualify, at "
        "least %(required)s had to be granted to a teacher of the school in that time."
    )

    class Parameters(Interval):
        """`at_least` labels; `from` and `to` are both within."""

        at_least: Annotated[int, Field(gt=0)] = 1

    def statement(self, parameters: Parameters, tables: RegistryTables, at: datetime) -> Select[Any]:
        """One row for every school with such a label."""
        labels, projects = tables.quality_labels.c, tables.projects.c
        count = func.count()
        return (
            select(
                labels.school_id,
                cast(count, String).label("found"),
                _verdict(count >= parameters.at_least).label("verdict"),
            )
            .select_from(tables.quality_labels)
            .join(tables.projects, projects.project_id == labels.project_id)
            .where(
                labels.kind == "national",
                projects.european.is_(True),
                labels.granted_on >= parameters.start,
                labels.granted_on <= min(parameters.end, at.date()),
            )
            .group_by(labels.school_id)
        )


@hookimpl
def criterion_kinds() -> list[type[CriterionKind]]:
    """The kinds that the core brings."""
    return [RegisteredBefore, ActiveTeachers, QualityLabels]
