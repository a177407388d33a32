"""Kills imports at many places and says what readers then saw.

Run as a program: `python -m support.killed_imports HOME URL OTHER_URL BEFORE AFTER TIMES`. The import of BEFORE
into an empty registry is killed again and again, at places spread over all of its statements, and at last left
alone; then that of AFTER. Prints as JSON what was visible after each death and what all tables hold at the end, beside
those of an installation (OTHER_URL) in which nothing was killed. Each import is a process of its own.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from skolemerke import database
from skolemerke.bulk.slices import Pace
from skolemerke.registry.importing.targets import TARGETS
from skolemerke.registry.models import Import, Person, SchoolTwin, UnfinishedImport, visible_import
from skolemerke.registry.operations import import_directory
from sqlalchemy import Engine, event, func, inspect, select

from support.installation import running

SMALL_SLICES = Pace(pause_seconds=0, first_rows=40, most_rows=40)


def in_a_process(act: Callable[[], Any]) -> Any:
    """What a function gives in a process of its own; none when that was killed."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        with os.fdopen(writing, "w") as pipe:
            json.dump(act(), pipe, default=str)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        said = pipe.read()
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return None
    if status:
        raise RuntimeError("the process failed")
    return json.loads(said)


def imported(home: Path, url: str, files: Path, *, dies_at: int = 0, from_start: bool = False) -> int:
    """Import files; counts the statements, and dies before the one of a number.

    Those are counted from the first file on, or `from_start`: then also while an earlier one is taken back.
    """
    counted = 0

    def listen(message: str) -> None:
        nonlocal counted
        if message == "reading schools.csv" and not from_start:
            counted = 0

    def count(*_: Any) -> None:
        nonlocal counted
        counted += 1
        if counted == dies_at:
            os.kill(os.getpid(), signal.SIGKILL)

    with running(home, url, faces=False):
        database.current().engine.connect().close()  # the tables are made before anything is counted
        event.listen(Engine, "before_cursor_execute", count)
        event.listen(Engine, "commit", count)
        import_directory(files, allow_shrink=True, pace=SMALL_SLICES, progress=listen)
    return counted


def visible(home: Path, url: str) -> list[Any]:
    """What readers see: the rows that are there, without their inner numbers."""
    with running(home, url, faces=False):
        session = database.read()
        found: list[Any] = [list(session.scalars(select(Import.number)))]
        for target in TARGETS:
            names = [*target.key, *target.values]
            rows = session.execute(
                select(*(getattr(target.model, name) for name in names)).where(target.model.gone.is_(False))
            )
            found.append(sorted(repr(tuple(row)) for row in rows))
        return found


def hidden(home: Path, url: str) -> int:
    """How many rows lie in the tables that nobody sees yet: what would be seen if readers did not ask."""
    with running(home, url, faces=False):
        session = database.read()
        return sum(
            session.scalar(select(func.count()).where(target.model.since > visible_import())) or 0 for target in TARGETS
        )


def held(home: Path, url: str, *, numbers: bool) -> list[Any]:
    """All that the tables of the registry hold, with the numbers of rows where both databases give the same."""
    with running(home, url, faces=False):
        session = database.read()
        found = []
        for model in (*(target.model for target in TARGETS), Person, SchoolTwin, UnfinishedImport):
            columns = [column for column in model.__table__.c if numbers or column.name != "id"]
            found.append(sorted(repr(tuple(row)) for row in session.execute(select(*columns))))
        tables = inspect(database.current().engine)
        asked = (tables.get_indexes, tables.get_foreign_keys, tables.get_unique_constraints)
        return [*found, *(sorted(str(one["name"]) for target in TARGETS for one in ask(target.name)) for ask in asked)]


def main(home: Path, urls: tuple[str, str], before: Path, after: Path, times: int) -> dict[str, Any]:
    """Import, kill, look, and import at last."""
    url, other = urls
    seen, most_hidden = [], 0
    for files in (before, after):
        # Seen by this process, which so loads what each of its children would load anew.
        old = visible(home, url)
        # The last ones give a lock back, after all has become visible.
        statements = in_a_process(lambda files=files: imported(home, other, files))  # type: ignore[misc] # mypy: no type for it
        new = in_a_process(lambda: visible(home, other))
        for time in range(times):
            kill = {"dies_at": 1 + (statements - 4) * time // max(times - 1, 1), "from_start": time % 4 == 3}
            died = in_a_process(lambda kill=kill, files=files: imported(home, url, files, **kill)) is None  # type: ignore[misc] # as above
            now, unseen = in_a_process(lambda: (visible(home, url), hidden(home, url)))
            seen.append([died, "old" if now == old else "new" if now == new else "half"])
            most_hidden = max(most_hidden, unseen)
        in_a_process(lambda files=files: imported(home, url, files))  # type: ignore[misc] # as above
    numbers = url.startswith("sqlite")
    end, expected = (in_a_process(lambda each=each: held(home, each, numbers=numbers)) for each in (url, other))  # type: ignore[misc] # as above
    return {
        "seen": seen,
        "hidden": most_hidden,
        "same": end == expected,
        "rows": sum(map(len, end)),
        "visible": "new" if in_a_process(lambda: visible(home, url)) == new else "other",
    }


if __name__ == "__main__":
    home, url, other, before, after, times = sys.argv[1:]
    json.dump(main(Path(home), (url, other), Path(before), Path(after), int(times)), sys.stdout)
