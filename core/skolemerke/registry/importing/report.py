"""What an import tells: counts for each file, the rows that it rejected, and why it was refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any


class ImportRefused(Exception):
    """The files can't be imported and nothing was changed; the text says what, where, and how to mend it."""


@dataclass(frozen=True)
class Rejection:
    """A row that was left out: the line where it begins (the header is line 1), why, and its cells."""

    line: int
    reason: str
    cells: tuple[str, ...] = ()


@dataclass(frozen=True)
class FileCount:
    """What became of the rows of one file. `rows` is how many it holds; `gone` how many it no longer holds."""

    file: str
    rows: int
    new: int
    changed: int
    same: int
    gone: int
    rejected: int

    def as_json(self) -> dict[str, Any]:
        """The counts as `registry import` prints them."""
        return asdict(self)


@dataclass(frozen=True)
class ImportReport:
    """The outcome of an import; `number` is none when it was only tried. `rejections` are the first of each file."""

    number: int | None
    files: tuple[FileCount, ...]
    rejections: Mapping[str, tuple[Rejection, ...]]

    @property
    def rejected(self) -> int:
        """How many rows were rejected in all files."""
        return sum(file.rejected for file in self.files)
