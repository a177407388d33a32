"""Writes many rows in short slices, between which others write."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from skolemerke.bulk.progress import Meter
from skolemerke.bulk.store import Store

SETTLE_EVERY = 12
"""So many slices change the same pages of an index again and again before they are brought into the database."""


@dataclass(frozen=True)
class Pace:
    """How long one slice may keep others from writing, and how long they are then let in (seconds, rows)."""

    slice_seconds: float = 0.04
    """What is aimed at: less than half of what is promised, since what lies ahead may be slower than what was
    measured."""
    pause_seconds: float = 0.01
    first_rows: int = 2_000
    least_rows: int = 1_000
    least_rows_beside: int = 5_000
    """The same where others write meanwhile, as on PostgreSQL: there short slices and pauses serve nobody, and on a
    busy machine they would be most of the time."""
    most_rows: int = 50_000


class Slices:
    """Writes many rows slice by slice; how many at once is learned from how long the last slice took."""

    def __init__(self, store: Store, pace: Pace, meter: Meter) -> None:
        self._store, self._pace, self._meter = store, pace, meter
        self._rows = pace.first_rows
        self._least = min(pace.least_rows if store.is_sqlite else pace.least_rows_beside, pace.most_rows)
        self._count = 0
        self.longest = 0.0

    def run(self, doing: str, last: int, statement: Callable[[int, int], Any]) -> None:
        """Run `statement(after, up_to)` over the lines 1 to `last`."""
        after = 0
        # What was learned of other rows may be wrong for these.
        self._rows = min(self._rows, self._pace.first_rows)
        while after < last:
            up_to = min(after + self._rows, last)
            begun = time.monotonic()
            with self._store.writing():
                self._store.connection.execute(statement(after, up_to))
            took = time.monotonic() - begun
            self._adapt(took)
            after = up_to
            self._count += 1
            if self._count % SETTLE_EVERY == 0 or after == last:
                self._store.settle_log()
            self._meter.step(doing, after, last)
            if self._store.is_sqlite:
                time.sleep(self._pace.pause_seconds)

    def _adapt(self, took: float) -> None:
        self.longest = max(self.longest, took)
        wanted = self._rows * self._pace.slice_seconds / max(took, 0.001)
        # Half the step up, the whole step down.
        rows = min((self._rows + wanted) / 2, wanted)
        self._rows = int(min(max(rows, self._least), self._pace.most_rows))
