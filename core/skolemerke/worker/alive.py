"""Which processes that send are alive, so that what a dead one left is taken up at once.

Each holds a lock on a file of its own in the instance for as long as it lives; the system lets go of it when the
process ends, however it ends. A process on another machine, or on a system without such locks, is only found dead
by the time that passes.
"""

from __future__ import annotations

import atexit
import os
from contextlib import suppress
from pathlib import Path
from typing import IO
from uuid import uuid4

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment] # there the locks are left out

FOLDER = "senders"

_held: dict[Path, tuple[int, str, IO[bytes]]] = {}


def name_here(instance: Path) -> str:
    """The name of this process among those that send for an installation; held until it ends."""
    held = _held.get(instance)
    # A process that was forked has its parent's file, and needs one of its own.
    if held is None or held[0] != os.getpid():
        _held[instance] = held = _hold(instance)
    return held[1]


def is_dead(instance: Path, name: str) -> bool:
    """Whether the process of that name has ended; false where that can't be told."""
    path = instance / FOLDER / name
    if fcntl is None or not name or name == _name_held(instance):
        return False
    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        # It is held, or it is the file of another machine.
        return False
    return True


def clear(instance: Path, name: str) -> None:
    """Take away what a dead process left, once nothing in the database speaks of it any more."""
    with suppress(OSError):
        (instance / FOLDER / name).unlink()


def _name_held(instance: Path) -> str:
    held = _held.get(instance)
    return held[1] if held and held[0] == os.getpid() else ""


def _hold(instance: Path) -> tuple[int, str, IO[bytes]]:
    folder = instance / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    name = uuid4().hex
    file = (folder / name).open("wb")
    if fcntl is not None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    atexit.register(_let_go, os.getpid(), folder / name, file)
    return os.getpid(), name, file


def _let_go(process: int, path: Path, file: IO[bytes]) -> None:
    file.close()
    if process == os.getpid():
        path.unlink(missing_ok=True)
