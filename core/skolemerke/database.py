"""The two sessions: one that reads and refuses to write, and one that an operation opens to change something.

SQLite runs in WAL mode with `synchronous=FULL` and foreign keys on; a writing transaction begins with
`BEGIN IMMEDIATE`, since a lock that is taken later can fail at once. PostgreSQL uses read committed; what two
operations could both change is locked with `with_for_update()`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, TypeVar

from flask import current_app
from sqlalchemy import (
    DateTime,
    Engine,
    MetaData,
    Select,
    String,
    Table,
    TypeDecorator,
    create_engine,
    event,
    func,
    select,
)
from sqlalchemy.engine import Connection, CursorResult, Dialect
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import DeclarativeBase, ORMExecuteState, Session, scoped_session, sessionmaker
from sqlalchemy.sql.functions import FunctionElement

from skolemerke.config import ConfigFault

EXTENSION = "skolemerke.database"
T = TypeVar("T")
WRITES = "skolemerke_writes"
ONCE, CONNECTION = "skolemerke_once", "skolemerke_connection"
POOLED = 16
"""So many connections are kept open, two for each thread of `serve`: to open one anew costs about as much as a page."""
SYNCHRONOUS, FULL = "FULL", 2
"""How SQLite is told to reach the disk before a commit returns, and the number by which it tells that it does."""
SQLITE_AWAY = ("SQLITE_BUSY", "SQLITE_CANTOPEN", "SQLITE_FULL", "SQLITE_IOERR")
POSTGRES_AWAY = ("08", "40", "53", "55P03", "57")
"""What begins the SQLSTATE of a lost connection, a lost race, want of room, a lock, and a server that is stopping."""


class Instant(TypeDecorator[datetime]):
    """An instant: aware in Python, UTC in the database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a time without a zone; SQLite keeps UTC without saying so."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give every instant in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """The base of all tables; constraints have names that migrations can speak of."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: Instant}


class coded(FunctionElement[str]):  # noqa: N801 - it is used as a function of SQL
    """A text in the order of its code points, the same on every database: what an index of long lists is made of.

    A range of such texts finds those that begin alike, and a page of a list can begin where another ended.
    """

    name = "coded"
    type = String()
    inherit_cache = True


class folded(FunctionElement[str]):  # noqa: N801 - it is used as a function of SQL
    """A text in small letters, in the order of its code points; SQLite makes only A to Z small."""

    name = "folded"
    type = String()
    inherit_cache = True


@compiles(coded)
def _coded(element: coded, compiler: Any, **settings: Any) -> str:
    return str(compiler.process(element.clauses, **settings))


@compiles(folded)
def _folded(element: folded, compiler: Any, **settings: Any) -> str:
    return f"lower({compiler.process(element.clauses, **settings)})"


@compiles(coded, "postgresql")
def _coded_on_postgresql(element: coded, compiler: Any, **settings: Any) -> str:
    return f'{_coded(element, compiler, **settings)} COLLATE "C"'


@compiles(folded, "postgresql")
def _folded_on_postgresql(element: folded, compiler: Any, **settings: Any) -> str:
    return f'{_folded(element, compiler, **settings)} COLLATE "C"'


class ReadOnlyFault(RuntimeError):
    """Something tried to write through the session that only reads: a fault of ours."""


class ReadSession(Session):
    """The session of a request; it never flushes."""


class WriteSession(Session):
    """The session of an operation. Rooms attach what belongs to every change (audit lines, the worker's call)
    as events of this class."""


class Database:
    """The engine of one installation and its sessions."""

    def __init__(self, url: str) -> None:
        self.engine = make_engine(url, pool_size=POOLED)
        self._reads = scoped_session(sessionmaker(self.engine, class_=ReadSession))
        self._writes = sessionmaker(
            self.engine.execution_options(**{WRITES: True}), class_=WriteSession, expire_on_commit=False
        )
        self._here = threading.local()

    def read(self) -> ReadSession:
        """The session of this request, command or job."""
        session: ReadSession = self._reads()
        return session

    @property
    def reads(self) -> scoped_session[ReadSession]:
        """The registry of reading sessions, for Flask-Admin."""
        return self._reads

    @contextmanager
    def write(self) -> Iterator[WriteSession]:
        """Open the session of an operation; it commits at the end, and rolls back when anything is raised.

        Ends the read snapshot before and after, so that what is read afterwards is new. Operations never nest.
        """
        if getattr(self._here, "writing", False):
            raise RuntimeError("an operation was called inside another: operations never nest")
        self._reads.rollback()
        self._here.writing = True
        try:
            with self._writes() as session, session.begin():
                yield session
        finally:
            self._here.writing = False
            # What was read meanwhile through the other session is of the time before the commit.
            self._reads.rollback()

    def forget(self) -> None:
        """End the reading session of this request, also when the database went away under it."""
        try:
            self._reads.remove()
        except DBAPIError:
            # Else the session with the lost connection would wait for the next request of this thread.
            self._reads().invalidate()
            self._reads.remove()

    def close(self) -> None:
        """Close every connection."""
        self._reads.remove()
        self.engine.dispose()


def make_engine(url: str, **settings: Any) -> Engine:
    """An engine with the guarantees that this module promises; `settings` are those of `create_engine`."""
    if url.startswith("sqlite"):
        arguments: dict[str, Any] = {"timeout": 30}
    else:
        # A server that was away is found again by the next request, and one that does not answer holds up nobody.
        arguments = {"connect_timeout": 5}
        settings = {"pool_pre_ping": True, **settings}
    engine = create_engine(url, connect_args=arguments, **settings)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def is_away(error: DBAPIError) -> bool:
    """Whether a statement failed because the database can't be reached or can't take it now: it may later."""
    cause: Any = error.orig
    told = getattr(cause, "sqlite_errorname", "")
    if told:
        return bool(told.startswith(SQLITE_AWAY))
    state = getattr(cause, "sqlstate", None)
    return isinstance(error, OperationalError) and (state is None or state.startswith(POSTGRES_AWAY))


def read() -> ReadSession:
    """The reading session of the current application."""
    return current().read()


def once(session: Session, key: Hashable, read_it: Callable[[], T]) -> T:
    """What is read, remembered as long as the snapshot of the request's session lasts: within it nothing changes.

    An operation's session reads anew each time, since it may have changed what it reads.
    """
    if not isinstance(session, ReadSession):
        return read_it()
    kept = session.info.setdefault(ONCE, {})
    if key not in kept:
        kept[key] = read_it()
    found: T = kept[key]
    return found


def rows(statement: Select[Any], **parameters: Any) -> CursorResult[Any]:
    """Rows of columns, in the snapshot of `read()`, without what a session does for objects."""
    session = read()
    connection: Connection = once(session, CONNECTION, session.connection)
    return connection.execute(statement, parameters)


@contextmanager
def write() -> Iterator[WriteSession]:
    """The session of an operation of the current application; see `Database.write`."""
    with current().write() as session:
        yield session


def table_of(model: type[Base]) -> Table:
    """The table of a model, for statements over many rows."""
    table = model.__table__
    if not isinstance(table, Table):
        raise TypeError(f"{model.__name__} is not stored in a table")
    return table


def insert(session: Session, table: Any) -> Any:
    """An insert into a table or model that can say what to do on a conflict: that of the session's database."""
    if session.get_bind().dialect.name == "postgresql":
        from sqlalchemy.dialects import postgresql  # noqa: PLC0415 - large, and an installation has one database

        return postgresql.insert(table)
    from sqlalchemy.dialects import sqlite  # noqa: PLC0415 - the same

    return sqlite.insert(table)


def alone(session: WriteSession, what: str) -> None:
    """Wait until no other transaction does `what`. SQLite has one writer at a time anyway."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(func.hashtext(what))))


def hold(session: Session, statement: Select[Any], **parameters: Any) -> None:
    """Lock the rows that a statement selects `for update` until the transaction ends. SQLite has one writer at a time
    anyway. What is read afterwards is as whoever held them before has left it."""
    if session.get_bind().dialect.name == "postgresql":
        session.connection().execute(statement, parameters)


def current() -> Database:
    """The database of the current application."""
    database: Database = current_app.extensions[EXTENSION]
    return database


def _prepare_sqlite(connection: DBAPIConnection, _record: Any) -> None:
    # Autocommit of the driver, so that `_begin_sqlite` alone says how a transaction begins.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", f"synchronous={SYNCHRONOUS}", "foreign_keys=ON", "busy_timeout=30000"):
        cursor.execute(f"PRAGMA {pragma}")
    _require_sync(cursor)
    cursor.close()


def _require_sync(cursor: Any) -> None:
    """Refuse a connection that would call saved what is not on the disk. Raises `ConfigFault`."""
    cursor.execute("PRAGMA synchronous")
    (level,) = cursor.fetchone()
    if level < FULL:
        raise ConfigFault(
            f"SQLite's synchronous is {level}, below {FULL} (FULL): what is acknowledged could be lost at a power cut"
        )


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(WRITES, False)
    if writes:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        return
    # Waits for nothing and can't fail; every request begins so, and the driver alone does it in a tenth of the time.
    driver: Any = connection.connection.dbapi_connection
    driver.execute("BEGIN")


@event.listens_for(ReadSession, "after_transaction_end")
def _forget_once(session: Session, _transaction: Any) -> None:
    session.info.pop(ONCE, None)


@event.listens_for(ReadSession, "before_flush")
def _refuse_flush(session: Session, _context: Any, _instances: Any) -> None:
    changed = [*session.new, *session.dirty, *session.deleted]
    if changed:
        raise ReadOnlyFault(f"{type(changed[0]).__name__} was changed outside an operation")


@event.listens_for(ReadSession, "do_orm_execute")
def _refuse_statement(state: ORMExecuteState) -> None:
    if state.is_insert or state.is_update or state.is_delete:
        raise ReadOnlyFault("a statement that writes was run outside an operation")
