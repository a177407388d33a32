"""A figure or word that is worked out from other answers."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Literal

from pydantic import field_validator
from pydantic_core import PydanticCustomError

from skolemerke_forms.cleaning import Clean, Cleaned, Raw
from skolemerke_forms.expressions import ExpressionFault, expression
from skolemerke_forms.questions.base import Question
from skolemerke_forms.questions.writing import plain_number

if TYPE_CHECKING:
    from skolemerke_forms.answers import Reading
    from skolemerke_forms.definition import Form


class Computed(Question):
    """What the expression `value` gives over the answers before it; shown, never typed."""

    type: Literal["computed"]
    value: str

    @property
    def asks(self) -> bool:
        """Never."""
        return False

    @field_validator("value")
    @classmethod
    def _is_expression(cls, source: str) -> str:
        try:
            expression(source)
        except ExpressionFault as fault:
            raise PydanticCustomError(fault.code, "{message}", {"message": str(fault)}) from fault
        return source

    def clean(self, raw: Raw, form: Form) -> Cleaned:
        """Nothing, whatever was sent: the server works it out; see `read`."""
        return Cleaned()

    def read(self, reading: Reading) -> Cleaned:
        """The value; none while an answer that it needs is not there."""
        found = expression(self.value).value(reading.seen())
        if isinstance(found, bool):
            return Cleaned(value="yes" if found else "no")
        if isinstance(found, int | float):
            return Cleaned(value=_number(found))
        return Cleaned(value=found[:2000] or None) if isinstance(found, str) else Cleaned()

    def seen(self, value: Clean) -> object:
        """A number as a double, anything else as text."""
        if not isinstance(value, str):
            return None
        try:
            return float(Decimal(value))
        except InvalidOperation:
            return value


def _number(found: float) -> str | None:
    figure = Decimal(str(found))
    # Six places keep what a person means and drop what doubles add.
    return plain_number(round(figure, 6)) if figure.is_finite() else None
