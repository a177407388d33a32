"""40,000 invitations queued from the registry, beside the same rows written by `executemany` and by `COPY`.

The peer is handed finished rows and only writes them, into the same table with the same indexes; the project finds
them by the check, the registry and the outbox, and keeps each from being made twice. On SQLite the figures are CPU
seconds of this process; on PostgreSQL, which works in processes of its own, seconds on the wall. `--full` also kills
the sender 50 times during 40,000 mails.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from statistics import median
from typing import Any

from flask import Flask
from skolemerke import database, outbox
from skolemerke.app import create_app
from skolemerke.config import load_config
from skolemerke.contract.criteria import Verdict
from skolemerke.database import table_of
from skolemerke.eligibility.models import Run, SchoolVerdict
from skolemerke.invitations.models import InvitedSchool
from skolemerke.invitations.operations import Queued, queue
from skolemerke.outbox import Mail
from skolemerke.registry.models import Person, School, Teacher
from skolemerke.rounds import operations as rounds
from skolemerke.worker import letters
from sqlalchemy import delete, func, insert, select, text

from bench.frame import Row, cpu_of
from bench.killing import kill_senders
from bench.servers import postgres

ROOT = Path(__file__).resolve().parent.parent
ROUND = "2021-2022"
IN_THE_ROUND = "2020-12-01T09:00:00+01:00"
TEACHERS = 8
"""Teachers of a school that may apply; 7.6 in the real round."""
OTHERS = 4
"""Schools that may not, for each that may; with two teachers each."""
TURNS = 5
COLUMNS = [column.name for column in table_of(Mail).columns if column.name != "id"]


def run(*, full: bool) -> list[Row]:
    """Queue the invitations on each database that there is, and write them."""
    schools = 5_000 if full else 500
    rows = _on("SQLite", "", schools, _executemany, cpu_of)
    with postgres() as url:
        if url:
            rows += _on("PostgreSQL", url, schools, _copy, _wall)
    return rows + (_killed() if full else [])


def _on(
    name: str,
    url: str,
    schools: int,
    peer: Callable[[list[tuple[Any, ...]]], None],
    measure: Callable[[Callable[[], object]], float],
) -> list[Row]:
    with _installation(url) as app:
        _fill(schools)
        expected = Queued(schools * TEACHERS, 0, schools)
        assert queue(ROUND) == expected
        finished = _finished()
        first, again, peers = [], [], []
        for _ in range(TURNS):
            _empty()
            first.append(measure(lambda: queue(ROUND)))
            assert _finished(with_numbers=False) == [_without_numbers(row) for row in finished]
            again.append(measure(lambda: queue(ROUND)))
            assert queue(ROUND) == Queued(0, schools * TEACHERS, schools)
            _empty()
            peers.append(measure(lambda: peer(finished)))
            assert _finished() == finished
        mails = len(finished)
        ours, theirs = median(first), median(peers)
        rows = [
            Row(f"{name}: {mails} invitations queued, times the peer", ours / theirs, "times", 2, peer=_peer(peer)),
            Row(f"{name}: the second run, times the first", median(again) / ours, "times", 1.5),
            Row(f"{name}: queued", ours, "seconds", peer=_peer(peer), peer_figure=theirs),
        ]
        if name == "SQLite":
            rows.append(_written(app, mails))
        return rows


def _peer(peer: Callable[..., None]) -> str:
    return {"_executemany": "raw executemany", "_copy": "COPY"}[peer.__name__]


def _written(app: Flask, mails: int) -> Row:
    """What it costs to write and build each mail, without sending it."""
    some = database.read().scalars(select(Mail).order_by(Mail.id).limit(2_000)).all()

    def write() -> None:
        for mail in some:
            bytes(letters.message_of(mail, outbox.of(app).renderers[mail.kind](mail)))

    write()
    return Row(f"SQLite: {mails} mails written, no more than this", cpu_of(write) / len(some) * mails, "CPU seconds")


def _executemany(rows: list[tuple[Any, ...]]) -> None:
    connection = database.current().engine.raw_connection()
    try:
        marks = ",".join("?" * len(COLUMNS))
        cursor = connection.cursor()
        cursor.execute("BEGIN IMMEDIATE")
        cursor.executemany(f"INSERT INTO mail ({','.join(COLUMNS)}) VALUES ({marks})", rows)
        cursor.execute("COMMIT")
    finally:
        connection.close()


def _copy(rows: list[tuple[Any, ...]]) -> None:
    connection: Any = database.current().engine.raw_connection()
    try:
        with connection.cursor().copy(f"COPY mail ({','.join(COLUMNS)}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        connection.commit()
    finally:
        connection.close()


def _finished(*, with_numbers: bool = True) -> list[tuple[Any, ...]]:
    """The rows of the outbox as the driver takes them, in the order in which they were written."""
    database.current().forget()
    connection: Any = database.current().engine.raw_connection()
    try:
        cursor = connection.cursor()
        chosen = [f"{name}::text" if name == "payload" and _is_postgres() else name for name in COLUMNS]
        cursor.execute(f"SELECT {','.join(chosen)} FROM mail ORDER BY id")
        rows = [tuple(row) for row in cursor.fetchall()]
    finally:
        connection.rollback()
        connection.close()
    return rows if with_numbers else [_without_numbers(row) for row in rows]


def _without_numbers(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """A row without what differs between two runs: its number and its times."""
    differs = {"message_id", "created_at", "due_at"}
    return tuple(value for name, value in zip(COLUMNS, row, strict=True) if name not in differs)


def _is_postgres() -> bool:
    return database.current().engine.dialect.name == "postgresql"


def _empty() -> None:
    with database.write() as session:
        # Deleted rows would stay in PostgreSQL's table and be in the way of whoever comes next.
        session.execute(text("TRUNCATE mail") if _is_postgres() else delete(Mail))
        session.execute(delete(InvitedSchool))


def _wall(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def _fill(may_apply: int) -> None:
    """Schools with their teachers, and the check that found some of them eligible."""
    rounds.open_round(ROUND)
    edition = rounds.freeze(ROUND, None).id
    schools = may_apply * (1 + OTHERS)
    now = datetime.now(UTC)
    with database.write() as session:
        session.execute(
            insert(School),
            [
                {
                    "id": number,
                    "school_id": f"S{number}",
                    "name": f"Skole {number}",
                    "country": "NO",
                    "registered_on": date(2015, 1, 1),
                    "head_email": f"rektor{number}@skole.example",
                }
                for number in range(1, schools + 1)
            ],
        )
        places = [school for school in range(1, schools + 1) for _ in range(TEACHERS if school <= may_apply else 2)]
        session.execute(insert(Person), [{"id": n, "teacher_id": f"T{n}"} for n in range(1, len(places) + 1)])
        session.execute(
            insert(Teacher),
            [
                {
                    "id": number,
                    "person_id": number,
                    "school_id": school,
                    "name": f"Lærer {number}",
                    "email": f"t{number}@skole.example",
                    "language": "nb",
                }
                for number, school in enumerate(places, 1)
            ],
        )
        made = Run(round_id=ROUND, number=1, at=now, made_at=now, counts={})
        session.add(made)
        session.flush()
        session.execute(
            insert(SchoolVerdict),
            [
                {
                    "run_id": made.id,
                    "school_id": number,
                    "edition_id": edition,
                    "outcome": int(Verdict.MET if number <= may_apply else Verdict.NOT_MET),
                    "verdicts": 0,
                    "found": "",
                }
                for number in range(1, schools + 1)
            ],
        )
        if session.get_bind().dialect.name == "postgresql":
            session.execute(select(func.setval("teacher_id_seq", len(places))))


def _killed() -> list[Row]:
    """Forty thousand mails, the sender killed fifty times."""
    mails, kills = 40_000, 50
    with _installation("") as app, database.write() as session:
        session.execute(
            insert(Mail),
            [
                {
                    "dedupe_key": f"n{number}",
                    "kind": "news",
                    "address": f"teacher{number}@school.example",
                    "name": f"Kim {number}",
                    "language": "en",
                    "created_at": datetime.now(UTC),
                    "due_at": datetime.now(UTC),
                }
                for number in range(mails)
            ],
        )
        home = app.extensions["skolemerke.config"].home
        session.commit()
        outcome = kill_senders(home, mails, kills, settings={})
    return [
        Row(f"{mails} mails, sender killed {kills} times: people left out", mails - outcome.people, "people", 0),
        Row("second copies", outcome.copies, "mails", kills),
        Row("second copies with another Message-ID", outcome.strangers, "mails", 0),
    ]


@contextmanager
def _installation(url: str) -> Iterator[Flask]:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        shutil.copytree(ROOT / "plugins", home / "plugins", ignore=shutil.ignore_patterns("__pycache__"))
        environ = {"SKOLEMERKE_CLOCK": IN_THE_ROUND, **({"SKOLEMERKE_DATABASE_URL": url} if url else {})}
        app = create_app(load_config(home, environ), distributions=False)
        with app.app_context():
            yield app
            database.current().close()
