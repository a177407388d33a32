"""Registered before a date."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from skolemerke_forms.values import Value
from sqlalchemy import Select, case, null, select

from skolemerke.contract.criteria import CriterionKind, RegistryTables, Verdict
from skolemerke.eligibility.kinds.common import Day, Say, verdict_of
from skolemerke.eligibility.kinds.common import mark as _


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
            case((known, schools.registered_on), else_=null()).label("found"),
            verdict_of(known & (schools.registered_on < parameters.before)).label("verdict"),
        )

    def required(self, parameters: Parameters) -> str:
        """The date."""
        return parameters.before.isoformat()

    def sentence(self, parameters: Parameters, found: str, verdict: Verdict, say: Say, day: Day) -> str:
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
