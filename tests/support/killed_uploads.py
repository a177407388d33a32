"""Kills processes in the middle of adding files, and looks what they left.

Run as a program: `python -m support.killed_uploads HOME TIMES`. Each process adds one file at once and one in
pieces; it is ended by SIGKILL before one of its steps, spread over all of them: opening, renaming and removing files,
syncing, each statement and each commit. Prints as JSON how many died, what was acknowledged and is gone, which rows
have no file, which files have no row after the sweep, and how many of the files that were sent again then stand
exactly once; `hasty` are the rows without a file where the row is written before the file has its place: the fault
that the order of steps prevents, looked for at the last steps, where it shows.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import signal
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from skolemerke import clock, database
from skolemerke.applications import evidence, operations, uploads
from skolemerke.applications import storing as store
from skolemerke.applications.models import Evidence, Upload
from skolemerke.people.actors import Actor
from sqlalchemy import Engine, event, select, update

from support.applicants import PDF, scene
from support.killed_imports import in_a_process

PLACE, PIECE = "safety_activities", 2000
HASTY = 6
"""So many of the last steps are looked at where a row comes too early."""

WATCHED = {"open", "os.rename", "os.remove"}


class Steps:
    """Counts steps, and dies before the one of a number."""

    def __init__(self, last: int = 0) -> None:
        self.done, self.last = 0, last

    def listen(self) -> None:
        """Count from here on, until the process ends."""
        sync = os.fsync
        os.fsync = lambda handle: (self.step(), sync(handle))[1]  # type: ignore[assignment] # of this process alone
        sys.addaudithook(lambda name, _arguments: self.step() if name in WATCHED else None)
        event.listen(Engine, "before_cursor_execute", self.step)
        event.listen(Engine, "commit", self.step)

    def step(self, *_: Any) -> None:
        """One more step."""
        self.done += 1
        if self.done == self.last:
            os.kill(os.getpid(), signal.SIGKILL)


def content_of(number: int, way: str) -> bytes:
    """A file that no other process sends."""
    return PDF + f"{number} {way} ".encode() * 700


def add(actor: Actor, application_id: int, number: int) -> list[str]:
    """Add two files, one at once and one in pieces; their names."""
    whole, parts = content_of(number, "whole"), content_of(number, "parts")
    operations.add_file(actor, application_id, PLACE, io.BytesIO(whole), f"whole-{number}.pdf")
    return [f"whole-{number}.pdf", send_in_pieces(actor, application_id, number, parts)]


def send_in_pieces(actor: Actor, application_id: int, number: int, content: bytes) -> str:
    """Send a file in pieces, from where it stands; its name."""
    told = uploads.Told(f"parts-{number}.pdf", len(content), hashlib.sha256(content).hexdigest())
    begun = uploads.begin(actor, application_id, PLACE, told)
    for at in range(begun.received, len(content), PIECE):
        uploads.receive(actor, application_id, begun.public_id, at, content[at : at + PIECE])
    return uploads.finish(actor, application_id, begun.public_id).name


def counted(actor: Actor, application_id: int, number: int, last: int = 0) -> int:
    """Add files while the steps are counted; how many there were."""
    steps = Steps(last)
    steps.listen()
    add(actor, application_id, number)
    return steps.done


def pieces() -> list[Evidence]:
    """All evidence there is."""
    database.read().rollback()
    return list(database.read().scalars(select(Evidence).where(Evidence.stored_as != "")))


def without_file() -> list[str]:
    """Rows whose file is not there, or is another than the row says."""
    found = []
    for piece in pieces():
        path = store.folder() / piece.stored_as
        if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != piece.sha256:
            found.append(piece.name)
    return found


def without_row() -> list[str]:
    """Files that no row speaks of, after a sweep a day later."""
    with database.write() as session:
        session.execute(update(Upload).values(began_at=clock.real() - uploads.KEPT - uploads.KEPT))
    for path in store.folder().iterdir():
        os.utime(path, (0, 0))
    operations.clear_leftovers()
    known = {piece.stored_as for piece in pieces()}
    return [path.name for path in store.folder().iterdir() if path.name not in known]


def roomy() -> None:
    """No limit of pieces: hundreds stand by one question."""
    evidence.A_QUESTION = evidence.AN_APPLICATION = 10**9


def be_hasty() -> None:
    """Let a file have its place only after its row was written."""
    rename, stored = Path.replace, store.stored

    @contextmanager
    def late(*arguments: Any) -> Iterator[store.StoredFile]:
        moves: list[tuple[Path, Any]] = []
        Path.replace = lambda path, target: moves.append((path, target))  # type: ignore[assignment,method-assign,misc,return-value] # of this process alone
        with stored(*arguments) as file:
            Path.replace = rename  # type: ignore[method-assign] # as it was
            yield file
        for path, target in moves:
            rename(path, target)

    from skolemerke.applications import evidence

    evidence.stored = uploads.stored = late  # type: ignore[assignment] # the fault is the point


def main(home: Path, times: int) -> dict[str, Any]:
    """Kill, look, send again, look once more; then kill where the steps are in the wrong order."""
    roomy()
    with scene(home) as here:
        application_id, actor = here.begun().id, here.actor(here.kari)
        # A process of its own makes its own connections: none is carried over a fork.
        here.app.extensions[database.EXTENSION].close()
        steps = in_a_process(lambda: counted(actor, application_id, 0))
        died = 0
        for number in range(1, times + 1):
            last = 1 + (steps - 1) * (number - 1) // max(times - 1, 1)
            died += in_a_process(lambda n=number, last=last: counted(actor, application_id, n, last)) is None  # type: ignore[misc] # mypy: no type for it

        def sent_again() -> list[str]:
            numbers = range(1, times + 1)
            return [send_in_pieces(actor, application_id, one, content_of(one, "parts")) for one in numbers]

        told: dict[str, Any] = {"steps": steps, "died": died, "without_file": in_a_process(without_file)}
        acknowledged = [*in_a_process(lambda: add(actor, application_id, times + 1)), *in_a_process(sent_again)]
        stand = Counter(in_a_process(lambda: [piece.name for piece in pieces()]))
        told["gone"] = [name for name in acknowledged if name not in stand]
        told["once"] = sum(stand[f"parts-{number}.pdf"] == 1 for number in range(1, times + 1))
        told["without_row"] = in_a_process(without_row)

        def in_haste(number: int) -> int:
            be_hasty()
            return counted(actor, application_id, number, steps - number % HASTY)

        for number in range(times + 2, times + 2 + HASTY):
            in_a_process(lambda n=number: in_haste(n))  # type: ignore[misc] # as above
        return {**told, "hasty": in_a_process(without_file)}


if __name__ == "__main__":
    json.dump(main(Path(sys.argv[1]), int(sys.argv[2])), sys.stdout)
