"""Reading what was typed: the raw text stays as it is, the clean value or the problem stands beside it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from skolemerke_forms.values import Value

Raw = str | Sequence[str] | None
"""What was sent for one place: a text, several for a multiple choice, or none."""

Row = dict[str, str]
"""One row of a repeating group: its columns, and under `row` its own id."""

Clean = str | tuple[str, ...] | dict[str, str] | tuple[Row, ...] | None
"""An answer as understood: a text, the values of a multiple choice, the rows of a matrix by row, or the rows of
a repeating group. A number is a text without exponent, a day is in ISO 8601."""


class Problem(Value):
    """What is wrong with an answer: a code of `MESSAGES`, the figures that its message names, and the place in a
    question of several places (`place`, empty for the question as a whole)."""

    code: str
    figures: dict[str, str] = {}
    place: str = ""


class Cleaned(Value):
    """An answer as understood; no value and no problem is a blank answer."""

    value: Clean = None
    problems: tuple[Problem, ...] = ()


def _(message: str) -> str:
    """Mark a message for translation; it is translated where it is shown."""
    return message


MESSAGES: dict[str, str] = {
    "one_line": _("Write this on one line."),
    "too_long": _("Write at most %(limit)s characters; this has %(found)s."),
    "too_many_words": _("Write at most %(limit)s words; this has %(found)s."),
    "too_few_words": _("Write at least %(limit)s words; this has %(found)s."),
    "not_a_number": _("Write a number in digits, such as 12."),
    "too_small": _("Write a number of at least %(limit)s."),
    "too_large": _("Write a number of at most %(limit)s."),
    "not_a_date": _("Write a date as day.month.year, such as 24.11.2020."),
    "not_offered": _("Choose one of the answers that are offered."),
    "not_a_link": _("Write a full web address that begins with https:// or http://."),
    "link_with_password": _("Leave out the name and the password before the @ in the address."),
    "unanswered": _("Answer this question."),
    "row_unanswered": _("Choose an answer in this row."),
    "too_few_rows": _("Add at least %(limit)s; there are %(found)s."),
    "too_many_rows": _("Keep at most %(limit)s; there are %(found)s."),
    "not_confirmed": _("Read the text and tick the box to confirm it."),
    "text_changed": _("The text has changed since it was confirmed. Read it and confirm it again."),
    "no_evidence": _("Add evidence: a file or a link."),
    "falls_short": _("This answer does not yet document the requirement."),
    "rule": "%(message)s",
}
"""What is said of a problem, in English, by code; the figures are named in the message. The message of a `rule` is
the form's own text."""


def problem(code: str, place: str = "", **figures: object) -> Problem:
    """Make a problem of a known code."""
    return Problem(code=code, place=place, figures={name: str(figure) for name, figure in figures.items()})


def tidy(raw: Raw) -> str:
    """One text of what was sent: as it can be kept, without outer blanks."""
    return storable(raw if isinstance(raw, str) else next(iter(raw or ()), "")).strip()


_BREAK = re.compile(r"\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
"""Every way to end a line. Word's manual line break is pasted as a vertical tab, its paragraphs by others as U+2029."""

_UNTYPED = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
"""Control characters and halves of characters: nobody typed them, and a database may refuse them."""


def storable(text: str) -> str:
    """A text as it can be kept: each line break as one character, without control characters.

    A browser and a server may write a line break in different ways; whoever compares or counts does it after this.
    """
    # Nothing of what is replaced is printable; most texts are, besides their line breaks.
    if text.isprintable() or ("\n" in text and text.replace("\n", "").isprintable()):
        return text
    return _UNTYPED.sub("", _BREAK.sub("\n", text))


def blank(text: str) -> bool:
    """Whether nothing was written."""
    return not text


_WORD = re.compile(r"[^\W_]+(?:['’\-‑.,:/@&_][^\W_]+)*")


def count_words(text: str) -> int:
    """The number of words; the same rule runs in the browser.

    A word is a run of letters and digits; an apostrophe, hyphen or point inside it does not divide it, so that
    the count agrees with what people count in `l'école`, `e-sikkerhet` and `3.5`.
    """
    # No word holds a blank, and a piece that is all letters and digits is one: the rule looks at the others alone.
    pieces = unicodedata.normalize("NFC", text).split()
    others = [piece for piece in pieces if not piece.isalnum()]
    return len(pieces) - len(others) + len(_WORD.findall(" ".join(others)))


def messages_of(problems: Sequence[Problem]) -> list[tuple[str, dict[str, Any]]]:
    """The English message and its figures for each problem."""
    return [(MESSAGES[found.code], dict(found.figures)) for found in problems]
