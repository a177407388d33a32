"""A folder in memory for what tests write: they commit tens of thousands of times, and a disk takes its time for each.

What is synced, and when, is the same there; only nobody waits for it.
"""

import os
import shutil
from pathlib import Path

PLACE = Path("/dev/shm")
ROOM = 2 * 1024**3
"""Many times what the tests need; containers often have 64 MB there."""


def folder_in_memory() -> Path | None:
    """The machine's folder in memory, where it has one with room enough, in which programs may lie as well."""
    if not os.access(PLACE, os.W_OK) or shutil.disk_usage(PLACE).free < ROOM:
        return None
    return None if os.statvfs(PLACE).f_flag & os.ST_NOEXEC else PLACE
