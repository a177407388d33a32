"""The chain proves itself: what is altered, taken out or cut off is found at its place."""

import pytest
from skolemerke import audit, database
from skolemerke.audit import AuditDetails, AuditLine, Break
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.exc import DBAPIError
from support.installation import install, running


@pytest.fixture
def chain(tmp_path, database_url):
    with running(install(tmp_path), database_url) as app:
        for number in range(1, 6):
            with database.write() as session:
                audit.record(session, "thing.done", f"thing:{number}", who=f"person {number}")
        yield app


def broken():
    database.read().rollback()
    return list(audit.breaks(database.read()))


def unguarded():
    """Take the trigger away, as somebody with the database's password could."""
    name = database.current().engine.dialect.name
    drop = (
        ["DROP TRIGGER audit_line_no_update", "DROP TRIGGER audit_line_no_delete"]
        if name == "sqlite"
        else ["DROP TRIGGER audit_line_keep ON audit_line"]
    )
    with database.write() as session:
        for statement in drop:
            session.execute(text(statement))


def test_a_chain_that_was_only_appended_to_is_whole(chain):
    assert broken() == []
    assert database.read().scalar(select(func.count()).select_from(AuditLine)) == 5


def test_a_line_can_be_neither_changed_nor_deleted(chain):
    for statement in (update(AuditLine).values(verb="other"), delete(AuditLine)):
        with pytest.raises(DBAPIError, match="only ever appended to"), database.write() as session:
            session.execute(statement)


def test_an_altered_line_is_found_at_its_number(chain):
    unguarded()
    with database.write() as session:
        session.execute(update(AuditLine).where(AuditLine.number == 3).values(actor="account:99"))
    assert broken() == [Break(3, "line 3 was altered")]


def test_altered_details_are_found_at_their_number(chain):
    with database.write() as session:
        session.execute(update(AuditDetails).where(AuditDetails.number == 2).values(details={"who": "nobody"}))
    assert broken() == [Break(2, "the details of line 2 were altered")]


def test_erased_details_leave_the_chain_whole(chain):
    with database.write() as session:
        session.execute(delete(AuditDetails).where(AuditDetails.number == 2))
    assert broken() == []


def test_a_missing_line_and_a_cut_off_end_are_found(chain):
    unguarded()
    with database.write() as session:
        session.execute(delete(AuditDetails).where(AuditDetails.number.in_([2, 5])))
        session.execute(delete(AuditLine).where(AuditLine.number.in_([2, 5])))
    assert [found.number for found in broken()] == [2, 5]


def test_the_same_details_have_another_commitment_each_time(chain):
    for _ in range(2):
        with database.write() as session:
            audit.record(session, "thing.done", "thing:1", who="the same")
    commitments = database.read().scalars(select(AuditLine.commitment).where(AuditLine.number > 5)).all()
    assert len(set(commitments)) == 2


def test_an_operation_that_fails_leaves_no_line(chain):
    def operation():
        with database.write() as session:
            audit.record(session, "thing.done", "thing:1")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        operation()
    assert database.read().scalar(select(func.count()).select_from(AuditLine)) == 5


def test_twenty_writers_at_once_make_one_chain(chain):
    import threading

    def work():
        with chain.app_context(), database.write() as session:
            audit.record(session, "thing.done", "thing:many")

    writers = [threading.Thread(target=work) for _ in range(20)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert broken() == []
    database.read().rollback()
    assert database.read().scalar(select(func.count()).select_from(AuditLine)) == 25
