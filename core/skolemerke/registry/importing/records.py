"""Cuts the text of a file into records and their cells; what stands in the cells is not asked here."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, compress, islice
from typing import Any, TextIO

from skolemerke.registry.importing.report import ImportRefused, Rejection

AT_ONCE = 500
"""So few that what is made of them stays in the processor's cache until it is stored."""
LARGEST_CELL = 8 * 1024 * 1024
BREAK = re.compile(r"\r\n|\r|\n")

Lines = Sequence[int]
Record = Sequence[str]


@dataclass(frozen=True)
class Records:
    """Records that follow each other, and the lines where they begin (the header is line 1).

    Their cells are in `columns` where every record has as many as the header, else record by record in `ragged`.
    `broken` is what comes after them and can't be read as CSV.
    """

    lines: Lines
    columns: Sequence[Sequence[str]] = ()
    ragged: Sequence[Record] = ()
    broken: Rejection | None = None

    @property
    def rows(self) -> Sequence[Record]:
        """The cells, record by record."""
        return self.ragged or list(zip(*self.columns, strict=True))


def cut(text: TextIO, name: str) -> Iterator[Records]:
    """The header alone, then the records of a file of this name, some at a time. Blank lines are no records.

    Raises `ImportRefused` when the text ends within quotation marks.
    """
    line, width, at_once = 1, 0, 1
    left: list[str] = []
    while some := left + list(islice(text, max(at_once - len(left), 0))):
        columns = _plain(some, width) if width else []
        if columns:
            left, ends = [], line + len(some)
            records = Records(range(line, ends), columns)
        else:
            rest = iter(some)
            reader = csv.reader(chain(rest, text), strict=True)
            records = _parsed(reader, len(some), line, width, name)
            left, ends = list(rest), line + reader.line_num
        line = ends
        if records.lines or records.broken:
            width, at_once = width or len(next(iter(records.rows), "")), AT_ONCE
            yield records


def _plain(lines: Sequence[str], width: int) -> Sequence[Sequence[str]]:
    """The columns of lines that need no reader of CSV, in two thirds of its time; none where they do need one."""
    text = "".join(lines).replace("\r\n", "\n")
    if '"' in text or "\r" in text or len(text) > LARGEST_CELL:
        return []
    # Where every line has its number of cells, the ends of lines stand at equal distances between all cells.
    end = "\n"
    cells = [*text.removesuffix(end).replace(end, f",{end},").split(","), end]
    if cells[width :: width + 1] != [end] * len(lines):
        return []
    return [cells[at :: width + 1] for at in range(width)]


def _parsed(reader: Any, count: int, line: int, width: int, name: str) -> Records:
    """So many records, of which the first begins on a line; one that is broken is the last."""
    found: list[list[str]] = []
    broken: Rejection | None = None
    try:
        found.extend(islice(reader, count))  # what was taken before a fault stays in the list
    except csv.Error as error:
        begins = _lines(found, line)[-1]
        if "unexpected end" in str(error):
            raise ImportRefused(
                f"{name}: a quotation mark opened on line {begins} is never closed: the file was cut, or the mark "
                "must be doubled"
            ) from error
        broken = Rejection(begins, f"can't be read as CSV: {error}")
    one_each = broken is None and reader.line_num == len(found)
    lines: Lines = range(line, line + len(found)) if one_each else _lines(found, line)[:-1]
    if {0, 1} & set(map(len, found)):
        filled = [len(cells) > 1 or bool(cells and cells[0].strip()) for cells in found]
        lines, found = list(compress(lines, filled)), list(compress(found, filled))
    if set(map(len, found)) == {width}:
        return Records(lines, list(zip(*found, strict=True)), broken=broken)
    return Records(lines, ragged=found, broken=broken)


def _lines(records: Sequence[Record], line: int) -> list[int]:
    """Where each record begins, the first on a line, and where what comes after them does."""
    lines = [line]
    for cells in records:
        lines.append(lines[-1] + 1 + sum(len(BREAK.findall(cell)) for cell in cells if "\n" in cell or "\r" in cell))
    return lines
