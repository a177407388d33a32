"""What was made of something that never changes, kept for the next request: the last few, by what names them."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from flask import current_app

Key = TypeVar("Key")
Made = TypeVar("Made")


class Kept(Generic[Key, Made]):
    """What was made last, as many as are named; the one that was not asked for longest goes first."""

    def __init__(self, most: int) -> None:
        self._most, self._kept, self._lock = most, OrderedDict[Key, Made](), threading.Lock()

    def get(self, key: Key, make: Callable[[], Made]) -> Made:
        """What is kept for a key, or made now."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        # Two threads may make the same; neither waits for the other, and either is right.
        made = make()
        with self._lock:
            self._kept[key] = made
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return made

    def __len__(self) -> int:
        return len(self._kept)


def kept_here(name: str, most: int) -> Kept[Any, Any]:
    """What the current application keeps under a name, at most so many."""
    found: Kept[Any, Any] | None = current_app.extensions.get(name)
    if found is None:
        found = current_app.extensions.setdefault(name, Kept(most))
    return found
