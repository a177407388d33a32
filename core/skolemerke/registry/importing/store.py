"""Where an import is prepared, and the one connection on which it works.

On SQLite that is a file beside the database, attached to the connection; on PostgreSQL temporary tables, filled by
COPY. Either way nobody waits while files are read and compared, and what is prepared ends with the connection. A
lock that dies with its process lets one import work at a time.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import chain, islice
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Connection, Date, Engine, MetaData, Table, Text, event, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import NullPool

from skolemerke import database
from skolemerke.registry.importing.report import ImportRefused

SCHEMA = "staging"
CACHE_KB = 64_000
LOCK = 0x5C001
ROWS_A_STATEMENT = 50
TRIES, PAUSE_SECONDS = 20, 0.1
UNDER_WAY = "another import is under way: wait until it has ended"


class Store:
    """The connection of an import and its staging tables."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.is_sqlite = connection.dialect.name == "sqlite"
        self._metadata = MetaData(schema=SCHEMA if self.is_sqlite else None)

    def table(self, name: str, *columns: Column[Any]) -> Table:
        """Make a staging table."""
        prefixes = [] if self.is_sqlite else ["TEMPORARY"]
        if self.is_sqlite:
            for column in columns:
                # SQLite would look at each date whether it can be kept as a number.
                column.type = Text() if isinstance(column.type, Date) else column.type
        table = Table(f"staged_{name}", self._metadata, *columns, prefixes=prefixes)
        table.create(self.connection)
        return table

    def load(self, table: Table, rows: Iterable[Sequence[Any]]) -> None:
        """Add rows with a value for each column, dates as text."""
        # The driver's own cursor: SQLAlchemy knows neither COPY nor rows that come one by one.
        cursor: Any = self.connection.connection.cursor()
        try:
            if self.is_sqlite:
                _insert(cursor, f"{SCHEMA}.{table.name}", len(table.c), rows)
            else:
                with cursor.copy(f"COPY {table.name} FROM STDIN") as copy:
                    for row in rows:
                        copy.write_row(row)
        finally:
            cursor.close()

    @contextmanager
    def preparing(self) -> Iterator[None]:
        """A transaction that reads the registry as it is and writes staging tables alone."""
        self.connection.execution_options(**{database.WRITES: False})
        with self.connection.begin():
            yield

    @contextmanager
    def writing(self) -> Iterator[None]:
        """A transaction that changes the registry."""
        self.connection.execution_options(**{database.WRITES: True})
        with self.connection.begin():
            yield

    def know_sizes(self, *tables: Table) -> None:
        """Let PostgreSQL plan by what the staging tables hold."""
        if not self.is_sqlite:
            for table in tables:
                self.connection.execute(text(f"ANALYZE {table.name}"))

    def settle_log(self) -> None:
        """Let SQLite bring what was committed from its log into the database; nobody waits for that."""
        if self.is_sqlite:
            self._alone("PRAGMA main.wal_checkpoint(PASSIVE)")

    @contextmanager
    def trusting(self) -> Iterator[None]:
        """Let SQLite not look up the rows that rows refer to.

        Whoever is named was found or made by this import, imports run one at a time, and nobody else adds or deletes
        schools, persons or projects.
        """
        if not self.is_sqlite:
            yield
            return
        self._alone("PRAGMA foreign_keys=OFF")
        try:
            yield
        finally:
            self._alone("PRAGMA foreign_keys=ON")

    @contextmanager
    def quick_deletes(self) -> Iterator[None]:
        """Let rows that nobody could see be deleted quickly, though their tables are referred to.

        PostgreSQL always looks for references, so it gets an index that it lacks.
        """
        if self.is_sqlite:
            with self.trusting():
                yield
            return
        self._alone("CREATE INDEX staged_references ON activity (school_id)")
        try:
            yield
        finally:
            self._alone("DROP INDEX staged_references")

    def _alone(self, statement: str) -> None:
        cursor = self.connection.connection.cursor()
        cursor.execute(statement)
        cursor.close()
        if not self.is_sqlite:
            self.connection.connection.commit()


def _insert(cursor: Any, table: str, width: int, rows: Iterable[Sequence[Any]]) -> None:
    """Several rows a statement: the driver's own work for a statement is more than SQLite's for a row."""
    cells = chain.from_iterable(rows)
    row = f"({', '.join('?' * width)})"
    while some := tuple(islice(cells, width * ROWS_A_STATEMENT)):
        cursor.execute(f"INSERT INTO {table} VALUES {', '.join([row] * (len(some) // width))}", some)  # noqa: S608 - our names


@contextmanager
def opened() -> Iterator[Store]:
    """A store for one import. Raises `ImportRefused` while another one works."""
    database.current().reads.rollback()
    url = database.current().engine.url
    on = _sqlite(Path(str(url.database))) if url.get_backend_name() == "sqlite" else _postgres()
    with on as connection:
        try:
            yield Store(connection)
        finally:
            # What was read meanwhile through the other session is of the time before.
            database.current().reads.rollback()


@contextmanager
def _sqlite(path: Path) -> Iterator[Connection]:
    staging = path.with_name(path.name + "-import")
    with _locked(path.with_name(path.name + "-import-lock")):
        staging.unlink(missing_ok=True)
        engine = _engine()
        event.listen(engine, "connect", lambda connection, _record: _attach(connection, staging))
        try:
            with engine.connect() as connection:
                yield connection
        finally:
            engine.dispose()
            with suppress(OSError):  # another program may look at it; the next import removes it
                staging.unlink(missing_ok=True)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold a lock that the system takes back when the process ends; its empty file stays."""
    lock = sqlite3.connect(path, timeout=0, isolation_level=None)
    try:
        try:
            lock.execute("PRAGMA journal_mode=MEMORY")  # nothing is written, so nothing needs a journal beside it
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            raise ImportRefused(UNDER_WAY) from error
        yield
    finally:
        lock.close()


def _attach(connection: DBAPIConnection, staging: Path) -> None:
    cursor = connection.cursor()
    cursor.execute(f"ATTACH DATABASE ? AS {SCHEMA}", (str(staging),))
    for name in ("main", SCHEMA):
        cursor.execute(f"PRAGMA {name}.cache_size=-{CACHE_KB}")
    # The file is thrown away after a fault, so it need not survive one.
    cursor.execute(f"PRAGMA {SCHEMA}.journal_mode=OFF")
    cursor.execute(f"PRAGMA {SCHEMA}.synchronous=OFF")
    cursor.execute(f"PRAGMA {SCHEMA}.locking_mode=EXCLUSIVE")
    # Done between slices instead of within them, see `Store.settle_log`.
    cursor.execute("PRAGMA main.wal_autocheckpoint=0")
    cursor.close()


@contextmanager
def _postgres() -> Iterator[Connection]:
    engine = _engine()
    try:
        with engine.connect() as connection:
            if not any(_locks(connection) for _ in range(TRIES)):
                raise ImportRefused(UNDER_WAY)
            try:
                yield connection
            finally:
                connection.rollback()
                connection.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": LOCK})
                connection.commit()
    finally:
        engine.dispose()


def _locks(connection: Connection) -> bool:
    """Try to lock; the server takes a moment to notice that a process has ended."""
    taken = bool(connection.scalar(text("SELECT pg_try_advisory_lock(:lock)"), {"lock": LOCK}))
    connection.commit()
    if not taken:
        time.sleep(PAUSE_SECONDS)
    return taken


def _engine() -> Engine:
    return database.make_engine(database.current().engine.url.render_as_string(hide_password=False), poolclass=NullPool)
