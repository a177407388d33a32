"""Reads one file in batches: it is refused when it is not what it should be, its unreadable rows are set aside."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import compress, islice
from pathlib import Path
from typing import Any, BinaryIO, TextIO

from skolemerke.registry.importing.cells import Cell, RowFault, short
from skolemerke.registry.importing.files import RegistryFile
from skolemerke.registry.importing.report import ImportRefused, Rejection

AT_ONCE = 500
"""So few that what is made of them stays in the processor's cache until it is stored."""
LARGEST_CELL = 8 * 1024 * 1024
MOST_FACT = 2_000
BLOCK = 1024 * 1024
BOM = b"\xef\xbb\xbf"
SURROGATE = re.compile("[\ud800-\udfff]")
SURROGATE_BYTES = re.compile(rb"\xed[\xa0-\xbf]")
BREAK = re.compile(r"\r\n|\r|\n")

Record = list[str]


@dataclass
class Batch:
    """Rows that can be read: `columns` in the order of the file's columns, facts last where it keeps them.

    `lines` says where each begins (the header is line 1), `records` are its cells as they stand.
    """

    lines: Sequence[int]
    records: Sequence[Record]
    columns: list[list[Any]]
    rejections: list[Rejection] = field(default_factory=list)

    def leave_out(self, reasons: dict[int, str]) -> None:
        """Set rows aside that could be read and yet can't be taken; `reasons` by their place in the batch."""
        if not reasons:
            return
        for at, reason in sorted(reasons.items()):
            self.rejections.append(Rejection(self.lines[at], reason, tuple(self.records[at])))
        stays = [at not in reasons for at in range(len(self.lines))]
        self.lines = list(compress(self.lines, stays))
        self.records = list(compress(self.records, stays))
        self.columns = [list(compress(column, stays)) for column in self.columns]


class SourceFile:
    """A file that is being read. `header` is known from the start, `count` and `place` as far as it was read."""

    def __init__(self, path: Path, file: RegistryFile) -> None:
        self.file = file
        self.header: tuple[str, ...] = ()
        self.count = 0
        self.size = path.stat().st_size
        self._path = path
        self._source: BinaryIO | None = None

    @property
    def place(self) -> int:
        """How many bytes were read."""
        return self._source.tell() if self._source else 0

    def batches(self) -> Iterator[Batch]:
        """Read on. Raises `ImportRefused` when the file lacks columns, is in another encoding or was cut."""
        csv.field_size_limit(LARGEST_CELL)
        with self._path.open("rb") as source:
            is_plain, ends_with_a_break = _look_over(source)
            source.seek(len(BOM) if source.read(len(BOM)) == BOM else 0)
            self._source = source
            # Halves of a surrogate pair are let through here, so that only their row is rejected.
            text = io.TextIOWrapper(source, encoding="utf-8", errors="surrogatepass", newline="")
            try:
                yield from self._read(text, is_plain=is_plain, ends_with_a_break=ends_with_a_break)
            except UnicodeDecodeError as error:
                raise ImportRefused(_where_it_is_not_utf_8(self._path)) from error
            finally:
                self._source = None

    def records(self, path: Path, lines: Collection[int]) -> Iterator[tuple[int, Record]]:
        """The records that begin on certain lines of a file that was read before."""
        if not lines:
            return
        with path.open(encoding="utf-8-sig", errors="surrogatepass", newline="") as text:
            for begins, found, _ in _records(text, self.file.name):
                yield from ((line, cells) for line, cells in zip(begins, found, strict=False) if line in lines)

    def _read(self, text: TextIO, *, is_plain: bool, ends_with_a_break: bool) -> Iterator[Batch]:
        records = _records(text, self.file.name)
        self.header = _header(next(records, None), self.file)
        reading = _Reading(self.file, self.header, is_plain=is_plain)
        last: Record = []
        end: Rejection | None = None
        for lines, found, broken in records:
            batch = reading.take(lines, found, broken)
            self.count += len(found) + (broken is not None)
            last = [] if broken else found[-1] if found else last
            end = _rejected_last(batch)
            last_line = lines[-1] if lines else 0
            yield batch
        if last and len(last) < len(self.header):
            raise ImportRefused(
                f"{self.file.name}: line {last_line}, the last, has fewer cells than the header: the file was cut; "
                "export it again"
            )
        if end and not ends_with_a_break:
            raise ImportRefused(
                f"{self.file.name}: line {end.line}, the last, breaks off ({end.reason}): the file was cut; export it "
                "again"
            )


Lines = Sequence[int]


def _rejected_last(batch: Batch) -> Rejection | None:
    last = batch.rejections[-1] if batch.rejections else None
    return last if last and (not batch.lines or last.line > batch.lines[-1]) else None


def _look_over(source: BinaryIO) -> tuple[bool, bool]:
    """Whether a file holds no odd characters, and whether it ends with the end of a line."""
    is_plain, end = True, b""
    while block := source.read(BLOCK):
        is_plain = is_plain and not _is_odd(end + block)
        end = block[-1:]
    source.seek(0)
    return is_plain, end in {b"\n", b"\r"}


def _is_odd(block: bytes) -> bool:
    # The pattern alone would take as long as reading the file: few blocks hold a byte with which it begins.
    return b"\0" in block or (b"\xed" in block and SURROGATE_BYTES.search(block) is not None)


def _where_it_is_not_utf_8(path: Path) -> str:
    with path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            try:
                line.decode("utf-8", errors="surrogatepass")
            except UnicodeDecodeError as error:
                if error.reason == "unexpected end of data" and not line.endswith(b"\n"):
                    return f"{path.name}: line {number} breaks off within a letter: the file was cut; export it again"
                return f"{path.name}: line {number} is not UTF-8: save the file as UTF-8 and import it again"
    raise AssertionError(f"{path.name} changed while it was read")


def _records(text: TextIO, name: str) -> Iterator[tuple[Lines, list[Record], Rejection | None]]:
    """Batches of records with the lines where they begin; a record of broken CSV ends its batch.

    The first batch is the header alone. Blank lines are no records.
    """
    reader = csv.reader(text, strict=True)
    at_once = 1
    while True:
        before = reader.line_num
        found: list[Record] = []
        broken: Rejection | None = None
        try:
            found.extend(islice(reader, at_once))  # what was taken before a fault stays in the list
        except csv.Error as error:
            line = _lines(found, before, stop=None)[-1]
            if "unexpected end" in str(error):
                raise ImportRefused(
                    f"{name}: a quotation mark opened on line {line} is never closed: the file was cut, or the mark "
                    "must be doubled"
                ) from error
            broken = Rejection(line, f"can't be read as CSV: {error}")
        if not found and broken is None:
            return
        lines = _lines(found, before, stop=None if broken else reader.line_num)
        if {0, 1} & set(map(len, found)):
            filled = [len(cells) > 1 or bool(cells and cells[0].strip()) for cells in found]
            lines, found = list(compress(lines, filled)), list(compress(found, filled))
        if found or broken:
            yield lines, found, broken
            at_once = AT_ONCE


def _lines(records: list[Record], before: int, *, stop: int | None) -> Lines:
    """Where each record begins, and one more for what comes after them; `stop` is the last line of the last one."""
    if stop is not None and stop - before == len(records):
        return range(before + 1, stop + 1)
    lines, line = [], before + 1
    for cells in records:
        lines.append(line)
        line += 1 + sum(len(BREAK.findall(cell)) for cell in cells if "\n" in cell or "\r" in cell)
    return lines if stop is not None else [*lines, line]


def _header(batch: tuple[Lines, list[Record], Rejection | None] | None, file: RegistryFile) -> tuple[str, ...]:
    header = tuple(cell.strip() for cell in batch[1][0]) if batch and batch[1] else ()
    missing = [name for name in file.required if name not in header]
    if missing:
        raise ImportRefused(
            f"{file.name}: line 1 lacks {', '.join(missing)}: it must name the columns, separated by commas"
        )
    twice = [name for name in header if header.count(name) > 1 and name]
    if twice:
        raise ImportRefused(f"{file.name}: line 1 names {short(twice[0])} twice: remove one of the two columns")
    return header


class _Reading:
    """Takes the records of one file."""

    def __init__(self, file: RegistryFile, header: tuple[str, ...], *, is_plain: bool) -> None:
        self._width = len(header)
        self._is_plain = is_plain
        self._keeps_facts = file.keeps_unknown_columns
        self._plan: list[tuple[str, int | None, Cell]] = [
            (name, header.index(name) if name in header else None, cell) for name, cell in file.columns.items()
        ]
        self._facts = [
            (name, at) for at, name in enumerate(header) if self._keeps_facts and name and name not in file.columns
        ]

    def take(self, lines: Lines, records: list[Record], broken: Rejection | None) -> Batch:
        """Read records: all at once where all are good, else one by one."""
        try:
            batch = self._at_once(lines, records)
        except RowFault:
            batch = self._one_by_one(lines, records)
        if broken:
            batch.rejections.append(broken)
        return batch

    def _at_once(self, lines: Lines, records: list[Record]) -> Batch:
        if not self._is_plain or set(map(len, records)) - {self._width}:
            raise RowFault("has to be looked at alone")
        return Batch(lines, records, self._columns(records))

    def _columns(self, records: list[Record]) -> list[list[Any]]:
        cells = [list(map(str.strip, column)) for column in zip(*records, strict=True)]
        empty = [""] * len(records)
        columns = [cell.read_all(empty if at is None or not cells else cells[at]) for _, at, cell in self._plan]
        if self._keeps_facts:
            columns.append(list(map(self._facts_of, records)) if self._facts else ["{}"] * len(records))
        return columns

    def _one_by_one(self, lines: Lines, records: list[Record]) -> Batch:
        good, rows, rejections = [], [], []
        for at, (line, cells) in enumerate(zip(lines, records, strict=False)):
            try:
                rows.append(self._values(cells))
                good.append(at)
            except RowFault as fault:
                rejections.append(Rejection(line, str(fault), tuple(cells)))
        width = len(self._plan) + self._keeps_facts
        columns = [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in range(width)]
        return Batch([lines[at] for at in good], [records[at] for at in good], columns, rejections)

    def _values(self, cells: Record) -> list[Any]:
        if len(cells) != self._width:
            raise RowFault(f"has {len(cells)} cells where the header has {self._width}")
        if not self._is_plain:
            _refuse_odd_characters(cells)
        values = []
        for name, at, cell in self._plan:
            try:
                values.append(cell.read("" if at is None else cells[at].strip()))
            except RowFault as fault:
                raise RowFault(f"{name} {fault}") from None
        if self._keeps_facts:
            values.append(self._facts_of(cells))
        return values

    def _facts_of(self, cells: Record) -> str:
        facts = {name: cells[at].strip() for name, at in self._facts if cells[at].strip()}
        for name, fact in facts.items():
            if len(fact) > MOST_FACT:
                raise RowFault(f"{short(name)} has {len(fact)} characters where at most {MOST_FACT} fit")
        return json.dumps(facts, sort_keys=True)


def _refuse_odd_characters(cells: Record) -> None:
    checks: tuple[tuple[str, Callable[[str], bool]], ...] = (
        ("a NUL character", lambda cell: "\0" in cell),
        ("half of a surrogate pair", lambda cell: SURROGATE.search(cell) is not None),
    )
    for what, holds in checks:
        if any(holds(cell) for cell in cells):
            raise RowFault(f"contains {what}")
