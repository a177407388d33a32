"""The tables of the database and their versions (Alembic)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import inspect, text
from sqlalchemy.engine import Connection

from skolemerke import database
from skolemerke.config import current_config

if TYPE_CHECKING:
    from alembic.config import Config as AlembicConfig

SCRIPTS = Path(__file__).parent / "migrations"


class DatabaseBehind(Exception):
    """The database is older or newer than the software; the text says what to do."""


def prepare() -> None:
    """Bring the database up to date, where nobody depends on it yet.

    In production `skolemerke init` does it, on purpose. SQLite needs the folder of its file.
    """
    config = current_config()
    if config.is_production:
        return
    if state() == "behind":
        config.instance.mkdir(parents=True, exist_ok=True)
        upgrade()


def state() -> str:
    """`current`, `behind` (also when there is nothing yet) or `ahead` of this software."""
    config = current_config()
    if not config.database_url:
        config.instance.mkdir(parents=True, exist_ok=True)
    found, known = _revision(), revisions()
    if found == known[-1]:
        return "current"
    return "behind" if found is None or found in known else "ahead"


def revisions() -> list[str]:
    """The versions that this software knows, from the first to the last.

    Read from the names of the scripts, which begin with their revision: every start asks, and Alembic is large.
    """
    return sorted(path.name.partition("_")[0] for path in (SCRIPTS / "versions").glob("[0-9]*.py"))


def _revision() -> str | None:
    """The version that the database says it has; none when it has no tables yet."""
    with database.current().engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
        return found


def require_current() -> None:
    """Raise `DatabaseBehind` unless the database is of this software's version."""
    found = state()
    if found == "behind":
        raise DatabaseBehind("the database is not up to date: run 'skolemerke init'")
    if found == "ahead":
        raise DatabaseBehind("the database was made by a newer version: install that version")


def upgrade(revision: str = "head") -> None:
    """Make or change the tables in one transaction."""
    from alembic import command  # noqa: PLC0415 - large, and needed only where tables change

    with _changing() as connection:
        alembic = _alembic()
        alembic.attributes["connection"] = connection
        command.upgrade(alembic, revision)


def downgrade(revision: str) -> None:
    """Take changes of the tables back, in one transaction."""
    from alembic import command  # noqa: PLC0415 - the same

    with _changing() as connection:
        alembic = _alembic()
        alembic.attributes["connection"] = connection
        command.downgrade(alembic, revision)


@contextmanager
def _changing() -> Iterator[Connection]:
    """A connection on which tables may be changed.

    SQLite changes a table by making it anew under another name, and would take the rows that refer to the old one
    for orphans: there foreign keys are checked at the end instead.
    """
    engine = database.current().engine.execution_options(**{database.WRITES: True})
    on_sqlite = engine.dialect.name == "sqlite"
    with engine.connect() as connection:
        if on_sqlite:
            _enforce_foreign_keys(connection, enforce=False)
        try:
            with connection.begin():
                yield connection
                if on_sqlite and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                    raise RuntimeError("the change of the tables would leave rows that refer to nothing")
        finally:
            if on_sqlite:
                _enforce_foreign_keys(connection, enforce=True)


def _enforce_foreign_keys(connection: Connection, *, enforce: bool) -> None:
    # Said to the driver itself: SQLite takes it only outside a transaction, and SQLAlchemy would begin one.
    cursor = connection.connection.cursor()
    cursor.execute(f"PRAGMA foreign_keys={'ON' if enforce else 'OFF'}")
    cursor.close()


def _alembic() -> AlembicConfig:
    from alembic.config import Config as AlembicConfig  # noqa: PLC0415 - the same

    alembic = AlembicConfig()
    alembic.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    alembic.set_main_option("path_separator", "os")
    return alembic
