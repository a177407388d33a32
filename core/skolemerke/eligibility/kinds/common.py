"""What several kinds of criterion share: intervals of days, verdicts in SQL, and sentences about counts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, ClassVar, Self

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer, model_validator
from skolemerke_forms.values import Value
from sqlalchemy import ColumnElement, case, literal

from skolemerke.contract.criteria import CriterionKind, Unnamed, Verdict

Say = Callable[..., str]
Day = Callable[[str], str]


def mark(message: str) -> str:
    """Mark a message for translation; it is translated where it is shown. Imported as `_`."""
    return message


def verdict_of(met: ColumnElement[bool], unclear: ColumnElement[bool] | None = None) -> ColumnElement[int]:
    """The verdict as a column: met, else unclear where that is given and holds, else not met."""
    cases = [(met, literal(int(Verdict.MET)))]
    if unclear is not None:
        cases.append((unclear, literal(int(Verdict.UNCLEAR))))
    return case(*cases, else_=literal(int(Verdict.NOT_MET)))


class Sparse(Value):
    """Parameters of which those that were left out are not written down: a new one changes no older edition."""

    @model_serializer(mode="wrap")
    def _without_nothing(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return {name: value for name, value in write(self).items() if value is not None}


class Window(Sparse):
    """An interval of days with both ends in it; without `to` it ends with the day of the check."""

    start: date = Field(alias="from")
    end: date | None = Field(default=None, alias="to")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.end is not None and self.end < self.start:
            raise ValueError("to must not be before from")
        return self

    def last(self, day: date) -> date:
        """The last day that counts when the check is made as of `day`."""
        return day if self.end is None else min(self.end, day)


class Interval(Window):
    """An interval of days with both ends in it."""

    end: date = Field(alias="to")


class Counted(CriterionKind):
    """What the kinds have in common that count something: at least so many are needed."""

    unnamed: ClassVar[Unnamed] = Unnamed(found="0", verdict=Verdict.NOT_MET)

    def required(self, parameters: Any) -> str:
        """How many."""
        return str(parameters.at_least)

    @staticmethod
    def figures(parameters: Any, found: str, day: Day) -> dict[str, str]:
        """What the sentences name: `found`, `required`, and the days `from` and `to` where there are such."""
        ends = {"from": getattr(parameters, "start", None), "to": getattr(parameters, "end", None)}
        days = {name: day(end.isoformat()) for name, end in ends.items() if end is not None}
        return {"found": found, "required": str(parameters.at_least), **days}
