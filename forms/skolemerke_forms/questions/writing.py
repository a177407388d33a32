"""Questions that are answered in writing: text, numbers, days and addresses on the web."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from skolemerke_forms.cleaning import Clean, Cleaned, Raw, blank, count_words, problem, tidy
from skolemerke_forms.questions.base import MAX_TEXT, Question

if TYPE_CHECKING:
    from skolemerke_forms.definition import Form

LINK_SCHEMES = ("https", "http")
MAX_LINK = 2000


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

    @model_validator(mode="after")
    def _limits(self) -> Self:
        require_order("min_words", self.min_words, "max_words", self.max_words)
        return self

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

    @model_validator(mode="after")
    def _limits(self) -> Self:
        require_order("minimum", self.minimum, "maximum", self.maximum)
        return self

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

    def seen(self, value: Clean) -> object:
        """The number as a double."""
        return float(value) if isinstance(value, str) else None


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


class Link(Question):
    """An address on the web; it is shown, never fetched by the server."""

    type: Literal["link"]

    def clean(self, raw: Raw, form: Form) -> Cleaned:
        """The address; http and https alone are taken."""
        text = tidy(raw)
        if blank(text):
            return Cleaned()
        return clean_link(text)


def require_order(least: str, low: Decimal | int | None, most: str, high: Decimal | int | None) -> None:
    """Refuse limits that cross; `least` and `most` are what they are called."""
    if low is not None and high is not None and low > high:
        raise PydanticCustomError(
            "wrong_limits", "'{least}' is more than '{most}': no answer fits", {"least": least, "most": most}
        )


def clean_link(text: str) -> Cleaned:
    """Read an address on the web, also where one is given as evidence."""
    try:
        parts = urlsplit(text)
        host = parts.hostname
    except ValueError:
        return Cleaned(problems=(problem("not_a_link"),))
    if parts.scheme not in LINK_SCHEMES or not host or "." not in host or re.search(r"\s", text):
        return Cleaned(problems=(problem("not_a_link"),))
    if "@" in parts.netloc:
        # Whoever reads the application would be signed in there as the teacher.
        return Cleaned(problems=(problem("link_with_password"),))
    if len(text) > MAX_LINK:
        return Cleaned(problems=(problem("too_long", limit=MAX_LINK, found=len(text)),))
    return Cleaned(value=text)


def plain_number(number: Decimal) -> str:
    """A number without exponent and without trailing zeros, the same for equal numbers."""
    text = f"{number:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text
