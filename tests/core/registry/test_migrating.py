"""The tables of the registry change without losing what was gone, and change back."""

from pathlib import Path

from alembic import command
from flask import Flask
from skolemerke import database, migrating
from skolemerke.registry.models import FOREVER, School
from skolemerke.registry.operations import import_directory
from sqlalchemy import select, text
from support.registry_files import SMALL, write, write_small


def move_to(revision: str) -> None:
    database.current().forget()
    engine = database.current().engine.execution_options(**{database.WRITES: True})
    alembic = migrating._alembic()
    with engine.begin() as connection:
        alembic.attributes["connection"] = connection
        (command.upgrade if revision == "head" else command.downgrade)(alembic, revision)


def test_rows_that_are_gone_stay_gone_down_and_up(app: Flask, tmp_path: Path) -> None:
    import_directory(write_small(tmp_path))
    write(tmp_path, "schools", *SMALL["schools"][:3])
    import_directory(tmp_path, allow_shrink=True)
    with database.write() as session:
        session.execute(
            text("INSERT INTO project (project_id, title, european, since, until) VALUES ('X', '', :no, 3, 9)"),
            {"no": False},
        )
    move_to("0001")
    with database.current().engine.connect() as connection:
        gone = connection.execute(text("SELECT school_id FROM school WHERE gone")).scalars().all()
        hidden = connection.execute(text("SELECT project_id FROM project WHERE gone")).scalars().all()
    assert (gone, hidden) == (["SE2"], ["X"])
    move_to("head")
    found = database.read().execute(
        select(School.school_id, School.gone, School.since, School.until).order_by(School.id)
    )
    assert found.all() == [
        ("NO1", False, 0, FOREVER), ("NO2", False, 0, FOREVER), ("SE1", False, 0, FOREVER), ("SE2", True, 0, 0),
    ]  # fmt: skip
