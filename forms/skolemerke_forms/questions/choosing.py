"""Questions that are answered by choosing: yes or no, one of several, any of several, a level of a scale."""

from __future__ import annotations

from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field
from pydantic_core import PydanticCustomError

from skolemerke_forms.cleaning import Cleaned, Raw, blank, problem, tidy
from skolemerke_forms.questions.base import Question
from skolemerke_forms.values import Id, Value

if TYPE_CHECKING:
    from skolemerke_forms.definition import Form

NOT_APPLICABLE = "not_applicable"
"""The value of the answer that a statement does not apply; it is no level and has no points."""


class YesNo(Question):
    """Yes or no; yes is what documents a requirement."""

    type: Literal["yes_no"]

    def clean(self, raw: Raw, form: Form) -> Cleaned:
        """`yes` or `no`."""
        text = tidy(raw)
        if blank(text):
            return Cleaned()
        if text not in {"yes", "no"}:
            return Cleaned(problems=(problem("not_offered"),))
        return Cleaned(value=text)

    def documents(self, cleaned: Cleaned) -> bool:
        """Whether the answer is yes."""
        return cleaned.value == "yes"


class Option(Value):
    """One answer that a choice offers."""

    value: Id
    label: str
    points: Decimal = Decimal(0)


class Choice(Question):
    """One of several options."""

    worded_items: ClassVar[dict[str, tuple[str, str]]] = {"options": ("value", "label")}

    type: Literal["choice"]
    options: Annotated[tuple[Option, ...], Field(min_length=2)]

    def clean(self, raw: Raw, form: Form) -> Cleaned:
        """The value of the option that was chosen."""
        if isinstance(raw, str) and raw in self._understood:
            return self._understood[raw]
        text = tidy(raw)
        if blank(text):
            return Cleaned()
        return self._understood.get(text) or Cleaned(problems=(problem("not_offered"),))

    @cached_property
    def _understood(self) -> dict[str, Cleaned]:
        return {option.value: Cleaned(value=option.value) for option in self.options}

    def points(self, cleaned: Cleaned, form: Form) -> Decimal | None:
        """The points of the chosen option."""
        if not any(option.points for option in self.options):
            return None
        return sum((o.points for o in self.options if o.value == cleaned.value), start=Decimal(0))

    def most_points(self, form: Form) -> Decimal:
        """The points of the best option."""
        return max(option.points for option in self.options)


class Choices(Question):
    """Any number of several options."""

    worded_items: ClassVar[dict[str, tuple[str, str]]] = {"options": ("value", "label")}
    several: ClassVar[bool] = True

    type: Literal["choices"]
    options: Annotated[tuple[Option, ...], Field(min_length=2)]

    def clean(self, raw: Raw, form: Form) -> Cleaned:
        """The values of the chosen options, in the order of the form."""
        chosen = {raw} if isinstance(raw, str) else set(raw or ())
        chosen.discard("")
        offered = [option.value for option in self.options]
        if not chosen:
            return Cleaned()
        if not chosen <= set(offered):
            return Cleaned(problems=(problem("not_offered"),))
        return Cleaned(value=tuple(value for value in offered if value in chosen))

    def points(self, cleaned: Cleaned, form: Form) -> Decimal | None:
        """The sum of the points of the chosen options."""
        if not any(option.points for option in self.options):
            return None
        chosen = cleaned.value if isinstance(cleaned.value, tuple) else ()
        return sum((o.points for o in self.options if o.value in chosen), start=Decimal(0))

    def most_points(self, form: Form) -> Decimal:
        """The points of all options that give any."""
        return sum((o.points for o in self.options if o.points > 0), start=Decimal(0))


class ScaleQuestion(Question):
    """A statement with the levels of a scale, each with a description of its own where that helps.

    With `may_not_apply` the answer that the statement does not apply is offered too; it counts neither in the
    points nor in the most that can be reached.
    """

    worded: ClassVar[tuple[str, ...]] = ("label", "help", "example", "descriptors")

    type: Literal["scale"]
    scale: Id
    descriptors: dict[str, str] = {}
    may_not_apply: bool = False

    def clean(self, raw: Raw, form: Form) -> Cleaned:
        """The value of the chosen level."""
        understood = form.scale(self.scale).understood
        if isinstance(raw, str) and raw in understood:
            return understood[raw]
        text = tidy(raw)
        if blank(text):
            return Cleaned()
        if text == NOT_APPLICABLE and self.may_not_apply:
            return Cleaned(value=text)
        return understood.get(text) or Cleaned(problems=(problem("not_offered"),))

    def points(self, cleaned: Cleaned, form: Form) -> Decimal | None:
        """The points of the chosen level; an unanswered statement gives none of them."""
        return points_of_level(form, self.scale, cleaned.value)

    def most_points(self, form: Form) -> Decimal:
        """The points of the highest level."""
        return max(level.points for level in form.scale(self.scale).levels)

    def check_within(self, form: Form) -> None:
        """The scale must be in the form, and each descriptor must speak of one of its levels."""
        levels = levels_of(form, self.id, self.scale)
        unknown = sorted(set(self.descriptors) - levels)
        if unknown:
            raise PydanticCustomError(
                "unknown_level",
                "question '{name}' describes the unknown level '{level}'",
                {"name": self.id, "level": unknown[0], "at": ("descriptors", unknown[0])},
            )


def points_of_level(form: Form, scale: str, value: object) -> Decimal | None:
    """The points of a level of a scale; none where the statement does not apply, 0 where nothing was answered."""
    if value == NOT_APPLICABLE:
        return None
    level = form.scale(scale).level(str(value)) if value is not None else None
    return level.points if level else Decimal(0)


def levels_of(form: Form, question_id: str, scale: str) -> set[str]:
    """The values of the levels of a scale. Raises `ValueError` when the form does not have it."""
    known = {one.id: {level.value for level in one.levels} for one in form.scales}
    if scale not in known:
        raise PydanticCustomError(
            "unknown_scale",
            "question '{name}' names the unknown scale '{scale}'",
            {"name": question_id, "scale": scale, "at": ("scale", scale)},
        )
    return known[scale]
