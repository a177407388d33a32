"""The question types: each a small class with what it asks for, how it reads an answer, what it is worth.

`Question` is the base; a plugin adds a type by a subclass with its own `type`, offered through the hook
`question_types()`. The class of a question in a file is found by its key `type`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Self
from urllib.parse import urlsplit

from pydantic import ConfigDict, Field, ModelWrapValidatorHandler, ValidationInfo, model_validator
from pydantic_core import PydanticCustomError

from skolemerke_forms.cleaning import Cleaned, Raw, blank, count_words, problem, tidy
from skolemerke_forms.values import Id, Value
from skolemerke_forms.wording import Worded

if TYPE_CHECKING:
    from skolemerke_forms.definition import Form

LINK_SCHEMES = ("https", "http")
MAX_TEXT = 20_000
"""No answer is longer than this many characters, whatever the limit in words."""


class Question(Worded):
    """What every question has. A subclass says its `type` and how its answers are read."""

    worded: ClassVar[tuple[str, ...]] = ("label", "help", "example")

    id: Id
    type: str
    label: str
    help: str = ""
    example: str = ""
    required: bool = False
    requirement: Id | None = None
    evidence: Literal["none", "one", "several"] = "none"

    @model_validator(mode="wrap")
    @classmethod
    def _by_type(cls, data: Any, handler: ModelWrapValidatorHandler[Self], info: ValidationInfo) -> Any:
        """Read a question of a file with the class of its type; an unknown type is a fault at its line."""
        if cls is not Question or isinstance(data, Question):
            return handler(data)
        types: Mapping[str, type[Question]] = (info.context or {}).get("question_types", QUESTION_TYPES)
        name = str(data.get("type")) if isinstance(data, dict) else ""
        if name not in types and (info.context or {}).get("frozen"):
            return UnknownQuestion.model_validate(data)
        if name not in types:
            known = ", ".join(sorted(types))
            raise PydanticCustomError(
                "unknown_type",
                "there is no question type '{name}'; known: {known}",
                {"name": name, "known": known},
            )
        return types[name].model_validate(data, context=info.context)

    @property
    def asks(self) -> bool:
        """Whether there is anything to answer."""
        return True

    def clean(self, raw: Raw, form: Form) -> Cleaned:
        """Read an answer as typed: its clean value, or what is wrong with it. Blank is no answer, no fault."""
        raise NotImplementedError(f"the question type '{self.type}' does not say how it reads an answer")

    def documents(self, cleaned: Cleaned) -> bool:
        """Whether an answer is good enough to document the requirement of this question."""
        return cleaned.value is not None and not cleaned.problems

    def points(self, cleaned: Cleaned, form: Form) -> Decimal | None:
        """What the answer is worth; none for a question that gives no points."""
        return None

    def most_points(self, form: Form) -> Decimal:
        """The most that any answer is worth."""
        return Decimal(0)

    def check_within(self, form: Form) -> None:
        """Raise `ValueError` when the question names something that the form does not have."""


class ShortText(Question):
    """One line of text."""

    type: Literal["short_text"]
    max_length: Annotated[int, Field(gt=0, le=MAX_TEXT)] = 200

    def clean(self, raw: Raw, form: Form) -> Cleaned:
        """The text without outer blanks."""
        text = tidy(raw)
        if blank(text):
            return Cleaned()
        if "\n" in text:
            return Cleaned(problems=(problem("one_line"),))
        if len(text) > self.max_length:
            return Cleaned(problems=(problem("too_long", limit=self.max_length, found=len(text)),))
        return Cleaned(value=text)


class LongText(Question):
    """Text of some paragraphs, with its length counted in words."""

    type: Literal["long_text"]
    min_words: Annotated[int, Field(ge=0)] = 0
    max_words: Annotated[int, Field(gt=0, le=3000)] = 300

    def clean(self, raw: Raw, form: Form) -> Cleaned:
        """The text without outer blanks, line breaks as one character."""
        text = tidy(raw)
        if blank(text):
            return Cleaned()
        words = count_words(text)
        if words > self.max_words:
            return Cleaned(problems=(problem("too_many_words", limit=self.max_words, found=words),))
        if words < self.min_words:
            return Cleaned(problems=(problem("too_few_words", limit=self.min_words, found=words),))
        if len(text) > MAX_TEXT:
            return Cleaned(problems=(problem("too_long", limit=MAX_TEXT, found=len(text)),))
        return Cleaned(value=text)


class Number(Question):
    """A number; `minimum` is what documents a requirement, a smaller one is a true answer that does not."""

    type: Literal["number"]
    minimum: Decimal | None = None
    maximum: Decimal | None = None

    def clean(self, raw: Raw, form: Form) -> Cleaned:
        """The number; a comma is read as the decimal sign."""
        text = tidy(raw)
        if blank(text):
            return Cleaned()
        try:
            number = Decimal(text.replace("\N{NO-BREAK SPACE}", "").replace(" ", "").replace(",", "."))
        except InvalidOperation:
            return Cleaned(problems=(problem("not_a_number"),))
        if not number.is_finite() or abs(number) >= 10**15:
            return Cleaned(problems=(problem("not_a_number"),))
        if number < 0 and (self.minimum is None or self.minimum >= 0):
            return Cleaned(problems=(problem("too_small", limit="0"),))
        if self.maximum is not None and number > self.maximum:
            return Cleaned(problems=(problem("too_large", limit=str(self.maximum)),))
        return Cleaned(value=plain_number(number))

    def documents(self, cleaned: Cleaned) -> bool:
        """Whether the number reaches the minimum."""
        if not super().documents(cleaned):
            return False
        return self.minimum is None or Decimal(str(cleaned.value)) >= self.minimum


class Date(Question):
    """A day."""

    type: Literal["date"]

    def clean(self, raw: Raw, form: Form) -> Cleaned:
        """The day as YYYY-MM-DD; DD.MM.YYYY and DD/MM/YYYY are read too."""
        text = tidy(raw)
        if blank(text):
            return Cleaned()
        european = re.fullmatch(r"(\d{1,2})[./](\d{1,2})[./](\d{4})", text)
        if european:
            day, month, year = european.groups()
            text = f"{year}-{int(month):02}-{int(day):02}"
        try:
            return Cleaned(value=date.fromisoformat(text).isoformat())
        except ValueError:
            return Cleaned(problems=(problem("not_a_date"),))


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
        text = tidy(raw)
        if blank(text):
            return Cleaned()
        if text not in {option.value for option in self.options}:
            return Cleaned(problems=(problem("not_offered"),))
        return Cleaned(value=text)

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
    """A statement with the levels of a scale, each with a description of its own where that helps."""

    worded: ClassVar[tuple[str, ...]] = ("label", "help", "example", "descriptors")

    type: Literal["scale"]
    scale: Id
    descriptors: dict[str, str] = {}

    def clean(self, raw: Raw, form: Form) -> Cleaned:
        """The value of the chosen level."""
        text = tidy(raw)
        if blank(text):
            return Cleaned()
        if form.scale(self.scale).level(text) is None:
            return Cleaned(problems=(problem("not_offered"),))
        return Cleaned(value=text)

    def points(self, cleaned: Cleaned, form: Form) -> Decimal | None:
        """The points of the chosen level; an unanswered statement gives none of them."""
        level = form.scale(self.scale).level(str(cleaned.value)) if cleaned.value is not None else None
        return level.points if level else Decimal(0)

    def most_points(self, form: Form) -> Decimal:
        """The points of the highest level."""
        return max(level.points for level in form.scale(self.scale).levels)

    def check_within(self, form: Form) -> None:
        """The scale must be in the form, and each descriptor must speak of one of its levels."""
        known = {scale.id: {level.value for level in scale.levels} for scale in form.scales}
        if self.scale not in known:
            raise ValueError(f"question '{self.id}' names the unknown scale '{self.scale}'")
        unknown = sorted(set(self.descriptors) - known[self.scale])
        if unknown:
            raise ValueError(f"question '{self.id}' describes the unknown level '{unknown[0]}'")


class Link(Question):
    """An address on the web; it is shown, never fetched by the server."""

    type: Literal["link"]

    def clean(self, raw: Raw, form: Form) -> Cleaned:
        """The address; http and https alone are taken."""
        text = tidy(raw)
        if blank(text):
            return Cleaned()
        return clean_link(text)


class Note(Question):
    """A text between questions; it asks nothing."""

    type: Literal["note"]

    @property
    def asks(self) -> bool:
        """Never."""
        return False

    def clean(self, raw: Raw, form: Form) -> Cleaned:
        """Nothing, whatever was sent."""
        return Cleaned()


class UnknownQuestion(Question):
    """A question of a frozen form whose type is not installed any more: it can be read, not changed."""

    model_config = ConfigDict(extra="ignore")

    def clean(self, raw: Raw, form: Form) -> Cleaned:
        """The answer as it was typed."""
        return Cleaned(value=tidy(raw) or None)


QUESTION_TYPES: dict[str, type[Question]] = {
    "short_text": ShortText,
    "long_text": LongText,
    "number": Number,
    "date": Date,
    "yes_no": YesNo,
    "choice": Choice,
    "choices": Choices,
    "scale": ScaleQuestion,
    "link": Link,
    "note": Note,
}
"""The types that the library brings."""


def clean_link(text: str) -> Cleaned:
    """Read an address on the web, also where one is given as evidence."""
    try:
        parts = urlsplit(text)
        host = parts.hostname
    except ValueError:
        return Cleaned(problems=(problem("not_a_link"),))
    if parts.scheme not in LINK_SCHEMES or not host or "." not in host or re.search(r"\s", text) or len(text) > 2000:
        return Cleaned(problems=(problem("not_a_link"),))
    return Cleaned(value=text)


def plain_number(number: Decimal) -> str:
    """A number without exponent and without trailing zeros, the same for equal numbers."""
    text = f"{number:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text
