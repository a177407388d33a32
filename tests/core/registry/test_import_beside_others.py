"""While an import runs, others write, and readers see the registry as it was until all of it counts."""

import threading
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask import Flask
from skolemerke import database
from skolemerke.agencies.operations import create
from skolemerke.bulk import progress
from skolemerke.bulk.slices import Pace, Slices
from skolemerke.bulk.store import opened
from skolemerke.registry import queries
from skolemerke.registry.generating import generate
from skolemerke.registry.importing.report import ImportRefused
from skolemerke.registry.models import School, UnfinishedImport
from skolemerke.registry.operations import import_directory
from sqlalchemy import func, select, text
from support.registry_files import write, write_small

TINY = Pace(pause_seconds=0, first_rows=20, most_rows=20)


@pytest.fixture(autouse=True)
def each_slice_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "EVERY_SECONDS", 0)


def import_and(act: Callable[[], None], files: Path, *, allow_shrink: bool = False) -> list[str]:
    """Import, and do something each time that the import says how far it is."""
    told: list[str] = []

    def tell(message: str) -> None:
        told.append(message)
        act()

    import_directory(files, pace=TINY, progress=tell, allow_shrink=allow_shrink)
    return told


def test_an_applicant_saves_between_the_slices_of_an_import(app: Flask, tmp_path: Path) -> None:
    generate(tmp_path, schools=60, seed=2)
    saved: list[int] = []

    def save() -> None:
        with database.write() as session:
            session.execute(text("UPDATE registry_import_unfinished SET at = at"))
            saved.append(1)

    told = import_and(save, tmp_path)
    slices = [message for message in told if message.startswith("storing")]
    assert len(slices) > 20
    assert len(saved) == len(told)


def test_within_a_slice_the_same_save_has_to_wait_on_sqlite(app: Flask) -> None:
    """The twin: an import in one transaction would keep every applicant waiting until its end."""
    if database.current().engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL has more than one writer")
    with opened("import") as store, store.writing(), database.current().engine.connect() as other:
        cursor = other.connection.cursor()
        cursor.execute("PRAGMA busy_timeout=0")
        with pytest.raises(Exception, match="database is locked"):
            cursor.execute("BEGIN IMMEDIATE")


def test_readers_see_the_old_registry_until_the_last_commit(app: Flask, tmp_path: Path) -> None:
    import_directory(write_small(tmp_path / "old"))
    before = queries.stats().present
    seen: list[tuple[dict[str, int], bool]] = []
    hidden: list[int] = []

    def look() -> None:
        database.current().forget()
        seen.append((queries.stats().present, queries.school_by_id("NO000001") is None))
        hidden.append(database.read().scalar(select(func.count()).select_from(School)) or 0)

    generate(tmp_path / "new", schools=60, seed=2)
    (tmp_path / "new" / "school_labels.csv").unlink()
    told = import_and(look, tmp_path / "new", allow_shrink=True)
    assert told[-1] == "making it visible"
    assert seen == [(before, True)] * len(told)
    assert hidden[-1] == before["schools"] + 60, "all new schools lay there and were not seen"
    assert queries.stats().present["schools"] == 60


def test_two_imports_at_once_are_refused_and_a_dry_run_as_well(app: Flask, tmp_path: Path) -> None:
    files = write_small(tmp_path)
    with opened("import"):
        for dry_run in (False, True):
            with pytest.raises(ImportRefused, match="another import is under way"):
                import_directory(files, dry_run=dry_run)
    assert import_directory(files).number == 1


def test_an_import_from_another_thread_waits_for_nobody_who_reads(app: Flask, tmp_path: Path) -> None:
    import_directory(write_small(tmp_path))
    write(tmp_path, "schools", "NO1,Another name,NO,Ås,2015-01-01")
    database.read().scalars(select(School)).all()

    def work() -> None:
        with app.app_context():
            import_directory(tmp_path, allow_shrink=True)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join(timeout=60)
    assert not thread.is_alive()
    database.current().forget()
    found = queries.school_by_id("NO1")
    assert found is not None
    assert found.name == "Another name"


@pytest.mark.parametrize(("is_sqlite", "least"), [(True, 600), (False, 900)])
def test_a_slice_learns_from_the_one_before_how_much_it_may_take(*, is_sqlite: bool, least: int) -> None:
    pace = Pace(slice_seconds=0.08, first_rows=1000, least_rows=600, least_rows_beside=900, most_rows=5000)
    slices = Slices(SimpleNamespace(is_sqlite=is_sqlite), pace, None)  # type: ignore[arg-type] # no more is asked
    sizes = []
    for took in (0.02, 0.02, 0.02, 0.5, 0.8):
        slices._adapt(took)
        sizes.append(slices._rows)
    assert sizes == [2500, 5000, 5000, max(800, least), least]


def test_a_refused_import_leaves_no_mark_of_an_unfinished_one(app: Flask, tmp_path: Path) -> None:
    import_directory(write_small(tmp_path))
    write(tmp_path, "schools", "NO1,Another name,NO,Ås,2015-01-01")
    with pytest.raises(ImportRefused, match="would be gone"):
        import_directory(tmp_path)
    assert database.read().scalar(select(func.count()).select_from(UnfinishedImport)) == 0


def test_agencies_that_came_later_answer_for_schools_that_stayed_the_same(app: Flask, tmp_path: Path) -> None:
    import_directory(write_small(tmp_path))
    norway = create("no", "Norge", ["NO"])
    import_directory(tmp_path)
    found = database.read().scalars(select(School.agency_id).order_by(School.school_id)).all()
    assert found == [norway.id, norway.id, None, None]
