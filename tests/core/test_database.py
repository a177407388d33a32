"""The session of a request can't write; an operation's is one transaction."""

import threading

import pytest
from skolemerke import database
from skolemerke.agencies.models import Agency
from skolemerke.database import ReadOnlyFault
from sqlalchemy import func, insert, select, text
from support.installation import install, running


@pytest.fixture
def app(tmp_path, database_url):
    with running(install(tmp_path), database_url) as app:
        yield app


def add(session, code="no"):
    session.add(Agency(code=code, name=code))


def count():
    return database.read().scalar(select(func.count()).select_from(Agency))


def test_the_reading_session_refuses_to_flush(app):
    add(database.read())
    with pytest.raises(ReadOnlyFault, match="Agency was changed outside an operation"):
        database.read().flush()
    database.read().rollback()


def test_the_reading_session_refuses_a_statement_that_writes(app):
    with pytest.raises(ReadOnlyFault):
        database.read().execute(insert(Agency).values(code="no", name="no", texts={}))


def test_the_writing_session_writes_where_the_reading_one_refuses(app):
    with database.write() as session:
        add(session)
    assert count() == 1


def test_what_is_raised_in_an_operation_takes_everything_back(app):
    def operation():
        with database.write() as session:
            add(session)
            session.flush()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        operation()
    assert count() == 0


def test_operations_never_nest(app):
    with database.write(), pytest.raises(RuntimeError, match="operations never nest"), database.write():
        pass


def test_an_operation_ends_the_read_snapshot(app):
    assert count() == 0
    with database.write() as session:
        add(session)
    assert count() == 1


def test_what_is_read_once_in_a_request_is_read_anew_after_an_operation_and_within_one(app):
    def once(session):
        return database.once(session, "count", lambda: session.scalar(select(func.count()).select_from(Agency)))

    session = database.read()
    assert (once(session), database.once(session, "count", lambda: 99)) == (0, 0)
    with database.write() as writing:
        assert once(writing) == 0
        add(writing)
        writing.flush()
        assert once(writing) == 1
    assert once(database.read()) == 1


def increments(app, threads, session_of):
    """Read a number and write it back, one higher, in many threads; how often that failed."""
    failures = []

    def work():
        with app.app_context():
            try:
                with session_of() as session:
                    row = session.scalars(select(Agency).where(Agency.code == "n").with_for_update()).one()
                    row.name = str(int(row.name) + 1)
            except Exception as error:  # noqa: BLE001 - whatever fails in a thread is what is counted
                failures.append(error)

    workers = [threading.Thread(target=work) for _ in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return failures


def test_forty_operations_at_once_lose_no_change(app):
    with database.write() as session:
        session.add(Agency(code="n", name="0"))
    assert increments(app, 40, database.write) == []
    assert database.read().scalar(select(Agency.name)) == "40"


def test_without_begin_immediate_the_same_operations_fail_on_sqlite(tmp_path, monkeypatch):
    """The twin: with a plain BEGIN a reader that becomes a writer is refused at once."""
    monkeypatch.setattr(database, "_begin_sqlite", lambda connection: connection.exec_driver_sql("BEGIN"))
    with running(install(tmp_path)) as app:
        with database.write() as session:
            session.add(Agency(code="n", name="0"))
        failures = sum(len(increments(app, 40, database.write)) for _ in range(5))
    assert failures > 0


def test_sqlite_syncs_each_commit_and_keeps_foreign_keys(tmp_path):
    with running(install(tmp_path)):
        pragmas = {
            name: database.read().scalar(text(f"PRAGMA {name}"))
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_an_instant_without_a_zone_is_refused(app):
    from datetime import datetime

    from skolemerke.people.models import Account
    from sqlalchemy.exc import StatementError

    def operation():
        with database.write() as session:
            session.add(Account(email="a@school.example", created_at=datetime(2020, 1, 1)))  # noqa: DTZ001 - the fault

    with pytest.raises(StatementError, match="an instant needs a zone"):
        operation()


def test_what_was_read_during_an_operation_is_read_anew_after_it(app):
    with database.write() as session:
        add(session)
        assert count() == 0
    assert count() == 1
