"""The list of teachers and the public list of labels as CSV, beside a streaming query of SQLAlchemy's Core.

The peer writes the same bytes: the same columns, join and order, a thousand rows at a time, by `csv.writer`; it guards
nothing. Figures are CPU seconds of this process, on SQLite; memory is that of a process of its own for each size.
"""

from __future__ import annotations

import csv
import hashlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from functools import partial
from io import StringIO
from pathlib import Path
from typing import Any

from skolemerke import database
from skolemerke.database import table_of
from skolemerke.registry.models import School, SchoolLabel, Teacher
from sqlalchemy import Select, String, func, literal, select
from sqlalchemy import cast as as_type

from bench.frame import Row, paired, peak_megabytes
from bench.installation import ROOT, make_home
from bench.office import BEGINNING, Office, fill, office

FULL, SMALL = 250_000, 50_000
AT_ONCE = 1000
TEACHERS, LABELS = "/admin/teachers/export/csv/?sort=name", "/labels.csv"
HEADS = ("Name", "Address", "Role", "School", "Language", "Registered", "Left")
LABEL_HEADS = ("certificate", "school", "city", "country", "round", "valid_from", "valid_to", "state")


def run(*, full: bool) -> list[Row]:
    """Write 250,000 teachers and as many labels as they have schools, or a fifth of that."""
    teachers = FULL if full else SMALL
    with tempfile.TemporaryDirectory(prefix="skolemerke-bench-") as folder:
        home = make_home(Path(folder) / "home")
        fill(home, teachers)
        with office(home) as ours:
            rows = [*_measured(ours, teachers)]
        few, many = (_peak(home, TEACHERS + more) for more in (f"&search={BEGINNING}", ""))
    growth = f"more memory for {teachers} rows than for {teachers // 10}"
    return [*rows, Row(growth, many - few, "MB", 5), Row("memory of a process that writes them", many, "MB")]


def _measured(ours: Office, teachers: int) -> Iterator[Row]:
    for name, address, heads, statement, mark in (
        (f"{teachers} teachers as CSV", TEACHERS, HEADS, _teachers(), "\ufeff"),
        (f"{teachers // 5} labels as CSV", LABELS, LABEL_HEADS, _labels(), ""),
    ):
        mine = partial(_requested, ours, address)
        peers = partial(_streamed, ours, heads, statement, mark)
        assert mine() == peers(), name
        own, theirs = paired(mine, peers, times=5, warm=False)
        yield Row(f"{name} beside a streaming Core query", own / theirs, "times", 1.2,
                  peer="Core query, CPU seconds", peer_figure=theirs)  # fmt: skip


def _requested(ours: Office, address: str) -> tuple[str, int]:
    """The digest and size of what our application answers, read as it comes."""
    with ours.central.get(address, buffered=False) as answer:
        assert answer.status_code == 200, answer.status
        return _digest(answer.iter_encoded())


def _streamed(ours: Office, heads: tuple[str, ...], statement: Select[Any], mark: str) -> tuple[str, int]:
    engine = ours.app.extensions[database.EXTENSION].engine
    with engine.connect() as connection:
        found = connection.execution_options(yield_per=AT_ONCE).execute(statement)
        return _digest(_lines(heads, found, mark))


def _lines(heads: tuple[str, ...], found: Any, mark: str) -> Iterator[bytes]:
    out = StringIO()
    writer = csv.writer(out)
    out.write(mark)
    writer.writerow(heads)
    for rows in found.partitions():
        writer.writerows(rows)
        yield out.getvalue().encode()
        out.seek(0)
        out.truncate()


def _teachers() -> Select[Any]:
    teacher, school = table_of(Teacher), table_of(School)
    columns = (teacher.c.name, teacher.c.email, teacher.c.role, school.c.name, teacher.c.language,
               teacher.c.registered_on, teacher.c.left_on)  # fmt: skip
    joined = teacher.outerjoin(school, school.c.id == teacher.c.school_id)
    return select(*columns).select_from(joined).order_by(func.lower(teacher.c.name), teacher.c.id)


def _labels() -> Select[Any]:
    label = table_of(SchoolLabel)
    year = as_type(label.c.valid_from, String), as_type(label.c.valid_to, String)
    columns = (label.c.certificate, label.c.school_name, label.c.city, label.c.country, label.c.round_id,
               year[0] + "-01-01", year[1] + "-12-31", literal("valid"))  # fmt: skip
    order = (label.c.round_id.desc(), label.c.country, func.lower(label.c.school_name), label.c.id)
    return select(*columns).order_by(*order)


def _digest(parts: Iterable[bytes]) -> tuple[str, int]:
    made, size = hashlib.blake2b(digest_size=16), 0
    for part in parts:
        made.update(part)
        size += len(part)
    return made.hexdigest(), size


def peak(home: str, address: str) -> None:
    """Write a list once and print the most memory that this process held; run in a process of its own."""
    with office(Path(home)) as ours:
        _requested(ours, address)
    print(json.dumps(peak_megabytes()))


def _peak(home: Path, address: str) -> float:
    code = "import sys; from bench.export import peak; peak(*sys.argv[1:])"
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])}
    done = subprocess.run(
        [sys.executable, "-c", code, str(home), address],
        env=environ, cwd=ROOT, check=True, capture_output=True, text=True,
    )  # fmt: skip
    return float(json.loads(done.stdout.strip().splitlines()[-1]))
