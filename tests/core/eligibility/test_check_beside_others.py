"""While a check runs, others write, and readers see the runs as they were until its own counts."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from skolemerke import database
from skolemerke.bulk import progress, store
from skolemerke.bulk.slices import Pace
from skolemerke.bulk.store import opened
from skolemerke.eligibility import listing, operations, queries
from skolemerke.eligibility.models import Run, SchoolVerdict
from skolemerke.eligibility.operations import EligibilityRefusal, check
from skolemerke.registry.generating import generate
from skolemerke.registry.models import School
from skolemerke.registry.operations import import_directory
from sqlalchemy import Engine, event, func, select, text
from support.screened import ROUND, small_registry

TINY = Pace(pause_seconds=0, first_rows=20, most_rows=20)
SAVE = "UPDATE registry_import SET at = at"


@pytest.fixture(autouse=True)
def each_slice_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "EVERY_SECONDS", 0)


def check_and(act: Callable[[], None]) -> list[str]:
    """Check, and do something each time that the check says how far it is with writing: while it still judges, it
    needs the session that `act` may end."""
    told: list[str] = []

    def tell(message: str) -> None:
        if message.startswith(("writing", "making")):
            told.append(message)
            act()

    check(ROUND, pace=TINY, progress=tell)
    return told


@contextmanager
def after_a_statement(beginning: str, act: Callable[[], None]) -> Iterator[None]:
    """Do something each time that a statement has been executed, within its transaction."""

    def look(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith(beginning):
            act()

    event.listen(Engine, "after_cursor_execute", look)
    try:
        yield
    finally:
        event.remove(Engine, "after_cursor_execute", look)


def save_at_once(statement: str = SAVE) -> None:
    """Write on a connection of its own; fails when that has to wait."""
    with database.current().engine.connect() as other:
        cursor = other.connection.cursor()
        if other.dialect.name == "sqlite":
            cursor.execute("PRAGMA busy_timeout=0")
            cursor.execute("BEGIN IMMEDIATE")
        cursor.execute(statement)
        other.connection.commit()


def staging(app: Flask) -> str:
    name = "staged_school_verdict"
    return f"INSERT INTO {'staging.' if database.current().engine.dialect.name == 'sqlite' else ''}{name}"


def test_an_applicant_saves_between_the_slices_of_a_check(app: Flask, tmp_path: Path) -> None:
    generate(tmp_path, schools=300, seed=2)
    import_directory(tmp_path)
    saved: list[int] = []

    def save() -> None:
        save_at_once()
        saved.append(1)

    told = check_and(save)
    assert len([message for message in told if message.startswith("writing verdicts")]) > 10
    assert len(saved) == len(told)


def test_an_applicant_saves_while_schools_are_judged(app: Flask, tmp_path: Path) -> None:
    small_registry(tmp_path)
    saved: list[int] = []

    def save() -> None:
        save_at_once()
        saved.append(1)

    with after_a_statement(staging(app), save):
        check(ROUND)
    assert len(saved) >= 1


def test_within_a_slice_the_same_save_has_to_wait_on_sqlite(app: Flask, tmp_path: Path) -> None:
    """The twin: a check in one transaction would keep every applicant waiting until its end."""
    if database.current().engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL has more than one writer")
    small_registry(tmp_path)
    with (
        after_a_statement("INSERT INTO school_verdict", save_at_once),
        pytest.raises(Exception, match="database is locked"),
    ):
        check(ROUND)


def test_readers_see_the_runs_as_they_were_until_the_last_commit(app: Flask, tmp_path: Path) -> None:
    generate(tmp_path, schools=300, seed=2)
    import_directory(tmp_path)
    check(ROUND)
    judged = database.read().scalars(select(School).limit(1)).one().id
    seen: list[Any] = []
    hidden: list[int] = []

    def look() -> None:
        database.current().forget()
        eligible = list(database.read().scalars(queries.eligible_schools(ROUND).order_by(text("1"))))
        runs = [run.number for run in queries.runs(ROUND)]
        seen.append((eligible, runs, len(listing.history(ROUND, judged)), listing.rounds_that_judged(judged)))
        hidden.append(database.read().scalar(select(func.count()).select_from(SchoolVerdict)) or 0)

    look()
    told = check_and(look)
    assert seen == [seen[0]] * (len(told) + 1)
    assert seen[0][1:] == ([1], 1, [ROUND])
    assert (hidden[0], hidden[-1]) == (300, 600), "all new verdicts lay there and were not seen"
    look()
    assert seen[-1] == (seen[0][0], [1, 2], 2, [ROUND])


def test_a_school_that_only_an_unshown_run_holds_was_never_judged(app: Flask, tmp_path: Path) -> None:
    small_registry(tmp_path)
    judged = database.read().scalars(select(School).limit(1)).one().id
    seen: list[list[str]] = []

    def look() -> None:
        database.current().forget()
        seen.append(listing.rounds_that_judged(judged))

    check_and(look)
    look()
    assert seen == [*[[]] * (len(seen) - 1), [ROUND]]
    assert len(seen) > 1


def test_all_of_a_run_is_of_the_moment_at_which_schools_are_judged(app: Flask, tmp_path: Path) -> None:
    small_registry(tmp_path)
    begun = check(ROUND).teachers_invitable
    with after_a_statement(staging(app), lambda: save_at_once("UPDATE teacher SET email = ''")):
        meanwhile = check(ROUND).teachers_invitable
    assert (begun, meanwhile, check(ROUND).teachers_invitable) == (2, 2, 0)


def test_a_check_that_finds_another_under_way_waits_and_then_says_so(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_registry(tmp_path)
    monkeypatch.setattr(operations, "WAIT_SECONDS", 0)
    monkeypatch.setattr(store, "LEAST_WAIT", 0)
    with opened("check"), pytest.raises(EligibilityRefusal, match="another check is under way"):
        check(ROUND)
    assert check(ROUND).run == 1


def test_two_checks_at_once_get_a_run_each_and_do_not_mix(app: Flask, tmp_path: Path) -> None:
    generate(tmp_path, schools=300, seed=2)
    import_directory(tmp_path)
    database.current().forget()
    runs: list[int] = []

    def work() -> None:
        with app.app_context():
            runs.append(check(ROUND, pace=TINY).run)

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    held = database.read().execute(
        select(Run.number, func.count())
        .join(SchoolVerdict, SchoolVerdict.run_id == Run.id)
        .group_by(Run.number)
        .order_by(Run.number)
    )
    assert (sorted(runs), [tuple(row) for row in held]) == ([1, 2], [(1, 300), (2, 300)])
