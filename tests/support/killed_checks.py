"""Kills checks at many places and says what readers then saw.

Run as a program: `python -m support.killed_checks HOME URL OTHER_URL FILES TIMES`. A second check is killed again and
again, at places spread over all of its statements, and at last left alone. Prints as JSON what was visible after
each death and whether the tables at the end hold what those of an installation (OTHER_URL) hold in which nothing was
killed. Each check is a process of its own.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

from skolemerke import database
from skolemerke.audit import AuditLine
from skolemerke.bulk.slices import Pace
from skolemerke.eligibility import queries
from skolemerke.eligibility.models import Run, SchoolVerdict, TwinVerdict
from skolemerke.eligibility.operations import check
from skolemerke.registry.operations import import_directory
from sqlalchemy import Engine, event, func, select

from support.installation import running
from support.killed_imports import in_a_process
from support.screened import ROUND

SMALL_SLICES = Pace(pause_seconds=0, first_rows=20, most_rows=20)


def begun(home: Path, url: str, files: Path) -> None:
    """A registry that was checked once."""
    with running(home, url, faces=False):
        import_directory(files)
        check(ROUND)


def checked(home: Path, url: str, dies_at: int = 0) -> int:
    """Check; counts the statements, and dies before the one of a number."""
    counted = 0

    def count(*_: Any) -> None:
        nonlocal counted
        counted += 1
        if counted == dies_at:
            os.kill(os.getpid(), signal.SIGKILL)

    with running(home, url, faces=False):
        database.current().engine.connect().close()
        event.listen(Engine, "before_cursor_execute", count)
        event.listen(Engine, "commit", count)
        check(ROUND, pace=SMALL_SLICES)
    return counted


def visible(home: Path, url: str) -> list[Any]:
    """What readers see of the round."""
    with running(home, url, faces=False):
        session = database.read()
        return [
            [[run.number, run.counts] for run in queries.runs(ROUND)],
            sorted(session.scalars(queries.eligible_schools(ROUND))),
            session.scalar(select(func.count()).where(AuditLine.verb == "eligibility.checked")),
        ]


def hidden(home: Path, url: str) -> int:
    """How many verdicts lie there that nobody sees."""
    with running(home, url, faces=False):
        statement = select(func.count()).where(SchoolVerdict.run_id.not_in(queries.shown_runs()))
        return database.read().scalar(statement) or 0


def held(home: Path, url: str) -> list[Any]:
    """All verdicts with their rounds and runs, as they are stored."""
    with running(home, url, faces=False):
        found = []
        for model in (SchoolVerdict, TwinVerdict):
            columns = [column for column in model.__table__.c if column.name != "run_id"]
            statement = select(Run.round_id, Run.number, *columns).outerjoin(Run, Run.id == model.run_id)
            found.append(sorted(repr(tuple(row)) for row in database.read().execute(statement)))
        found.append([str(number) for number in database.read().scalars(select(Run.number))])
        return found


def main(home: Path, urls: tuple[str, str], files: Path, times: int) -> dict[str, Any]:
    """Check, kill, look, and check at last."""
    url, other = urls
    for each in urls:
        in_a_process(lambda each=each: begun(home, each, files))  # type: ignore[misc] # mypy: no type for it
    # Seen by this process, which so loads what each of its children would load anew.
    old = visible(home, url)
    # The last ones give the lock back, after all has become visible.
    statements = in_a_process(lambda: checked(home, other)) - 4
    new = in_a_process(lambda: visible(home, other))
    seen, most_hidden = [], 0
    for time in range(times):
        # The last place first: later ones take back what the one before left, and so get less far.
        dies_at = 1 + statements * (times - 1 - time) // max(times - 1, 1)
        died = in_a_process(lambda dies_at=dies_at: checked(home, url, dies_at)) is None  # type: ignore[misc] # as above
        now, unseen = in_a_process(lambda: (visible(home, url), hidden(home, url)))
        seen.append([died, "old" if now == old else "new" if now == new else "half"])
        most_hidden = max(most_hidden, unseen)
    in_a_process(lambda: checked(home, url))
    end, expected = (in_a_process(lambda each=each: held(home, each)) for each in urls)  # type: ignore[misc] # as above
    return {
        "seen": seen,
        "hidden": most_hidden,
        "same": end == expected,
        "rows": [len(rows) for rows in end],
        "visible": "new" if in_a_process(lambda: visible(home, url)) == new else "other",
    }


if __name__ == "__main__":
    home, url, other, files, times = sys.argv[1:]
    json.dump(main(Path(home), (url, other), Path(files), int(times)), sys.stdout)
