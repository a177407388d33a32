"""Writers who save all the time while the server is killed again and again: nothing acknowledged is lost."""

from __future__ import annotations

import random
import tempfile
import threading
import time
from dataclasses import dataclass, field, replace
from pathlib import Path

import requests
from skolemerke import audit, database
from sqlalchemy import text

from bench.frame import Row
from bench.installation import cookie_of, make_home, running, versions_of, writers
from bench.victims import Started, Victim

QUESTIONS = ("team_work", "team_members", "group_projects", "teaching_next_step")
SECTION = "teaching"
SECONDS_TO_START = 3
"""On the wall only where the machine does nothing else; that of the processor means the same on a busy one."""
MOST_SAVES, LONGEST_SAVE = 40, 0.05
"""A server is killed after at most so many saves, and at most so many seconds: within the next ones."""
REST = 0.02
"""Seconds for which a writer rests after each save."""
PATIENCE = 60


@dataclass(frozen=True)
class Pen:
    """What a teacher writes with: where it saves, who is signed in, and the answer that is written."""

    public_id: str
    cookie: str
    question: str

    @property
    def address(self) -> str:
        """Where it saves."""
        return f"/applications/{self.public_id}/{SECTION}/autosave"


@dataclass
class Log:
    """What one writer was told: the text of every version that was acknowledged, and every refusal that was none of
    a killed server's."""

    acknowledged: dict[int, str] = field(default_factory=dict)
    refusals: list[str] = field(default_factory=list)
    unanswered: int = 0


@dataclass(frozen=True)
class Outcome:
    """What came of it; `cut_off` are the kills that left somebody without an answer."""

    kills: int
    acknowledged: int
    lost: int
    cut_off: int
    refusals: tuple[str, ...]
    is_sound: bool
    slowest_start: float
    start_cpu: float


def run(*, full: bool) -> list[Row]:
    """Twenty writers; 200 kills at full size."""
    with tempfile.TemporaryDirectory() as folder:
        home = make_home(Path(folder))
        found = killed(home, twenty_pens(home), Started(home), kills=200 if full else 8)
    name = f"20 writers, {found.kills} kills"
    return [
        Row(f"{name}: acknowledged saves", found.acknowledged, "saves", 1, "at least"),
        Row(f"{name}: acknowledged and lost", found.lost, "saves", 0),
        Row(f"{name}: that cut somebody off", found.cut_off, "kills", found.kills // 2, "at least"),
        Row(f"{name}: refused, 'database is locked' among them", len(found.refusals), "saves", 0),
        Row(f"{name}: database and audit chain sound", int(found.is_sound), "yes = 1", 1, "at least"),
        Row(f"{name}: slowest start after a kill", found.start_cpu, "CPU s", SECONDS_TO_START),
        Row(f"{name}: slowest start after a kill (wall)", found.slowest_start, "s", SECONDS_TO_START),
    ]


def twenty_pens(home: Path) -> list[Pen]:
    """Four teachers of each of five schools, in a home that is made ready for them."""
    with running(home) as app:
        everybody = writers(5, len(QUESTIONS))
        return [
            Pen(one.public_id, cookie_of(app, one), QUESTIONS[at % len(QUESTIONS)]) for at, one in enumerate(everybody)
        ]


def killed(home: Path, pens: list[Pen], victim: Victim, *, kills: int, seed: int = 1) -> Outcome:
    """Let everybody write, and kill their server so many times: each time at some moment after some more saves."""
    dice, stop = random.Random(seed), threading.Event()
    victim.start()
    logs = [Log() for _ in pens]
    threads = [
        threading.Thread(target=_write, args=(victim.port, pen, log, stop)) for pen, log in zip(pens, logs, strict=True)
    ]
    for thread in threads:
        thread.start()
    slowest, start_cpu, cut_off = 0.0, 0.0, 0
    try:
        for _ in range(kills):
            _wait_for_saves(logs, dice.randint(1, MOST_SAVES))
            time.sleep(dice.uniform(0, LONGEST_SAVE))
            unanswered = sum(log.unanswered for log in logs)
            victim.kill()
            began = time.monotonic()
            victim.start()
            slowest, start_cpu = max(slowest, time.monotonic() - began), max(start_cpu, victim.cpu)
            cut_off += sum(log.unanswered for log in logs) > unanswered
        _wait_for_saves(logs, 1)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
        victim.kill()
    return _judged(home, pens, logs, Outcome(kills, 0, 0, cut_off, (), False, slowest, start_cpu))


def _wait_for_saves(logs: list[Log], more: int) -> None:
    """Wait until so many more saves are acknowledged."""
    goal, end = sum(len(log.acknowledged) for log in logs) + more, time.monotonic() + PATIENCE
    while sum(len(log.acknowledged) for log in logs) < goal:
        if time.monotonic() > end:
            raise TimeoutError("nothing is saved")
        time.sleep(0.005)


def _write(port: int, pen: Pen, log: Log, stop: threading.Event) -> None:
    """Save one answer over and over, as the page's script does: with the version that was acknowledged last."""
    client, version, number, token = requests.Session(), 0, 0, ""
    client.cookies.set("session", pen.cookie, domain="127.0.0.1", path="/")
    address, page = f"http://127.0.0.1:{port}{pen.address}", pen.cookie[-8:]
    while not stop.wait(REST):
        number += 1
        typed = f"{page} wrote this for the {number}th time"
        try:
            token = token or client.get(address, timeout=10).json()["token"]
            sent = {
                "csrf_token": token,
                f"q_{pen.question}": typed,
                f"v_{pen.question}": str(version),
                "page": page,
            }
            answer = client.post(address, data=sent, timeout=10)
        except requests.RequestException:
            # The server was killed: whether the save was stored is not known, so the next one may find it.
            log.unanswered += 1
            client.close()
            stop.wait(10 * REST)
            continue
        if answer.status_code != 200:
            log.refusals.append(f"{answer.status_code} {answer.text[:200]}")
            continue
        told = answer.json()
        if pen.question in told["versions"]:
            version = told["versions"][pen.question]
            log.acknowledged[version] = typed
        else:
            log.refusals.append(str(told))


def _judged(home: Path, pens: list[Pen], logs: list[Log], outcome: Outcome) -> Outcome:
    with running(home):
        session = database.read()
        lost = 0
        for pen, log in zip(pens, logs, strict=True):
            stored = {number: row.raw for number, row in versions_of(pen.public_id, pen.question).items()}
            lost += sum(1 for version, typed in log.acknowledged.items() if stored.get(version) != typed)
        is_sound = session.execute(text("PRAGMA integrity_check")).scalar() == "ok"
        is_sound = is_sound and not list(audit.breaks(session))
    return replace(
        outcome,
        acknowledged=sum(len(log.acknowledged) for log in logs),
        lost=lost,
        refusals=tuple(refusal for log in logs for refusal in log.refusals),
        is_sound=is_sound,
    )
