"""Sheets on their way into the database: worked out before the transaction, stored in one, never all in memory."""

from __future__ import annotations

import json
from collections.abc import Iterator
from tempfile import SpooledTemporaryFile
from types import TracebackType
from typing import Any, Self

AT_ONCE = 500
IN_MEMORY = 2**20


class Waiting:
    """Rows of plain values that wait to be stored; more than a megabyte of them in a temporary file."""

    def __init__(self) -> None:
        self._file = SpooledTemporaryFile(  # noqa: SIM115 - it is closed when these rows are
            IN_MEMORY, "w+", encoding="utf-8", newline="\n"
        )
        self._slice: list[dict[str, Any]] = []
        self.count = 0

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
        for line in self._file:
            yield json.loads(line)

    def _put_away(self) -> None:
        if self._slice:
            self._file.write(json.dumps(self._slice, ensure_ascii=False) + "\n")
            self._slice = []
