"""Conditions over answers, with three values: true, false, and undetermined while an answer is not there yet."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, ConfigDict, Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from skolemerke_forms.cleaning import Clean
from skolemerke_forms.expressions import ExpressionFault, expression
from skolemerke_forms.values import Id, Value

MAX_TERMS = 50
"""The most conditions within one condition."""

Truth = bool | None
"""True, false, or none for undetermined."""


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else _not_too_many(value)


def _not_too_many(value: Any) -> Any:
    # Said before each is read: a list of thousands is not waited for.
    if isinstance(value, list | tuple) and len(value) > MAX_TERMS:
        raise _too_large()
    return value


def _too_large() -> PydanticCustomError:
    return PydanticCustomError(
        "condition_too_large", "a condition has at most {limit} parts; this has more", {"limit": MAX_TERMS}
    )


class Condition(Value):
    """One condition; exactly one of its forms is written.

    `question` with `is` (a value or several, of which one is enough), `answered`, `at_least` or `at_most`; or
    `all`, `any`, `not` over further conditions; or an expression in `cel`.
    """

    model_config = ConfigDict(serialize_by_alias=True, validate_by_name=True, validate_by_alias=True)

    question: Id | None = None
    is_: Annotated[tuple[str, ...], BeforeValidator(_listed), Field(alias="is")] = ()
    answered: bool | None = None
    at_least: Decimal | None = None
    at_most: Decimal | None = None
    all_: Annotated[tuple[Condition, ...], BeforeValidator(_not_too_many), Field(alias="all")] = ()
    any_: Annotated[tuple[Condition, ...], BeforeValidator(_not_too_many), Field(alias="any")] = ()
    not_: Annotated[Condition | None, Field(alias="not")] = None
    cel: str = ""

    @field_validator("cel")
    @classmethod
    def _is_expression(cls, source: str) -> str:
        if source:
            try:
                expression(source)
            except ExpressionFault as fault:
                raise PydanticCustomError(fault.code, "{message}", {"message": str(fault)}) from fault
        return source

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        tests = [
            bool(self.is_),
            self.answered is not None,
            self.at_least is not None or self.at_most is not None,
        ]
        forms = [self.question is not None, bool(self.all_), bool(self.any_), self.not_ is not None, bool(self.cel)]
        if sum(forms) != 1 or sum(tests) != (1 if self.question else 0):
            raise PydanticCustomError(
                "wrong_condition",
                "a condition is a question with one of 'is', 'answered', 'at_least' and 'at_most'; or 'all', 'any', "
                "'not'; or 'cel'",
            )
        if sum(1 for _ in self.terms()) > MAX_TERMS:
            raise _too_large()
        if self.at_least is not None and self.at_most is not None and self.at_least > self.at_most:
            raise PydanticCustomError("wrong_limits", "'at_least' is more than 'at_most': nothing lies between them")
        return self

    def terms(self) -> Iterator[Condition]:
        """This condition and all within it."""
        yield self
        for part in (*self.all_, *self.any_, *((self.not_,) if self.not_ else ())):
            yield from part.terms()

    def names(self) -> set[str]:
        """The ids of the questions that it asks about."""
        return {name for term in self.terms() for name in term.own_names()}

    def own_names(self) -> set[str]:
        """The ids that this condition itself asks about, those within it left out."""
        named = {self.question} if self.question else set()
        return named | expression(self.cel).names if self.cel else named

    def truth(self, value_of: Callable[[str], Clean], seen: Callable[[], dict[str, object]]) -> Truth:
        """Whether it holds. `value_of` gives the clean answer to a question, none where there is none; `seen` all
        of them as an expression sees them."""
        if self.question is not None:
            return self._of_answer(value_of(self.question))
        if self.not_ is not None:
            inner = self.not_.truth(value_of, seen)
            return None if inner is None else not inner
        if self.cel:
            found = expression(self.cel).value(seen())
            return found if isinstance(found, bool) else None
        if self.all_:
            return _all([part.truth(value_of, seen) for part in self.all_])
        return _any([part.truth(value_of, seen) for part in self.any_])

    def _of_answer(self, value: Clean) -> Truth:
        if self.answered is not None:
            return (value is not None) == self.answered
        if value is None:
            return None
        if self.is_:
            return bool(_words(value) & set(self.is_))
        return _within(value, self.at_least, self.at_most)


def _words(value: Clean) -> set[str]:
    if isinstance(value, str):
        return {value}
    # Of a matrix the levels that were chosen in any row count.
    return {one for one in (value.values() if isinstance(value, dict) else value or ()) if isinstance(one, str)}


def _within(value: Clean, least: Decimal | None, most: Decimal | None) -> Truth:
    try:
        # Of several choices or rows it is their number that counts.
        figure = Decimal(value) if isinstance(value, str) else Decimal(len(value or ()))
    except InvalidOperation:
        return None
    return (least is None or figure >= least) and (most is None or figure <= most)


def _all(parts: list[Truth]) -> Truth:
    if False in parts:
        return False
    return None if None in parts else True


def _any(parts: list[Truth]) -> Truth:
    if True in parts:
        return True
    return None if None in parts else False
