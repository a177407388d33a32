"""Somebody of a named role is registered at the school."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field, StringConstraints
from skolemerke_forms.saying import kind_words
from skolemerke_forms.values import Value
from sqlalchemy import Select, String, cast, func, or_, select

from skolemerke.contract.criteria import RegistryTables, Verdict
from skolemerke.eligibility.kinds.common import Counted, Day, Say, verdict_of
from skolemerke.eligibility.kinds.common import mark as _

Role = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]


class RoleRegistered(Counted):
    """At least so many people of a named role are registered at the school at the instant and have not left.

    Roles are compared as the register writes them, letter by letter. Whose day of registration is empty has been
    there all along.
    """

    id = "role_registered"

    class Parameters(Value):
        """`roles`: the words of the register that count; `at_least` people, one unless stated."""

        roles: Annotated[tuple[Role, ...], Field(min_length=1)]
        at_least: Annotated[int, Field(gt=0)] = 1

    def statement(self, parameters: Parameters, tables: RegistryTables, at: datetime) -> Select[Any]:
        """One row for every school with somebody of such a role."""
        teachers, day, count = tables.teachers.c, at.date(), func.count()
        return (
            select(
                teachers.school_id,
                cast(count, String).label("found"),
                verdict_of(count >= parameters.at_least).label("verdict"),
            )
            .where(
                teachers.role.in_(parameters.roles),
                or_(teachers.registered_on.is_(None), teachers.registered_on <= day),
                or_(teachers.left_on.is_(None), teachers.left_on > day),
            )
            .group_by(teachers.school_id)
        )

    def sentence(self, parameters: Parameters, found: str, verdict: Verdict, say: Say, day: Day) -> str:
        """How many such people are registered, and how many were needed by the check."""
        figures = {
            **self.figures(parameters, found, day),
            "roles": ", ".join(kind_words(role, say) for role in parameters.roles),
        }
        if verdict is Verdict.MET:
            return say(
                _("Registered at the school as %(roles)s: %(found)s. At least %(required)s was needed."), **figures
            )
        return say(
            _(
                "Registered at the school as %(roles)s: %(found)s. To qualify, at least %(required)s had to be "
                "registered with that role on the day of the check."
            ),
            **figures,
        )
