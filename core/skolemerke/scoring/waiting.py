"""Sheets on their way into the database: worked out before the transaction, stored in one, never all in memory."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from tempfile import SpooledTemporaryFile
from types import TracebackType
from typing import Any, Self

AT_ONCE = 100
IN_MEMORY = 2**20


class Waiting:
    """Rows of plain values that wait to be stored; more than a megabyte of them in a temporary file."""

    def __init__(self) -> None:
        self._file = SpooledTemporaryFile(IN_MEMORY, "w+b")  # noqa: SIM115 - it is closed when these rows are
        self._slice: list[dict[str, Any]] = []
        self.count = self._slices = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._file.close()

    def add(self, row: dict[str, Any]) -> None:
        """Keep one more row."""
        self.count += 1
        self._slice.append(row)
        if len(self._slice) == AT_ONCE:
            self._put_away()

    def slices(self) -> Iterator[list[dict[str, Any]]]:
        """All rows in the order in which they came, some at a time."""
        self._put_away()
        self._file.seek(0)
        for _ in range(self._slices):
            yield pickle.load(self._file)  # noqa: S301 - what this process wrote into a file that has no name

    def _put_away(self) -> None:
        if self._slice:
            pickle.dump(self._slice, self._file, pickle.HIGHEST_PROTOCOL)
            self._slices += 1
            self._slice = []
