"""A registry imported, beside the same files read into plain tables: `sqlite3 .import` and `COPY`.

The peer only moves cells: it checks nothing, links nothing, keeps no index and compares with nothing. Figures are CPU
seconds of a process of its own for each import, so that its memory is known as well; on PostgreSQL, whose server
works in other processes, seconds on the wall. Where there is no `sqlite3` on the path, Python's module stands in.
"""

from __future__ import annotations

import csv
import json
import os
import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
from skolemerke.registry.generating import generate
from sqlalchemy.engine import make_url

from bench.frame import Row
from bench.servers import postgres

ROOT = Path(__file__).resolve().parent.parent
FULL, SMALL = 250_000, 10_000
MOST_MEGABYTES = 1_000
ROWS_A_SECOND = 100_000
LONGEST_SLICE = 100

IMPORT = """
import json, resource, sys, time
from pathlib import Path
from skolemerke import database
from skolemerke.app import create_app
from skolemerke.config import load_config
from skolemerke.bulk import slices as slicing
from skolemerke.registry.operations import import_directory

slices = []
adapt = slicing.Slices._adapt
slicing.Slices._adapt = lambda self, took: (slices.append(took), adapt(self, took))
home, url, files = sys.argv[1:]
app = create_app(load_config(Path(home), {"SKOLEMERKE_DATABASE_URL": url}), distributions=False)
with app.app_context():
    cpu, wall = time.process_time(), time.monotonic()
    report = import_directory(Path(files))
    print(json.dumps({
        "cpu": time.process_time() - cpu, "wall": time.monotonic() - wall,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3),
        "slices": slices, "files": [count.as_json() for count in report.files],
    }))
    app.extensions[database.EXTENSION].close()
"""


def run(*, full: bool) -> list[Row]:
    """Import a generated registry twice on each database that there is."""
    with tempfile.TemporaryDirectory(prefix="skolemerke-bench-") as folder:
        files = Path(folder) / "files"
        made = generate(files, schools=FULL if full else SMALL, seed=1)
        expected = {f"{name}.csv": count for name, count in vars(made).items()}
        rows = _on_sqlite(Path(folder), files, expected)
        with postgres() as url:
            if url:
                rows += _on_postgres(Path(folder), url, files, expected)
        return rows


def _on_sqlite(folder: Path, files: Path, expected: dict[str, int]) -> list[Row]:
    peer, plain = _plain_sqlite(folder / "plain.sqlite", files, expected)
    url = f"sqlite:///{(folder / 'registry.sqlite').as_posix()}"
    first = _imported(folder, url, files)
    again = _imported(folder, url, files)
    assert {file["file"]: file["new"] for file in first["files"]} == expected
    assert {file["file"]: file["same"] for file in again["files"]} == expected
    total = sum(expected.values())
    rates = [total / first["cpu"], total / again["cpu"]]
    return [
        Row("SQLite: first import", rates[0], "rows/CPU s", ROWS_A_SECOND, "at least", peer, total / plain),
        Row("SQLite: the same again", rates[1], "rows/CPU s", ROWS_A_SECOND, "at least", peer, total / plain),
        Row("SQLite: first import beside plain tables", first["cpu"] / plain, "times", peer=peer, peer_figure=1),
        Row("SQLite: memory of an import", max(first["peak"], again["peak"]), "MB", MOST_MEGABYTES),
        *_slices("SQLite", first, LONGEST_SLICE),
    ]


def _on_postgres(folder: Path, url: str, files: Path, expected: dict[str, int]) -> list[Row]:
    plain = _plain_postgres(url, files, expected)
    first = _imported(folder, url, files)
    again = _imported(folder, url, files)
    assert {file["file"]: file["new"] for file in first["files"]} == expected
    assert {file["file"]: file["same"] for file in again["files"]} == expected
    total = sum(expected.values())
    return [
        Row("PostgreSQL: first import", total / first["wall"], "rows/s", peer="COPY", peer_figure=total / plain),
        Row("PostgreSQL: the same again", total / again["wall"], "rows/s", peer="COPY", peer_figure=total / plain),
        Row("PostgreSQL: memory of an import", max(first["peak"], again["peak"]), "MB", MOST_MEGABYTES),
        *_slices("PostgreSQL", first, None),
    ]


def _slices(database: str, done: dict[str, Any], longest: float | None) -> list[Row]:
    """How long others had to wait, on SQLite alone: seconds on the wall, of which a busy machine makes more."""
    slices = sorted(done["slices"])
    middle, most = (slices[len(slices) * share // 100] * 1000 for share in (50, 99))
    return [
        Row(f"{database}: slices", len(slices), "slices"),
        Row(f"{database}: the middle slice", middle, "ms", longest),
        Row(f"{database}: the slice that 99 in 100 are shorter than", most, "ms", longest),
    ]


def _imported(home: Path, url: str, files: Path) -> dict[str, Any]:
    paths = os.pathsep.join([str(ROOT / "core"), str(ROOT / "forms")])
    done = subprocess.run(
        [sys.executable, "-c", IMPORT, str(home), url, str(files)],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": paths},
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _plain_sqlite(path: Path, files: Path, expected: dict[str, int]) -> tuple[str, float]:
    """Read the files into plain tables; says by what, and how many CPU seconds it took."""
    program = shutil.which("sqlite3")
    if program:
        commands = "\n".join(f".import --csv '{(files / name).as_posix()}' {name[:-4]}" for name in expected)
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([program, str(path)], input=commands, check=True, text=True, capture_output=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        took = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    else:
        begun = time.process_time()
        _executemany(path, files, expected)
        took = time.process_time() - begun
    with closing(sqlite3.connect(path)) as plain:
        found = {name: plain.execute(f"SELECT count(*) FROM {name[:-4]}").fetchone()[0] for name in expected}
    assert found == expected
    return ("sqlite3 .import" if program else "executemany", took)


def _executemany(path: Path, files: Path, expected: dict[str, int]) -> None:
    with closing(sqlite3.connect(path)) as plain:
        for name in expected:
            with (files / name).open(encoding="utf-8", newline="") as file:
                rows = csv.reader(file)
                header = next(rows)
                plain.execute(f"CREATE TABLE {name[:-4]} ({', '.join(f'{column} TEXT' for column in header)})")
                plain.executemany(f"INSERT INTO {name[:-4]} VALUES ({', '.join('?' * len(header))})", rows)
        plain.commit()


def _plain_postgres(url: str, files: Path, expected: dict[str, int]) -> float:
    """Copy the files into plain tables; says how many seconds it took."""
    address = make_url(url)
    host, user = str(address.query["host"]), address.username
    begun = time.monotonic()
    with psycopg.connect(host=host, user=user, dbname=address.database) as plain:
        for name in expected:
            with (files / name).open("rb") as file:
                columns = file.readline().decode().strip().split(",")
                table = f"plain_{name[:-4]}"
                plain.execute(f"CREATE TABLE {table} ({', '.join(f'{column} TEXT' for column in columns)})")
                with plain.cursor().copy(f"COPY {table} FROM STDIN (FORMAT csv)") as copy:
                    while block := file.read(1 << 20):
                        copy.write(block)
    took = time.monotonic() - begun
    with psycopg.connect(host=host, user=user, dbname=address.database) as plain:
        for name, count in expected.items():
            found = plain.execute(f"SELECT count(*) FROM plain_{name[:-4]}").fetchone()
            assert found == (count,)
    return took
