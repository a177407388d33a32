"""What uploads that came to nothing left behind: files that no row speaks of, and files that never arrived whole."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

from sqlalchemy import select

from skolemerke import clock, database
from skolemerke.applications import uploads
from skolemerke.applications.models import Evidence, Upload
from skolemerke.applications.storing import folder

HOUR_IN_SECONDS = 3600


def clear_leftovers() -> int:
    """Remove files that no row speaks of, older than an hour, and what arrived in pieces and was not finished within
    a day; returns how many."""
    ended = uploads.forget_old()
    read = database.read()
    known = {
        *read.scalars(select(Evidence.stored_as).where(Evidence.stored_as != "")),
        *map(uploads.file_of, read.scalars(select(Upload.stored_as))),
    }
    gone = list(_leftovers(known))
    for path in gone:
        path.unlink(missing_ok=True)
    return ended + len(gone)


def _leftovers(known: Collection[str]) -> Iterator[Path]:
    """Files that no row speaks of, whose upload began more than an hour ago."""
    if not folder().is_dir():
        return
    oldest = clock.real().timestamp() - HOUR_IN_SECONDS
    for path in sorted(folder().iterdir()):
        if path.is_file() and path.name not in known and path.stat().st_mtime < oldest:
            yield path
