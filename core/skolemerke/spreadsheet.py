"""Tables for spreadsheets: CSV that is streamed, and in which no cell is ever read as a formula."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a spreadsheet takes for the beginning of a formula, also after blanks."""


class _Line:
    """A file that gives back what is written, so that a line can be handed on at once."""

    def write(self, text: str) -> str:
        return text


def inert(cell: object) -> str:
    """A cell that is read as text: an apostrophe stands before whatever could be a formula."""
    text = "" if cell is None else str(cell)
    if isinstance(cell, int | float):
        return text
    return "'" + text if text.startswith(FORMULA) or text.lstrip().startswith(FORMULA) else text


def csv_lines(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """A table as lines of CSV, one after the other; memory does not grow with the table."""
    writer = csv.writer(_Line(), lineterminator="\r\n")
    yield "\N{ZERO WIDTH NO-BREAK SPACE}" + writer.writerow([inert(head) for head in heads])
    for row in rows:
        yield writer.writerow([inert(cell) for cell in row])
