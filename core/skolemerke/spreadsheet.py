"""Tables for spreadsheets: CSV that is streamed, and in which no cell is ever read as a formula."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from io import StringIO
from itertools import islice
from operator import itemgetter
from typing import Any

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a spreadsheet takes for the beginning of a formula, also after blanks."""

AT_ONCE = 1000
MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"
"""By this at the beginning of a file, spreadsheets know that it is UTF-8."""

HARMLESS = {int, float, bool, date, datetime, type(None)}
"""What is written as a number, a day or nothing."""

_first_letter: Callable[[str], str] = itemgetter(slice(0, 1))


def inert(cell: object) -> str:
    """A cell that is read as text: an apostrophe stands before whatever could be a formula."""
    text = "" if cell is None else str(cell)
    if isinstance(cell, int | float):
        return text
    return "'" + text if text.startswith(FORMULA) or text.lstrip().startswith(FORMULA) else text


def csv_lines(heads: Sequence[str], rows: Iterable[Sequence[object]], *, marked: bool = True) -> Iterator[str]:
    """A table as CSV, some lines at a time; memory does not grow with the table."""
    return csv_of_columns(heads, _columns(iter(rows)), marked=marked)


def csv_of_columns(
    heads: Sequence[str], slices: Iterable[Sequence[Sequence[object]]], *, marked: bool = True
) -> Iterator[str]:
    """The same of slices of a table that come column by column; a slice is handed on whole."""
    yield (MARK if marked else "") + _text([[inert(head) for head in heads]])
    for columns in slices:
        yield _text(zip(*map(_inert_column, columns), strict=True))


def _columns(rows: Iterator[Sequence[object]]) -> Iterator[list[tuple[object, ...]]]:
    while chunk := list(islice(rows, AT_ONCE)):
        yield list(zip(*chunk, strict=True))


def _text(rows: Iterable[Iterable[object]]) -> str:
    out = StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    return out.getvalue()


def _inert_column(column: Sequence[object]) -> Sequence[object]:
    """A column in which no cell is read as a formula. Hardly any has such a cell: only then each one is looked at."""
    kinds = set(map(type, column))
    if kinds <= HARMLESS:
        return column
    is_all_text = kinds == {str}
    texts: Iterable[Any] = column if is_all_text else [str(cell) for cell in column if type(cell) not in HARMLESS]
    beginnings = set(map(_first_letter, texts))
    if any(first in FORMULA or first.isspace() for first in beginnings):
        return [inert(cell) for cell in column]
    return column
