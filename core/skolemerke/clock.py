"""The two clocks.

`now()` is the round's time: deadlines, screenings, labels, stamps of saves. A rehearsal may move it, forward
only; how far it is moved is kept in the instance, for all its processes. `real()` is the world's time:
sessions, cookies, sign-in codes, rate limits, mail retries. Nothing else reads the time.
"""

from __future__ import annotations

import json
import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flask import current_app

from skolemerke.config import Config

EXTENSION = "skolemerke.clock"
FILE = "clock.json"


class ClockRefusal(Exception):
    """The round's time can't be moved so; the text says why."""


class Clock:
    """The clock of one installation. In production mode the round's time is the world's."""

    def __init__(self, config: Config) -> None:
        self._movable = not config.is_production
        self._path = config.instance / FILE
        self._stamp: tuple[int, int] | None = None
        self._offset = timedelta()
        if self._movable and config.clock is not None and not self._path.exists():
            self._keep(config.clock - self.real())

    def real(self) -> datetime:
        """The world's time, in UTC."""
        return datetime.now(UTC)

    def now(self) -> datetime:
        """The round's time, in UTC."""
        return self.real() + self.offset()

    def offset(self) -> timedelta:
        """How far the round's time is ahead of the world's; another process may have moved it."""
        if not self._movable:
            return timedelta()
        try:
            found = self._path.stat()
        except FileNotFoundError:
            return timedelta()
        stamp = (found.st_mtime_ns, found.st_ino)
        if stamp != self._stamp:
            self._offset = timedelta(seconds=json.loads(self._path.read_text(encoding="ascii"))["offset_seconds"])
            self._stamp = stamp
        return self._offset

    def move_to(self, instant: datetime) -> None:
        """Move the round's time forward to `instant`. Raises `ClockRefusal`."""
        if not self._movable:
            raise ClockRefusal("the clock of an installation in production mode can't be moved")
        if instant < self.now():
            raise ClockRefusal(f"the clock never goes back: it is {self.now().isoformat()} already")
        self._keep(instant - self.real())

    def _keep(self, offset: timedelta) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        temporary = self._path.with_suffix(f".{os.getpid()}.{time.monotonic_ns()}")
        temporary.write_text(json.dumps({"offset_seconds": offset.total_seconds()}), encoding="ascii")
        Path.replace(temporary, self._path)


def current() -> Clock:
    """The clock of the current application."""
    clock: Clock = current_app.extensions[EXTENSION]
    return clock


def now() -> datetime:
    """The round's time, in UTC."""
    return current().now()


def real() -> datetime:
    """The world's time, in UTC."""
    return current().real()
