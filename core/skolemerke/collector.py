"""Python's search for cycles that nobody can reach any more: it walks over all that is alive, again and again while
much is made."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def paused() -> Iterator[None]:
    """Look for none meanwhile: what is made stays, or is in no cycle. Where nobody looked before, nobody does after."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
