"""Writers who save all the time while the server is killed again and again: nothing acknowledged is lost."""

from __future__ import annotations

import random
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import requests
from skolemerke import audit, database
from sqlalchemy import text

from bench.frame import Row
from bench.installation import (
    Writer,
    cookie_of,
    free_port,
    make_home,
    running,
    start_server,
    versions_of,
    writers,
)

QUESTIONS = ("team_work", "team_members", "group_projects", "teaching_next_step")
SECTION = "teaching"
SECONDS_TO_START = 3
"""Time on the wall, and so of a machine that does nothing else."""


@dataclass
class Log:
    """What one writer was told: the text of every version that was acknowledged, and every refusal that was none of
    a killed server's."""

    acknowledged: dict[int, str] = field(default_factory=dict)
    refusals: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Outcome:
    """What came of it."""

    kills: int
    acknowledged: int
    lost: int
    refusals: tuple[str, ...]
    is_sound: bool
    slowest_start: float


def run(*, full: bool) -> list[Row]:
    """Twenty writers; 200 kills at full size."""
    with tempfile.TemporaryDirectory() as folder:
        found = killed(Path(folder), kills=200 if full else 8)
    name = f"20 writers, {found.kills} kills"
    return [
        Row(f"{name}: acknowledged saves", found.acknowledged, "saves", 1, "at least"),
        Row(f"{name}: acknowledged and lost", found.lost, "saves", 0),
        Row(f"{name}: refused, 'database is locked' among them", len(found.refusals), "saves", 0),
        Row(f"{name}: database and audit chain sound", int(found.is_sound), "yes = 1", 1, "at least"),
        Row(f"{name}: slowest start after a kill (wall)", found.slowest_start, "s", SECONDS_TO_START),
    ]


def killed(home: Path, *, kills: int, schools: int = 5, seed: int = 1) -> Outcome:
    """Let four teachers of each school write, and kill the server so many times."""
    make_home(home)
    with running(home) as app:
        everybody = writers(schools, len(QUESTIONS))
        cookies = [cookie_of(app, writer) for writer in everybody]
    port, dice = free_port(), random.Random(seed)
    process = start_server(home, port)
    stop = threading.Event()
    logs = [Log() for _ in everybody]
    threads = [
        threading.Thread(
            target=_write, args=(_address(port, writer), cookie, QUESTIONS[at % len(QUESTIONS)], logs[at], stop)
        )
        for at, (writer, cookie) in enumerate(zip(everybody, cookies, strict=True))
    ]
    for thread in threads:
        thread.start()
    slowest = 0.0
    try:
        for _ in range(kills):
            time.sleep(dice.uniform(0.2, 1.0))
            process.kill()
            process.wait()
            began = time.monotonic()
            process = start_server(home, port)
            slowest = max(slowest, time.monotonic() - began)
        time.sleep(0.5)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
        process.kill()
        process.wait()
    return _judged(home, everybody, logs, kills, slowest)


def _write(address: str, cookie: str, question: str, log: Log, stop: threading.Event) -> None:
    """Save one answer over and over, as the page's script does: with the version that was acknowledged last."""
    client, version, number, token = requests.Session(), 0, 0, ""
    client.cookies.set("session", cookie, domain="127.0.0.1", path="/")
    page = cookie[-8:]
    while not stop.is_set():
        number += 1
        typed = f"{page} wrote this for the {number}th time"
        try:
            token = token or client.get(address, timeout=10).json()["token"]
            sent = {
                "csrf_token": token,
                f"q_{question}": typed,
                f"v_{question}": str(version),
                "page": page,
            }
            answer = client.post(address, data=sent, timeout=10)
        except requests.RequestException:
            # The server was killed: whether the save was stored is not known, so the next one may find it.
            client.close()
            time.sleep(0.05)
            continue
        if answer.status_code != 200:
            log.refusals.append(f"{answer.status_code} {answer.text[:200]}")
            continue
        told = answer.json()
        if question in told["versions"]:
            version = told["versions"][question]
            log.acknowledged[version] = typed
        else:
            log.refusals.append(str(told))


def _judged(home: Path, everybody: list[Writer], logs: list[Log], kills: int, slowest: float) -> Outcome:
    with running(home):
        session = database.read()
        lost = 0
        for at, (writer, log) in enumerate(zip(everybody, logs, strict=True)):
            question = QUESTIONS[at % len(QUESTIONS)]
            stored = {version: row.raw for version, row in versions_of(writer, question).items()}
            lost += sum(1 for version, typed in log.acknowledged.items() if stored.get(version) != typed)
        is_sound = session.execute(text("PRAGMA integrity_check")).scalar() == "ok"
        is_sound = is_sound and not list(audit.breaks(session))
    refusals = tuple(refusal for log in logs for refusal in log.refusals)
    return Outcome(kills, sum(len(log.acknowledged) for log in logs), lost, refusals, is_sound, slowest)


def _address(port: int, writer: Writer) -> str:
    return f"http://127.0.0.1:{port}/applications/{writer.public_id}/{SECTION}/autosave"
