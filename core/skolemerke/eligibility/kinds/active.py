"""Teachers who were active at the school in an interval."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field
from sqlalchemy import Select, String, cast, func, or_, select, tuple_

from skolemerke.contract.criteria import RegistryTables, Verdict
from skolemerke.eligibility.kinds.common import Counted, Day, Interval, Say, verdict_of
from skolemerke.eligibility.kinds.common import mark as _

Activity = Literal["project", "training", "event", "collaboration"]
ACTIVITIES: tuple[Activity, ...] = ("project", "training", "event", "collaboration")
WORDS = {
    "project": _("projects"),
    "training": _("training"),
    "event": _("events"),
    "collaboration": _("other collaboration"),
}


class ActiveTeachers(Counted):
    """At least so many teachers who serve the school at the instant were active there in the interval.

    A teacher serves who has not left by then. An activity counts that is of a listed kind, dated within the
    interval and not after the instant; a membership alone is no activity.
    """

    id = "active_teachers"

    class Parameters(Interval):
        """`at_least` teachers; `from` and `to` are both within; `activities` lists the kinds that count."""

        at_least: Annotated[int, Field(gt=0)]
        activities: Annotated[tuple[Activity, ...], Field(min_length=1)] = ACTIVITIES

    def statement(self, parameters: Parameters, tables: RegistryTables, at: datetime) -> Select[Any]:
        """One row for every school with at least one active teacher."""
        teachers, activities = tables.teachers.c, tables.activities.c
        day = at.date()
        count = func.count()
        active = select(activities.teacher_id, activities.school_id).where(
            activities.kind.in_(parameters.activities),
            activities.happened_on >= parameters.start,
            activities.happened_on <= parameters.last(day),
        )
        # The active ones are gathered once; joining each activity to its teacher takes twice as long.
        return (
            select(
                teachers.school_id,
                cast(count, String).label("found"),
                verdict_of(count >= parameters.at_least).label("verdict"),
            )
            .where(
                or_(teachers.left_on.is_(None), teachers.left_on > day),
                tuple_(teachers.teacher_id, teachers.school_id).in_(active),
            )
            .group_by(teachers.school_id)
        )

    def sentence(self, parameters: Parameters, found: str, verdict: Verdict, say: Say, day: Day) -> str:
        """How many teachers were active, how many were needed, and what they needed to have done by when."""
        figures = self.figures(parameters, found, day)
        if verdict is Verdict.MET:
            return say(
                _("Teachers active from %(from)s to %(to)s: %(found)s. Needed: at least %(required)s."), **figures
            )
        if set(parameters.activities) == set(ACTIVITIES):
            return say(
                _(
                    "Teachers active from %(from)s to %(to)s: %(found)s. To qualify, at least %(required)s of those "
                    "who serve the school needed a project, training, event or collaboration dated in that time."
                ),
                **figures,
            )
        named = ", ".join(say(WORDS[activity]) for activity in parameters.activities)
        return say(
            _(
                "Teachers active from %(from)s to %(to)s: %(found)s. To qualify, at least %(required)s of those who "
                "serve the school needed an activity dated in that time. What counts: %(activities)s."
            ),
            activities=named,
            **figures,
        )
