"""How the cells of a column are read: one at a time where a row is doubtful, else a whole column at once.

Blanks around a text do not count: a cell is read without them, a column with them. An empty text stands for none.
Reading a column gives what reading its cells one by one would give, and raises `RowFault` when one of them can't be
read, without saying which.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from skolemerke.agencies.countries import COUNTRIES

MOST_PUPILS = 1_000_000
MOST_REMEMBERED = 20_000
SHOWN = 40
DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[0-9A-Za-z]{2,8})*")
EMAIL = re.compile(r"[^\s@,;<>\"]+@[^\s@,;<>\"]+")
EMAIL_LINES = re.compile(rf"(?:{EMAIL.pattern}\n|\n)*+(?:{EMAIL.pattern})?")
LANGUAGES_BY_OTHER_NAMES = {"no": "nb", "cz": "cs"}


class RowFault(ValueError):
    """A row can't be taken; the text says why."""


@dataclass(frozen=True)
class Cell:
    """The reader of one column."""

    read: Callable[[str], Any]
    read_all: Callable[[Sequence[str]], list[Any]]


class _Remembered(dict[str, Any]):
    """What cells of few different texts are read as."""

    def __init__(self, read: Callable[[str], Any]) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, cell: str) -> Any:
        value = self._read(cell.strip())
        if len(self) < MOST_REMEMBERED:
            self[cell] = value
        return value


def repetitive(read: Callable[[str], Any]) -> Cell:
    """A column of few different texts, each of which is read once."""
    remembered = _Remembered(read)
    return Cell(read, lambda column: list(map(remembered.__getitem__, column)))


def text(most: int) -> Cell:
    """A text of at most so many characters."""

    def read(cell: str) -> str:
        if len(cell) > most:
            raise RowFault(f"has {len(cell)} characters where at most {most} fit")
        return cell

    def read_all(column: Sequence[str]) -> list[str]:
        texts = list(map(str.strip, column))
        if max(map(len, texts), default=0) > most:
            raise RowFault("has a text that is too long")
        return texts

    return Cell(read, read_all)


def filled(cell: Cell) -> Cell:
    """A cell that must not be empty."""

    def read(text: str) -> Any:
        if not text:
            raise RowFault("is empty")
        return cell.read(text)

    def read_all(column: Sequence[str]) -> list[Any]:
        values = cell.read_all(column)
        if not all(values):  # no text that is filled is read as nothing
            raise RowFault("is empty")
        return values

    return Cell(read, read_all)


def one_of(*words: str) -> Cell:
    """One of the stated words."""

    def read(cell: str) -> str:
        if cell not in words:
            raise RowFault(f"is '{short(cell)}' and not one of {', '.join(words)}")
        return cell

    return repetitive(read)


def _yes_no(cell: str) -> bool:
    if cell not in {"yes", "no"}:
        raise RowFault(f"is '{short(cell)}' and not yes or no")
    return cell == "yes"


def _day(cell: str) -> str | None:
    if not cell:
        return None
    try:
        if DAY.fullmatch(cell):
            date.fromisoformat(cell)
            return cell
    except ValueError:
        pass
    raise RowFault(f"is '{short(cell)}' and not a date like 2020-11-09")


def _country(cell: str) -> str:
    found = cell.upper()
    if found not in COUNTRIES:
        raise RowFault(f"is '{short(cell)}' and not a country of ISO 3166-1 such as NO")
    return found


def _language(cell: str) -> str:
    if not cell:
        return ""
    if len(cell) > 20 or not LANGUAGE.fullmatch(cell):
        raise RowFault(f"is '{short(cell)}' and not a language of BCP 47 such as nb")
    primary, *rest = cell.split("-")
    primary = primary.lower()
    return "-".join([LANGUAGES_BY_OTHER_NAMES.get(primary, primary), *rest])


def _email(cell: str) -> str:
    if cell and (len(cell) > 320 or not EMAIL.fullmatch(cell)):
        raise RowFault(f"is '{short(cell)}' and not an e-mail address")
    return cell.lower()


def _emails(column: Sequence[str]) -> list[str]:
    # One text with an address a line, so that the pattern is asked once; no address holds the end of a line.
    texts = list(map(str.strip, column))
    lines = "\n".join(texts)
    if (
        max(map(len, texts), default=0) > 320
        or lines.count("\n") != max(len(texts) - 1, 0)
        or not EMAIL_LINES.fullmatch(lines)
    ):
        raise RowFault("is not an e-mail address")
    return lines.lower().split("\n") if texts else []


def _pupils(cell: str) -> int | None:
    if not cell:
        return None
    if not (cell.isascii() and cell.isdigit() and len(cell) <= 7 and int(cell) <= MOST_PUPILS):
        raise RowFault(f"is '{short(cell)}' and not a number of pupils")
    return int(cell)


yes_no = repetitive(_yes_no)
"""`yes` or `no`."""
day = repetitive(_day)
"""A date YYYY-MM-DD, kept as text, or none."""
country = repetitive(_country)
"""A country by the two letters of ISO 3166-1."""
language = repetitive(_language)
"""A language by its tag of BCP 47, or empty; `no` is read as `nb` and `cz` as `cs`."""
email = Cell(_email, _emails)
"""An e-mail address in small letters, or empty."""
pupils = repetitive(_pupils)
"""A number of pupils, or none."""


def short(cell: str) -> str:
    """A cell as a message can quote it."""
    return cell if len(cell) <= SHOWN else cell[:SHOWN] + "…"
