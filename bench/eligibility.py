"""Step one over a whole registry: every school with a verdict and a reason, beside a loop and beside DuckDB.

The peers answer yes or no only. The loop asks two counts a school through the ORM, for a sample of the schools, and is
extrapolated. DuckDB reads the same files and answers in one statement on one thread.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import duckdb
from skolemerke import database
from skolemerke.app import create_app
from skolemerke.config import load_config
from skolemerke.contract.criteria import Verdict
from skolemerke.eligibility.models import Run, SchoolVerdict
from skolemerke.eligibility.operations import check
from skolemerke.registry.generating import generate
from skolemerke.registry.models import Activity, Project, QualityLabel, School, Teacher
from skolemerke.registry.operations import import_directory
from sqlalchemy import ColumnElement, func, or_, select, text

from bench.frame import Row, cpu_of, paired, peak_megabytes
from bench.servers import postgres

ROOT = Path(__file__).parent.parent
ROUND = "2021-2022"
PLUGINS = ("etwinning-2018-2019", "etwinning-2019-2020", "etwinning-2020-2021", "etwinning-2021-2022")
NOW = "2020-12-01T09:00:00+01:00"
DAY = date(2020, 11, 9)
BEFORE, ACTIVE, LABELLED = date(2018, 11, 9), (date(2019, 1, 1), date(2020, 12, 31)), (date(2018, 11, 9), DAY)
FULL, SMALL, SAMPLE = 250_000, 25_000, 400
MOST_STORED = 20


def run(*, full: bool) -> list[Row]:
    """Measure the check at the real size, or at a tenth of it."""
    schools = FULL if full else SMALL
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        files = home / "files"
        generate(files, schools=schools, seed=1)
        for name in PLUGINS:
            shutil.copytree(ROOT / "plugins" / name, home / "plugins" / name)
        with _running(home):
            import_directory(files)
            before = _bytes()
            check(ROUND)
            stored = _bytes() - before
            duck = _duck(files)
            _assert_equal(duck)
            ours, peer = paired(lambda: check(ROUND), lambda: _yes_or_no(duck), times=3, warm=False)
            loop = _loop_seconds(schools)
            duck.close()
        memory = _memory(home)
        with postgres() as url:
            on_postgres = _on_postgres(home, url, files, schools) if url else []
    return [
        Row(
            f"check of {schools} schools beside two counts a school ({SAMPLE} measured)",
            loop / ours,
            "times faster",
            100,
            "at least",
            "seconds of the loop, extrapolated",
            loop,
        ),
        Row("check beside DuckDB's bare yes or no", ours / peer, "times", 15, "at most", "DuckDB, CPU seconds", peer),
        Row("check, counted and committed", ours, "CPU seconds"),
        Row("memory of a process that checks", memory, "MB", 250),
        Row("stored for 250,000 schools, indices included", stored / schools * FULL / 1e6, "MB", MOST_STORED),
        *on_postgres,
    ]


def _on_postgres(home: Path, url: str, files: Path, schools: int) -> list[Row]:
    """What the same check stores and how long it takes there, on the wall: the server works in processes of its own."""
    with _running(home, url):
        import_directory(files)
        check(ROUND)
        before, began = _bytes(), time.perf_counter()
        check(ROUND)
        took = time.perf_counter() - began
        stored = _bytes() - before
    return [
        Row(
            "PostgreSQL: stored for 250,000 schools, indices included", stored / schools * FULL / 1e6, "MB", MOST_STORED
        ),
        Row("PostgreSQL: check, counted and committed", took, "seconds on the wall"),
    ]


def peak(home: str) -> None:
    """Check once and print the most memory that this process held; run in a process of its own."""
    with _running(Path(home)):
        check(ROUND)
    print(json.dumps(peak_megabytes()))


@contextmanager
def _running(home: Path, url: str = "") -> Iterator[None]:
    environ = {"SKOLEMERKE_CLOCK": NOW, **({"SKOLEMERKE_DATABASE_URL": url} if url else {})}
    app = create_app(load_config(home, environ), distributions=False)
    with app.app_context():
        yield
        app.extensions[database.EXTENSION].close()


def _bytes() -> int:
    """What the pages in use of the database take."""
    session = database.read()
    session.rollback()
    if session.get_bind().dialect.name == "postgresql":
        return int(session.scalar(text("SELECT sum(pg_total_relation_size(oid)) FROM pg_class WHERE relkind = 'r' "
                                       "AND relnamespace = 'public'::regnamespace")) or 0)  # fmt: skip
    pages, free, size = (
        session.scalar(text(f"PRAGMA {name}")) or 0 for name in ("page_count", "freelist_count", "page_size")
    )
    return (pages - free) * size


def _memory(home: Path) -> float:
    code = "import sys; from bench.eligibility import peak; peak(sys.argv[1])"
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])}
    done = subprocess.run(
        [sys.executable, "-c", code, str(home)], env=environ, cwd=ROOT, check=True, capture_output=True, text=True
    )
    return float(json.loads(done.stdout.strip().splitlines()[-1]))


def _duck(files: Path) -> duckdb.DuckDBPyConnection:
    """The same rows in DuckDB, on one thread."""
    duck = duckdb.connect(config={"threads": 1})
    for name in ("schools", "teachers", "activities", "projects", "quality_labels"):
        path = (files / f"{name}.csv").as_posix()
        plain = """header=true, all_varchar=true, delim=',', quote='"', escape='"', sample_size=-1"""
        duck.execute(f"CREATE TABLE {name} AS SELECT * FROM read_csv('{path}', {plain})")
    for name, columns in {
        "schools": ["registered_on"],
        "teachers": ["registered_on", "left_on"],
        "activities": ["happened_on"],
        "quality_labels": ["granted_on"],
    }.items():
        for column in columns:
            duck.execute(f"ALTER TABLE {name} ALTER {column} TYPE DATE USING CAST(nullif({column}, '') AS DATE)")
    return duck


YES_OR_NO = """
    SELECT s.school_id FROM schools s
    JOIN (SELECT t.school_id FROM teachers t
          WHERE (t.left_on IS NULL OR t.left_on > $day) AND (t.teacher_id, t.school_id) IN (
              SELECT a.teacher_id, coalesce(nullif(a.school_id, ''), served.school_id) FROM activities a
              LEFT JOIN teachers served ON coalesce(a.school_id, '') = '' AND served.teacher_id = a.teacher_id
                  AND (served.registered_on IS NULL OR served.registered_on <= a.happened_on)
                  AND (served.left_on IS NULL OR served.left_on > a.happened_on)
              WHERE a.happened_on BETWEEN $active_from AND least($active_to, $day))
          GROUP BY 1 HAVING count(*) >= 2) active USING (school_id)
    JOIN (SELECT l.school_id FROM quality_labels l JOIN projects p USING (project_id)
          WHERE l.kind = 'national' AND p.european = 'yes' AND l.granted_on BETWEEN $label_from AND $label_to
          GROUP BY 1) labelled USING (school_id)
    WHERE s.registered_on < $before
"""


def _yes_or_no(duck: duckdb.DuckDBPyConnection) -> list[tuple[str]]:
    facts = {"day": DAY, "active_from": ACTIVE[0], "active_to": ACTIVE[1], "before": BEFORE}
    return duck.execute(YES_OR_NO, {**facts, "label_from": LABELLED[0], "label_to": LABELLED[1]}).fetchall()


def _assert_equal(duck: duckdb.DuckDBPyConnection) -> None:
    """Our verdicts are those of DuckDB for every school, and those of the loop for the sample."""
    latest = select(func.max(Run.id)).scalar_subquery()
    outcomes = (
        select(School.school_id, School.id, SchoolVerdict.outcome)
        .join(SchoolVerdict, SchoolVerdict.school_id == School.id)
        .where(SchoolVerdict.run_id == latest)
    )
    ours = {name: (key, outcome) for name, key, outcome in database.read().execute(outcomes)}
    eligible = {name for name, (_, outcome) in ours.items() if outcome == Verdict.MET}
    unclear = {name for name, (_, outcome) in ours.items() if outcome == Verdict.UNCLEAR}
    theirs = {name for (name,) in _yes_or_no(duck)}
    assert eligible == theirs, (len(eligible), len(theirs))
    by_key = {key: outcome for name, (key, outcome) in ours.items() if name not in unclear}
    for key in _sample(len(ours)):
        if key in by_key:
            assert _counted(key) == (by_key[key] == Verdict.MET), key


def _sample(schools: int) -> list[int]:
    ids = list(database.read().scalars(select(School.id).order_by(School.id)))
    return ids[:: max(1, schools // SAMPLE)][:SAMPLE]


def _loop_seconds(schools: int) -> float:
    sample = _sample(schools)
    seconds = cpu_of(lambda: [_counted(key) for key in sample])
    return seconds / len(sample) * schools


def _counted(key: int) -> bool:
    """One school as a loop over objects would judge it: the school, and two counts."""
    session = database.read()
    school = session.get_one(School, key)
    then = or_(Activity.school_id == key, Activity.school_id.is_(None) & _served())
    active = session.scalar(
        select(func.count(Teacher.person_id.distinct()))
        .join(Activity, Activity.person_id == Teacher.person_id)
        .where(
            Teacher.school_id == key,
            Teacher.gone.is_(False),
            or_(Teacher.left_on.is_(None), Teacher.left_on > DAY),
            Activity.gone.is_(False),
            Activity.happened_on.between(ACTIVE[0], min(ACTIVE[1], DAY)),
            then,
        )
    )
    labels = session.scalar(
        select(func.count())
        .select_from(QualityLabel)
        .join(Project)
        .where(
            QualityLabel.school_id == key,
            QualityLabel.gone.is_(False),
            QualityLabel.kind == "national",
            Project.european.is_(True),
            QualityLabel.granted_on.between(*LABELLED),
        )
    )
    return school.registered_on < BEFORE and (active or 0) >= 2 and (labels or 0) >= 1


def _served() -> ColumnElement[bool]:
    return or_(Teacher.registered_on.is_(None), Teacher.registered_on <= Activity.happened_on) & or_(
        Teacher.left_on.is_(None), Teacher.left_on > Activity.happened_on
    )
