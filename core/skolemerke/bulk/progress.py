"""Says how far a large write is and how long it will still take, not more often than once a second."""

from __future__ import annotations

import time
from collections.abc import Callable

Tell = Callable[[str], None]

EVERY_SECONDS = 1.0


class Meter:
    """The progress of one large write, told as sentences."""

    def __init__(self, tell: Tell) -> None:
        self.tell = tell
        self._doing = ""
        self._begun = self._told = 0.0

    def step(self, doing: str, done: int, of: int) -> None:
        """Something is done so far; the first step of it is always told."""
        now = time.monotonic()
        if doing != self._doing:
            self._doing, self._begun, self._told = doing, now, now
            self.tell(doing)
        elif now - self._told >= EVERY_SECONDS and 0 < done < of:
            self._told = now
            left = (now - self._begun) * (of - done) / done
            self.tell(f"{doing}: {done * 100 // of} %, about {_span(left)} left")


def _span(seconds: float) -> str:
    whole = round(seconds)
    return f"{whole // 60} min {whole % 60} s" if whole >= 60 else f"{max(whole, 1)} s"
