"""Reads one file in batches: it is refused when it is not what it should be, its unreadable rows are set aside."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import compress
from pathlib import Path
from typing import Any, BinaryIO, TextIO

from skolemerke.registry.importing.cells import Cell, RowFault, short
from skolemerke.registry.importing.files import RegistryFile
from skolemerke.registry.importing.records import LARGEST_CELL, Lines, Record, Records, cut
from skolemerke.registry.importing.report import ImportRefused, Rejection

MOST_FACT = 2_000
BLOCK = 1024 * 1024
BOM = b"\xef\xbb\xbf"
SURROGATE = re.compile("[\ud800-\udfff]")
SURROGATE_BYTES = re.compile(rb"\xed[\xa0-\xbf]")


@dataclass
class Batch:
    """Rows that can be read: `columns` in the order of the file's columns, facts last where it keeps them.

    `lines` says where each begins (the header is line 1), `cells` are the columns of the file as they stand.
    """

    lines: Lines
    cells: Sequence[Sequence[str]]
    columns: list[list[Any]]
    rejections: list[Rejection] = field(default_factory=list)

    def leave_out(self, reasons: dict[int, str]) -> None:
        """Set rows aside that could be read and yet can't be taken; `reasons` by their place in the batch."""
        if not reasons:
            return
        for at, reason in sorted(reasons.items()):
            self.rejections.append(Rejection(self.lines[at], reason, tuple(column[at] for column in self.cells)))
        stays = [at not in reasons for at in range(len(self.lines))]
        self.lines = list(compress(self.lines, stays))
        self.cells = [list(compress(column, stays)) for column in self.cells]
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
            for found in cut(text, self.file.name):
                yield from ((line, cells) for line, cells in zip(found.lines, found.rows, strict=True) if line in lines)

    def _read(self, text: TextIO, *, is_plain: bool, ends_with_a_break: bool) -> Iterator[Batch]:
        records = cut(text, self.file.name)
        self.header = _header(next(records, None), self.file)
        reading = _Reading(self.file, self.header, is_plain=is_plain)
        last: Record = []
        last_line = 0
        end: Rejection | None = None
        for found in records:
            batch = reading.take(found)
            self.count += len(found.lines) + (found.broken is not None)
            last = found.ragged[-1] if found.ragged and not found.broken else []
            last_line = found.lines[-1] if found.lines else 0
            end = _rejected_last(batch)
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


def _header(first: Records | None, file: RegistryFile) -> tuple[str, ...]:
    header = tuple(cell.strip() for cell in first.rows[0]) if first and first.lines else ()
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

    def take(self, records: Records) -> Batch:
        """Read records: all at once where all are good, else one by one."""
        try:
            batch = self._at_once(records)
        except RowFault:
            batch = self._one_by_one(records)
        if records.broken:
            batch.rejections.append(records.broken)
        return batch

    def _at_once(self, records: Records) -> Batch:
        if not self._is_plain or not records.columns:
            raise RowFault("has to be looked at alone")
        empty = [""] * len(records.lines)
        columns = [cell.read_all(empty if at is None else records.columns[at]) for _, at, cell in self._plan]
        if self._keeps_facts:
            columns.append(list(map(self._facts_of, records.rows)) if self._facts else ["{}"] * len(empty))
        return Batch(records.lines, records.columns, columns)

    def _one_by_one(self, records: Records) -> Batch:
        lines, good, rows, rejections = [], [], [], []
        for line, cells in zip(records.lines, records.rows, strict=True):
            try:
                rows.append(self._values(cells))
            except RowFault as fault:
                rejections.append(Rejection(line, str(fault), tuple(cells)))
            else:
                lines.append(line)
                good.append(cells)
        width = len(self._plan) + self._keeps_facts
        columns = [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in range(width)]
        return Batch(lines, list(zip(*good, strict=True)), columns, rejections)

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
