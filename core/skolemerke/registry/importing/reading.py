"""Reads one file whole: it is refused when it is not what it should be, its unreadable rows are set aside."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from skolemerke.registry.importing.cells import Reader, RowFault, short
from skolemerke.registry.importing.files import RegistryFile
from skolemerke.registry.importing.report import ImportRefused, Rejection

LARGEST_CELL = 8 * 1024 * 1024
MOST_FACT = 2_000
SURROGATE = re.compile("[\ud800-\udfff]")
BOM = "\ufeff"

Key = tuple[str, ...]


class Row(NamedTuple):
    """A row that can be read: its values in the order of the file's columns, facts last where it keeps them."""

    line: int
    values: tuple[Any, ...]
    cells: tuple[str, ...]


@dataclass
class ReadFile:
    """A file as it was read. `held` are the keys of rejected rows: what is stored under them stays as it is."""

    file: RegistryFile
    header: tuple[str, ...] = ()
    rows: dict[Key, Row] = field(default_factory=dict)
    rejections: list[Rejection] = field(default_factory=list)
    held: set[Key] = field(default_factory=set)
    count: int = 0

    def reject(self, row: Row, key: Key, reason: str) -> None:
        """Set a row aside that could be read and yet can't be taken."""
        self.rejections.append(Rejection(row.line, reason, row.cells))
        self.held.add(key)


def read_file(path: Path, file: RegistryFile) -> ReadFile:
    """Read a file. Raises `ImportRefused` when it lacks columns, is in another encoding or was cut."""
    csv.field_size_limit(LARGEST_CELL)
    text = _decoded(path)
    records = _records(text, file.name)
    header = _header(next(records, None), file)
    reading = _Reading(file, header, is_plain="\0" not in text and not SURROGATE.search(text))
    short_line = unread_line = 0
    for line, cells, reason in records:
        short_line = line if not reason and len(cells) < len(header) else 0
        unread_line = 0 if reading.take(line, cells, reason) else line
    if short_line:
        raise ImportRefused(
            f"{file.name}: line {short_line}, the last, has fewer cells than the header: the file was cut; "
            "export it again"
        )
    if unread_line and not text.endswith(("\n", "\r")):
        raise ImportRefused(
            f"{file.name}: line {unread_line}, the last, breaks off ({reading.read.rejections[-1].reason}): the file "
            "was cut; export it again"
        )
    return reading.read


def _decoded(path: Path) -> str:
    raw = path.read_bytes()
    try:
        # Halves of a surrogate pair are let through here, so that only their row is rejected.
        return raw.decode("utf-8", errors="surrogatepass").removeprefix(BOM)
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        if error.reason == "unexpected end of data":
            raise ImportRefused(
                f"{path.name}: line {line} breaks off within a letter: the file was cut; export it again"
            ) from error
        raise ImportRefused(
            f"{path.name}: line {line} is not UTF-8: save the file as UTF-8 and import it again"
        ) from error


def _records(text: str, name: str) -> Iterator[tuple[int, list[str], str]]:
    """Each record with the line where it begins; with a reason instead of cells where CSV itself is broken."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            if "unexpected end" in str(error):
                raise ImportRefused(
                    f"{name}: a quotation mark opened on line {line} is never closed: the file was cut, or the mark "
                    "must be doubled"
                ) from error
            yield line, [], f"can't be read as CSV: {error}"
            continue
        if cells and (len(cells) > 1 or cells[0].strip()):
            yield line, cells, ""


def _header(record: tuple[int, list[str], str] | None, file: RegistryFile) -> tuple[str, ...]:
    header = tuple(cell.strip() for cell in record[1]) if record else ()
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
        self.read = ReadFile(file, header)
        self._is_plain = is_plain
        self._plan: list[tuple[str, int | None, Reader]] = [
            (name, header.index(name) if name in header else None, reader) for name, reader in file.columns.items()
        ]
        self._facts = [
            (name, at)
            for at, name in enumerate(header)
            if file.keeps_unknown_columns and name and name not in file.columns
        ]
        self._key_at = [header.index(name) for name in file.key]
        self._lines: dict[Key, int] = {}

    def take(self, line: int, cells: list[str], reason: str) -> bool:
        """Keep a record as a row, or set it aside; says whether it was kept."""
        self.read.count += 1
        try:
            row = self._row(line, cells, reason)
        except RowFault as fault:
            self._set_aside(line, cells, str(fault))
            return False
        key = self._key(cells)
        if key in self._lines:
            repeated = ", ".join(map(short, key))
            self._set_aside(line, cells, f"repeats the key {repeated} of line {self._lines[key]}")
            return False
        self._lines[key] = line
        self.read.rows[key] = row
        return True

    def _row(self, line: int, cells: list[str], reason: str) -> Row:
        if reason:
            raise RowFault(reason)
        if len(cells) != len(self.read.header):
            raise RowFault(f"has {len(cells)} cells where the header has {len(self.read.header)}")
        if not self._is_plain:
            _refuse_odd_characters(cells)
        return Row(line, self._values(cells), tuple(cells))

    def _values(self, cells: list[str]) -> tuple[Any, ...]:
        values = []
        for name, at, reader in self._plan:
            try:
                values.append(reader("" if at is None else cells[at].strip()))
            except RowFault as fault:
                raise RowFault(f"{name} {fault}") from None
        if self.read.file.keeps_unknown_columns:
            values.append(self._facts_of(cells))
        return tuple(values)

    def _facts_of(self, cells: list[str]) -> dict[str, str]:
        facts = {name: cells[at].strip() for name, at in self._facts if cells[at].strip()}
        for name, fact in facts.items():
            if len(fact) > MOST_FACT:
                raise RowFault(f"{short(name)} has {len(fact)} characters where at most {MOST_FACT} fit")
        return facts

    def _key(self, cells: list[str]) -> Key:
        return tuple(cells[at].strip() for at in self._key_at)

    def _set_aside(self, line: int, cells: list[str], reason: str) -> None:
        self.read.rejections.append(Rejection(line, reason, tuple(cells)))
        if len(cells) > max(self._key_at):
            self.read.held.add(self._key(cells))


def _refuse_odd_characters(cells: list[str]) -> None:
    checks: tuple[tuple[str, Callable[[str], bool]], ...] = (
        ("a NUL character", lambda cell: "\0" in cell),
        ("half of a surrogate pair", lambda cell: SURROGATE.search(cell) is not None),
    )
    for what, holds in checks:
        if any(holds(cell) for cell in cells):
            raise RowFault(f"contains {what}")
