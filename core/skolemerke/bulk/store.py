"""Where a large write is prepared, and the one connection on which it works.

On SQLite that is a file beside the database, attached to the connection; on PostgreSQL temporary tables, filled by
COPY. Either way nobody waits while it is prepared, and what is prepared ends with the connection. A lock that dies
with its process lets one write of a kind work at a time.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Connection, Date, Engine, MetaData, Table, Text, event, func, select, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import NullPool

from skolemerke import database

SCHEMA = "staging"
CACHE_KB = 64_000
ROWS_A_STATEMENT = 50
NO_NUMBER = float("nan")
"""SQLite keeps it as NULL. At each None its driver asks in vain who adapts it, which takes as long as five texts."""
LEAST_WAIT, PAUSE_SECONDS = 2.0, 0.1


class UnderWay(Exception):
    """Another write of this kind is being made."""


class Store:
    """The connection of a large write and its staging tables."""

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
        columns = list(zip(*rows, strict=True))
        if columns:
            self.load_columns(table, columns)

    def load_columns(self, table: Table, columns: Sequence[Sequence[Any]]) -> None:
        """The same, of columns of one length: few thousand rows at most."""
        # The driver's own cursor: SQLAlchemy knows neither COPY nor rows that come one by one.
        cursor: Any = self.connection.connection.cursor()
        try:
            if self.is_sqlite:
                _insert(cursor, table, columns)
            else:
                with cursor.copy(f"COPY {table.name} FROM STDIN") as copy:
                    for row in zip(*columns, strict=True):
                        copy.write_row(row)
        finally:
            cursor.close()

    @contextmanager
    def preparing(self) -> Iterator[None]:
        """A transaction that reads the database as it is and writes staging tables alone."""
        self.connection.execution_options(**{database.WRITES: False})
        with self.connection.begin():
            yield

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """The same, and whatever is read in it is of one moment: so it always is on SQLite."""
        with self.preparing():
            if not self.is_sqlite:
                self.connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
            yield

    @contextmanager
    def writing(self) -> Iterator[None]:
        """A transaction that changes the tables of the database."""
        self.connection.execution_options(**{database.WRITES: True})
        with self.connection.begin():
            yield

    def know_sizes(self, *tables: Table) -> None:
        """Let PostgreSQL plan by what the staging tables hold."""
        if not self.is_sqlite:
            for table in tables:
                self.connection.execute(text(f"ANALYZE {table.name}"))

    def indexes(self) -> set[str]:
        """The names of the indexes of the database. SQLAlchemy itself sees none of an expression on SQLite."""
        on_postgres = "SELECT indexname FROM pg_indexes WHERE schemaname = ANY (current_schemas(false))"
        query = "SELECT name FROM main.sqlite_master WHERE type = 'index'" if self.is_sqlite else on_postgres
        return set(self.connection.scalars(text(query)))

    def constraints(self) -> set[str]:
        """The names of the constraints of the database; those of SQLite have none that can be asked for."""
        query = (
            "SELECT conname FROM pg_constraint WHERE connamespace::regnamespace::text = ANY (current_schemas(false))"
        )
        return set() if self.is_sqlite else set(self.connection.scalars(text(query)))

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


def _insert(cursor: Any, table: Table, columns: Sequence[Sequence[Any]]) -> None:
    """Several rows a statement: the driver's own work for a statement is more than SQLite's for a row."""
    width = len(columns)
    cells: list[Any] = [None] * sum(map(len, columns))
    for at, (column, stored) in enumerate(zip(columns, table.columns, strict=True)):
        cells[at::width] = [NO_NUMBER if cell is None else cell for cell in column] if stored.nullable else column
    at_once = width * ROWS_A_STATEMENT
    whole = len(cells) - len(cells) % at_once
    statement = _insert_of(table, ROWS_A_STATEMENT)
    for begin in range(0, whole, at_once):
        cursor.execute(statement, cells[begin : begin + at_once])
    if cells[whole:]:
        cursor.execute(_insert_of(table, (len(cells) - whole) // width), cells[whole:])


def _insert_of(table: Table, rows: int) -> str:
    row = f"({', '.join('?' * len(table.columns))})"
    return f"INSERT INTO {SCHEMA}.{table.name} VALUES {', '.join([row] * rows)}"  # noqa: S608 - our names


@contextmanager
def opened(kind: str, *, wait_seconds: float = 0) -> Iterator[Store]:
    """A store for one write of a kind. Raises `UnderWay` when another one works until the wait is over."""
    database.current().reads.rollback()
    url = database.current().engine.url
    if url.get_backend_name() == "sqlite":
        on = _sqlite(Path(str(url.database)), kind, wait_seconds)
    else:
        on = _postgres(kind, wait_seconds)
    with on as connection:
        try:
            yield Store(connection)
        finally:
            # What was read meanwhile through the other session is of the time before.
            database.current().reads.rollback()


@contextmanager
def _sqlite(path: Path, kind: str, wait_seconds: float) -> Iterator[Connection]:
    staging = path.with_name(f"{path.name}-{kind}")
    with _locked(path.with_name(f"{path.name}-{kind}-lock"), wait_seconds):
        staging.unlink(missing_ok=True)
        engine = _engine()
        event.listen(engine, "connect", lambda connection, _record: _attach(connection, staging))
        try:
            with engine.connect() as connection:
                yield connection
        finally:
            engine.dispose()
            with suppress(OSError):  # another program may look at it; the next write of the kind removes it
                staging.unlink(missing_ok=True)


@contextmanager
def _locked(path: Path, wait_seconds: float) -> Iterator[None]:
    """Hold a lock that the system takes back when the process ends; its empty file stays."""
    lock = sqlite3.connect(path, timeout=wait_seconds, isolation_level=None)
    try:
        try:
            lock.execute("PRAGMA journal_mode=MEMORY")  # nothing is written, so nothing needs a journal beside it
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            raise UnderWay from error
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
def _postgres(kind: str, wait_seconds: float) -> Iterator[Connection]:
    engine, lock = _engine(), func.hashtext(f"bulk {kind}")
    try:
        with engine.connect() as connection:
            _wait_for(connection, lock, wait_seconds)
            try:
                yield connection
            finally:
                connection.rollback()
                connection.execute(select(func.pg_advisory_unlock(lock)))
                connection.commit()
    finally:
        engine.dispose()


def _wait_for(connection: Connection, lock: Any, wait_seconds: float) -> None:
    """Take the lock; the server takes a moment to notice that a process that held it has ended."""
    until = time.monotonic() + max(wait_seconds, LEAST_WAIT)
    while True:
        taken = bool(connection.scalar(select(func.pg_try_advisory_lock(lock))))
        connection.commit()
        if taken:
            return
        if time.monotonic() > until:
            raise UnderWay
        time.sleep(PAUSE_SECONDS)


def _engine() -> Engine:
    return database.make_engine(database.current().engine.url.render_as_string(hide_password=False), poolclass=NullPool)
