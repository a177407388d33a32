"""`scoring run` over a round's submissions, beside the same policy in a plain loop over the same rows.

The loop reads the rows with the driver, decodes them, asks the policy and makes the text of each sheet; it looks
nothing up and stores nothing. Figures are CPU seconds of this process, on SQLite; memory is that of a process of its
own.
"""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from pluggy import HookCaller
from skolemerke import clock, database
from skolemerke.applications.models import Application, Submission
from skolemerke.database import table_of
from skolemerke.registry.models import School
from skolemerke.rounds import operations as rounds
from skolemerke.rounds.models import Edition
from skolemerke.rounds.queries import content
from skolemerke.scoring import operations as scoring
from skolemerke.scoring.kinds import Points
from skolemerke.scoring.models import StoredSheet
from skolemerke.scoring.scorer import answers_of
from sqlalchemy import insert, select, text

from bench.frame import Row, paired, peak_megabytes
from bench.installation import ROOT, ROUND, make_home, running

FULL, SMALL = 50_000, 1_500
EXAMPLES = ROOT / "plugins" / "etwinning-2021-2022" / "examples.yaml"
AT_ONCE = 5_000


def run(*, full: bool) -> list[Row]:
    """Score 50,000 applications, or fewer."""
    applications = FULL if full else SMALL
    with tempfile.TemporaryDirectory(prefix="skolemerke-bench-") as folder:
        homes = [make_home(Path(folder) / name) for name in ("some", "tenth")]
        for home, count in zip(homes, (applications, applications // 10), strict=True):
            _fill(home, count)
        tenth, some = (_peak(home) for home in reversed(homes))
        with running(homes[0]):
            peer = _Loop(homes[0])
            peer.run()
            _start_over()
            with _hook_calls() as calls:
                scoring.run(ROUND)
            _assert_equal(peer.sheets)
            ours, plain = paired(_again, peer.run, times=1 if full else 5, warm=False)
        with running(homes[1]):
            _start_over()
            with _hook_calls() as few:
                scoring.run(ROUND)
    return [
        Row(f"run over {applications} submissions beside the policy in a loop", ours / plain, "times", 1.2,
            peer="loop, CPU seconds", peer_figure=plain),
        Row("hook calls of a run", len(calls), "calls", len(few), peer=f"of {applications // 10} submissions",
            peer_figure=len(few)),
        Row(f"more memory than for {applications // 10} submissions", some - tenth, "MB", 5),
        Row("memory of a process that scores", some, "MB"),
    ]  # fmt: skip


class _Loop:
    """The policy of the round in plain Python."""

    def __init__(self, home: Path) -> None:
        frozen = content(database.read().scalars(select(Edition)).one())
        self._form, self._kind = frozen.form, Points()
        self._parameters = Points.Parameters.model_validate(frozen.policy.parameters)
        self._file = home / "instance" / "skolemerke.db"
        self.sheets: dict[int, str] = {}

    def run(self) -> None:
        self.sheets = {}
        with closing(sqlite3.connect(self._file)) as connection:
            for number, *parts in connection.execute("SELECT id, raw, evidence, known FROM submission ORDER BY id"):
                answers = answers_of(*map(json.loads, parts))
                self.sheets[number] = self._kind.score(self._parameters, self._form, answers, {}).canonical()


def _start_over() -> None:
    """Take away what earlier runs stored."""
    with database.write() as session:
        session.execute(text("DELETE FROM score_sheet"))
        session.execute(text("DELETE FROM scoring_run"))


def _again() -> None:
    _start_over()
    scoring.run(ROUND)


def _assert_equal(sheets: dict[int, str]) -> None:
    stored = {row.submission_id: row.sheet for row in database.read().execute(_STORED)}
    database.read().rollback()
    assert sheets, "nothing was scored"
    assert stored == sheets


_STORED = select(StoredSheet.submission_id, StoredSheet.sheet)


@contextmanager
def _hook_calls() -> Iterator[list[str]]:
    """The hooks that are called meanwhile, each as often as it is."""
    calls: list[str] = []
    call = HookCaller.__call__

    def noted(caller: HookCaller, **arguments: object) -> Any:
        calls.append(caller.name)
        return call(caller, **arguments)

    HookCaller.__call__ = noted  # type: ignore[method-assign, assignment] # counted for a while
    try:
        yield calls
    finally:
        HookCaller.__call__ = call  # type: ignore[method-assign] # as it was


def _fill(home: Path, applications: int) -> None:
    """A round with so many applications, each submitted with the answers of one of the round's examples."""
    told = yaml.load(EXAMPLES.read_text(encoding="utf-8"), yaml.BaseLoader)
    examples = [(one["answers"], _evidence(one.get("evidence") or {})) for one in told]
    with running(home):
        rounds.open_round(ROUND)
        edition = rounds.freeze(ROUND, None).id
        for start in range(1, applications + 1, AT_ONCE):
            numbers = range(start, min(applications + 1, start + AT_ONCE))
            with database.write() as session:
                session.execute(insert(table_of(School)), [_school(n) for n in numbers])
                session.execute(insert(table_of(Application)), [_application(n, edition) for n in numbers])
                sent = [_submission(n, edition, *examples[n % len(examples)]) for n in numbers]
                session.execute(insert(table_of(Submission)), sent)


def _school(number: int) -> dict[str, Any]:
    return {"id": number, "school_id": f"S{number}", "name": f"School {number}", "country": "NO",
            "registered_on": date(2015, 1, 1), "facts": {}}  # fmt: skip


def _application(number: int, edition: int) -> dict[str, Any]:
    return {"id": number, "public_id": f"a{number}", "round_id": ROUND, "school_id": number, "edition_id": edition,
            "answers": {}, "created_at": clock.now()}  # fmt: skip


def _submission(number: int, edition: int, answers: dict[str, Any], evidence: list[dict[str, str]]) -> dict[str, Any]:
    return {
        "id": number, "application_id": number, "number": 1, "receipt": f"R{number}", "idempotency_key": "k",
        "arrived_at": clock.now(), "edition_id": edition, "language": "en", "raw": answers, "clean": answers,
        "evidence": evidence, "known": {}, "consent": "yes", "content_hash": f"{number:064}",
    }  # fmt: skip


def _evidence(counts: dict[str, Any]) -> list[dict[str, str]]:
    return [{"id": f"{name}{at}", "question_id": name} for name, count in counts.items() for at in range(int(count))]


def peak(home: str) -> None:
    """Score once and print the most memory that this process held; run in a process of its own."""
    with running(Path(home)):
        scoring.run(ROUND)
    print(json.dumps(peak_megabytes()))


def _peak(home: Path) -> float:
    code = "import sys; from bench.scoring import peak; peak(sys.argv[1])"
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])}
    done = subprocess.run(
        [sys.executable, "-c", code, str(home)], env=environ, cwd=ROOT, check=True, capture_output=True, text=True
    )
    return float(json.loads(done.stdout.strip().splitlines()[-1]))
