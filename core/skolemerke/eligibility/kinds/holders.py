"""The school does not hold the label of named rounds."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, ClassVar

from pydantic import Field
from skolemerke_forms.values import Value
from sqlalchemy import Select, String, cast, func, select

from skolemerke.contract.criteria import CriterionKind, RegistryTables, Unnamed, Verdict
from skolemerke.contract.rounds import RoundId
from skolemerke.eligibility.kinds.common import Day, Say, verdict_of
from skolemerke.eligibility.kinds.common import mark as _


class NotLabelHolder(CriterionKind):
    """The school was awarded no label of the named rounds, by the day of the instant.

    Labels of imported lists and labels awarded here count alike; withdrawn ones do not. A label of a list whose
    line names no school of the register can't be matched.
    """

    id = "not_label_holder"
    unnamed: ClassVar[Unnamed] = Unnamed(found="", verdict=Verdict.MET)

    class Parameters(Value):
        """`rounds`: those whose holders may not apply."""

        rounds: Annotated[tuple[RoundId, ...], Field(min_length=1)]

    def statement(self, parameters: Parameters, tables: RegistryTables, at: datetime) -> Select[Any]:
        """One row for every school that holds such a label: the day of the latest award."""
        labels = tables.school_labels.c
        return (
            select(
                labels.school_id,
                cast(func.max(labels.awarded_on), String).label("found"),
                verdict_of(func.count() < 1).label("verdict"),
            )
            .where(labels.round.in_(parameters.rounds), labels.awarded_on <= at.date())
            .group_by(labels.school_id)
        )

    def sentence(self, parameters: Parameters, found: str, verdict: Verdict, say: Say, day: Day) -> str:
        """Whether the school holds such a label, and since when."""
        rounds = ", ".join(parameters.rounds)
        if verdict is Verdict.MET:
            return say(_("The school holds no label of %(rounds)s; holders may not apply this time."), rounds=rounds)
        return say(
            _(
                "The school was awarded a label of %(rounds)s on %(found)s. Its holders may not apply this time; they "
                "can apply again in a later round."
            ),
            rounds=rounds,
            found=day(found),
        )
