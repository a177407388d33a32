"""What a first import puts off is made at its end, or by the next import when that end was never reached."""

from pathlib import Path

import pytest
from flask import Flask
from skolemerke import database
from skolemerke.registry.importing import putting_off
from skolemerke.registry.operations import import_directory
from sqlalchemy import Connection, inspect
from support.registry_files import write_small
from support.schema import differences


class BrokenOff(Exception):
    """The import came to an end before its end."""


def missing() -> list[object]:
    """All in which the tables are otherwise than the models say."""
    database.current().forget()
    with database.current().engine.connect() as connection:
        return differences(connection)


def break_off(_connection: Connection, _part: object) -> None:
    raise BrokenOff


def test_after_the_first_import_the_tables_have_all_that_they_should_have(app: Flask, tmp_path: Path) -> None:
    import_directory(write_small(tmp_path))
    assert missing() == []
    references = inspect(database.current().engine).get_foreign_keys("activity")
    assert sorted(str(one["name"]) for one in references) == ["fk_activity_person_id", "fk_activity_school_id"]


def test_what_an_import_put_off_that_was_broken_off_is_made_by_the_next(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = write_small(tmp_path)
    with monkeypatch.context() as patched:
        patched.setattr(putting_off, "_make", break_off)
        with pytest.raises(BrokenOff):
            import_directory(files)
    assert missing() != [], "nothing was put off, so nothing was tried"
    import_directory(files)
    assert missing() == []
