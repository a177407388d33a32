"""How a cell is read. A reader gets the text without surrounding blanks; empty stands for none."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from functools import lru_cache
from typing import Any

from skolemerke.agencies.countries import COUNTRIES

Reader = Callable[[str], Any]

MOST_PUPILS = 1_000_000
SHOWN = 40
DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[0-9A-Za-z]{2,8})*")
EMAIL = re.compile(r"[^\s@,;<>\"]+@[^\s@,;<>\"]+")
LANGUAGES_BY_OTHER_NAMES = {"no": "nb", "cz": "cs"}


class RowFault(ValueError):
    """A row can't be taken; the text says why."""


def text(most: int) -> Reader:
    """A text of at most so many characters."""

    def read(cell: str) -> str:
        if len(cell) > most:
            raise RowFault(f"has {len(cell)} characters where at most {most} fit")
        return cell

    return read


def filled(reader: Reader) -> Reader:
    """A cell that must not be empty."""

    def read(cell: str) -> Any:
        if not cell:
            raise RowFault("is empty")
        return reader(cell)

    return read


def one_of(*words: str) -> Reader:
    """One of the stated words."""

    def read(cell: str) -> str:
        if cell not in words:
            raise RowFault(f"is '{short(cell)}' and not one of {', '.join(words)}")
        return cell

    return read


def yes_no(cell: str) -> bool:
    """`yes` or `no`."""
    if cell not in {"yes", "no"}:
        raise RowFault(f"is '{short(cell)}' and not yes or no")
    return cell == "yes"


@lru_cache(maxsize=20_000)
def day(cell: str) -> date | None:
    """A date YYYY-MM-DD, or none."""
    if not cell:
        return None
    try:
        if DAY.fullmatch(cell):
            return date.fromisoformat(cell)
    except ValueError:
        pass
    raise RowFault(f"is '{short(cell)}' and not a date like 2020-11-09")


def country(cell: str) -> str:
    """A country by the two letters of ISO 3166-1."""
    found = cell.upper()
    if found not in COUNTRIES:
        raise RowFault(f"is '{short(cell)}' and not a country of ISO 3166-1 such as NO")
    return found


@lru_cache(maxsize=1_000)
def language(cell: str) -> str:
    """A language by its tag of BCP 47, or empty; `no` is read as `nb` and `cz` as `cs`."""
    if not cell:
        return ""
    if len(cell) > 20 or not LANGUAGE.fullmatch(cell):
        raise RowFault(f"is '{short(cell)}' and not a language of BCP 47 such as nb")
    primary, *rest = cell.split("-")
    primary = primary.lower()
    return "-".join([LANGUAGES_BY_OTHER_NAMES.get(primary, primary), *rest])


def email(cell: str) -> str:
    """An e-mail address in small letters, or empty."""
    if cell and (len(cell) > 320 or not EMAIL.fullmatch(cell)):
        raise RowFault(f"is '{short(cell)}' and not an e-mail address")
    return cell.lower()


def pupils(cell: str) -> int | None:
    """A number of pupils, or none."""
    if not cell:
        return None
    if not (cell.isascii() and cell.isdigit() and len(cell) <= 7 and int(cell) <= MOST_PUPILS):
        raise RowFault(f"is '{short(cell)}' and not a number of pupils")
    return int(cell)


def short(cell: str) -> str:
    """A cell as a message can quote it."""
    return cell if len(cell) <= SHOWN else cell[:SHOWN] + "…"
