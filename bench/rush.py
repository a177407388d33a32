"""The last hour before the deadline: teachers read, save and submit at once, and the round closes in the middle.

First on SQLite and on PostgreSQL, checked against what each client was told. Then the same flow without the close, on
the section of forty questions, beside a plain application with Flask-WTF on the same server.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from skolemerke import clock, database
from skolemerke.applications import operations
from skolemerke.applications.models import Submission
from skolemerke.rounds.queries import calendar_of
from sqlalchemy import select

from bench.frame import Row
from bench.installation import (
    ROUND,
    Writer,
    actor_of,
    application_of,
    cookie_of,
    make_home,
    running,
    served,
    support,
    versions_of,
    writers,
)
from bench.rush_clients import Client, Log, Teacher, together
from bench.rush_flow import compared
from bench.servers import postgres

SECTION, QUESTIONS = "teaching", ("team_work", "group_projects")
START = timedelta(seconds=90)
"""At most so long takes the start of the server, which is not part of the rush: what is left of it is skipped."""


@dataclass(frozen=True)
class Size:
    """So many clients, two of each school, for so many seconds."""

    clients: int
    seconds: float


@dataclass(frozen=True)
class Rush:
    """When the round closed, in seconds since the epoch, and how long the rush was."""

    deadline: float
    seconds: float


@dataclass(frozen=True)
class Receipts:
    """The receipts that the clients were given: how many of them differ, how many are not stored with the application
    for which they were given, how many were stored twice, and how many nobody was given in time.

    Whoever asks after the close, and has changed nothing since, is given the receipt of before once more.
    """

    given: int
    not_kept: int
    twice: int
    late: int


@dataclass(frozen=True)
class Outcome:
    """What came of it, held against the logs of the clients and the log of the server."""

    requests: int
    seconds: float
    acknowledged: int
    receipts: Receipts
    refused_after: int
    faults: tuple[str, ...]
    locked: int
    late: int
    lost: int
    slowest: float


def run(*, full: bool) -> list[Row]:
    """200 clients for a minute at full size."""
    size = Size(200, 60) if full else Size(40, 12)
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        rows += told("SQLite", size, rushed(Path(folder), size))
    with postgres() as url:
        if url:
            with tempfile.TemporaryDirectory() as folder:
                rows += told("PostgreSQL", size, rushed(Path(folder), size, url))
    with tempfile.TemporaryDirectory() as folder:
        rows += compared(Path(folder), clients=40 if full else 8, turns=6 if full else 2, seconds=8 if full else 3)
    return rows


def told(name: str, size: Size, found: Outcome) -> list[Row]:
    """The rows of one rush."""
    head = f"{name}, {size.clients} clients"
    for fault in found.faults[:5]:
        print(f"{head}: {fault}")
    return [
        Row(f"{head}: requests a second (wall)", found.requests / found.seconds, "requests"),
        Row(f"{head}: acknowledged saves", found.acknowledged, "saves", 1, "at least"),
        Row(f"{head}: receipts", found.receipts.given, "receipts", size.clients // 4, "at least"),
        Row(f"{head}: refused after the close", found.refused_after, "requests", 1, "at least"),
        Row(f"{head}: 5xx and other answers that must not be", len(found.faults), "answers", 0),
        Row(f"{head}: 'database is locked'", found.locked, "times", 0),
        Row(f"{head}: saves and submissions accepted late", found.late + found.receipts.late, "times", 0),
        Row(f"{head}: acknowledged and lost", found.lost, "saves", 0),
        Row(f"{head}: receipts given and not kept", found.receipts.not_kept, "receipts", 0),
        Row(f"{head}: receipts that stand twice", found.receipts.twice, "receipts", 0),
        Row(f"{head}: slowest action (wall)", found.slowest, "s"),
    ]


def rushed(home: Path, size: Size, url: str = "") -> Outcome:
    """Let the clients rush, with the deadline in the middle."""
    make_home(home)
    with running(home, url) as app:
        everybody = writers(size.clients // 2, 2)
        for writer in everybody[::2]:
            complete(writer)
        cookies = [cookie_of(app, writer) for writer in everybody]
        closes = _end()
        clock.current().move_to(closes - START - timedelta(seconds=size.seconds / 2))
    with served(home, url) as (_process, port):
        teachers = [
            Teacher(
                Client(port, f"session={cookie}"), f"/applications/{writer.public_id}", SECTION, QUESTIONS[at % 2], at
            )
            for at, (writer, cookie) in enumerate(zip(everybody, cookies, strict=True))
        ]
        with running(home, url):
            left = (closes - clock.now()).total_seconds() - size.seconds / 2
            if left > 0:
                clock.current().move_to(clock.now() + timedelta(seconds=left))
            deadline = (closes - clock.current().offset()).timestamp()
        seconds = together([teacher.act for teacher in teachers], size.seconds)
    return _judged(home, url, everybody, [teacher.log for teacher in teachers], Rush(deadline, seconds))


def _end() -> datetime:
    """The first instant that is too late: the second of the deadline is still in time."""
    return calendar_of(ROUND).takes_until + timedelta(seconds=1)


def complete(writer: Writer) -> None:
    """Give all answers of an application, so that it can be submitted."""
    answers, evidence = support("applying").whole()
    actor, application_id = actor_of(writer), application_of(writer).id
    operations.save_answers(actor, application_id, answers, {})
    for question in evidence:
        operations.add_link(actor, application_id, question, "https://www.example.org/evidence")
    operations.set_consent(actor, application_id, "yes")


def _judged(home: Path, url: str, everybody: list[Writer], logs: list[Log], rush: Rush) -> Outcome:
    lost = late = 0
    with running(home, url):
        closes = _end()
        for at, (writer, log) in enumerate(zip(everybody, logs, strict=True)):
            stored = versions_of(writer.public_id, QUESTIONS[at % 2])
            lost += sum(1 for version, (typed, _at) in log.saved.items() if stored[version].raw != typed)
            late += sum(1 for row in stored.values() if row.at >= closes)
            late += sum(1 for _typed, sent_at in log.saved.values() if sent_at >= rush.deadline)
        receipts = _receipts(everybody, logs, rush.deadline)
        late += len(database.read().scalars(select(Submission.id).where(Submission.arrived_at >= closes)).all())
    faults = tuple(fault for log in logs for fault in log.faults)
    served = (home / "served.log").read_text(encoding="utf-8", errors="replace")
    return Outcome(
        requests=sum(log.requests for log in logs),
        seconds=rush.seconds,
        acknowledged=sum(len(log.saved) for log in logs),
        receipts=receipts,
        refused_after=sum(log.closed for log in logs),
        faults=faults,
        locked=sum("database is locked" in text for text in (*faults, *served.splitlines())),
        late=late,
        lost=lost,
        slowest=max(log.slowest for log in logs),
    )


def _receipts(everybody: list[Writer], logs: list[Log], deadline: float) -> Receipts:
    """What became of the receipts, by what is stored with each application."""
    sent = select(Submission.receipt, Submission.application_id)
    stored = [(row.receipt, row.application_id) for row in database.read().execute(sent)]
    first: dict[tuple[str, int], float] = {}
    for writer, log in zip(everybody, logs, strict=True):
        number = application_of(writer).id
        for receipt, sent_at in log.receipts:
            first[receipt, number] = min(sent_at, first.get((receipt, number), sent_at))
    return Receipts(
        given=len(first),
        not_kept=len(first.keys() - set(stored)),
        twice=len(stored) - len({receipt for receipt, _application in stored}),
        late=sum(1 for sent_at in first.values() if sent_at >= deadline),
    )
