"""The verdicts of one school in one whole number, and what was found in one short text.

Verdicts take two bits each, the first criterion lowest. The two bits can say four things: the three verdicts, and
`TOGETHER`: not met by the school alone, but met by it together with its twins in the register, and therefore unclear.

What was found is joined by the unit separator; what is empty at the end is left out. A day is kept as the number of
days since the beginning of 2000, after a mark, since a date takes more room than all the rest.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Date, Integer, String, cast, func, literal
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from skolemerke.contract.criteria import Verdict

MOST_CRITERIA = 15
"""So many fit into a whole number of 32 bits with a sign."""

SEPARATOR, DAY_MARK = "\x1f", "\x1e"
FIRST_DAY = date(2000, 1, 1)
DAYS = re.compile(rf"{DAY_MARK}(-?\d{{1,6}})", re.ASCII)

TOGETHER = 3


class _DaysSince2000(FunctionElement[int]):
    """The number of days from the beginning of 2000 to a date."""

    inherit_cache = True
    type = Integer()


@compiles(_DaysSince2000)
def _subtracted(element: _DaysSince2000, compiler: Any, **options: Any) -> str:
    return f"({compiler.process(element.clauses, **options)} - DATE '{FIRST_DAY}')"


@compiles(_DaysSince2000, "sqlite")
def _by_julian_days(element: _DaysSince2000, compiler: Any, **options: Any) -> str:
    return f"CAST(julianday({compiler.process(element.clauses, **options)}) - julianday('{FIRST_DAY}') AS INTEGER)"


def stored_text(found: ColumnElement[Any]) -> ColumnElement[str]:
    """What one criterion found as it is stored: text, empty for nothing; a column of days narrow."""
    if isinstance(found.type, Date):
        found = literal(DAY_MARK, String) + cast(_DaysSince2000(found), String)
    return func.coalesce(cast(found, String), literal("", String))


def joined(found: Sequence[ColumnElement[str]]) -> ColumnElement[str]:
    """What all criteria found as one text."""
    text: ColumnElement[str] = literal("", String)
    for at, part in enumerate(found):
        text = part if at == 0 else text + literal(SEPARATOR, String) + part
    return func.rtrim(text, literal(SEPARATOR, String))


def found_by_each(stored: str, count: int) -> list[str]:
    """What each criterion of an edition found: a number, an ISO date, another text, or empty."""
    parts = stored.split(SEPARATOR)
    return [_read(part) for part in [*parts, *[""] * count][:count]]


def _read(part: str) -> str:
    days = DAYS.fullmatch(part)
    return (FIRST_DAY + timedelta(days=int(days[1]))).isoformat() if days else part


def unpacked(packed: int, count: int) -> list[Verdict]:
    """The verdicts of the criteria of an edition, in their order."""
    digits = ((packed >> (2 * at)) & 3 for at in range(count))
    return [Verdict.UNCLEAR if digit == TOGETHER else Verdict(digit) for digit in digits]


def met_together(packed: int, count: int) -> list[bool]:
    """Of each criterion whether it is met only together with the school's twins, in their order."""
    return [(packed >> (2 * at)) & 3 == TOGETHER for at in range(count)]


def packed(verdicts: Sequence[Verdict]) -> int:
    """The verdicts as one number."""
    return sum(int(verdict) << (2 * at) for at, verdict in enumerate(verdicts))


def whole(verdicts: Iterable[Verdict]) -> Verdict:
    """Any `not_met`: not eligible; else any `unclear`: unclear; else eligible."""
    found = set(verdicts)
    for verdict in (Verdict.NOT_MET, Verdict.UNCLEAR):
        if verdict in found:
            return verdict
    return Verdict.MET


def near_misses_of(count: int) -> list[int]:
    """The numbers in which exactly one of so many criteria is not met and all others are."""
    every = [Verdict.MET] * count
    return [packed([*every[:at], Verdict.NOT_MET, *every[at + 1 :]]) for at in range(count)]
