"""The tables as migrations make them, on both databases: up, down, and with rows in them."""

import pytest
from alembic.script import ScriptDirectory
from skolemerke import database, migrating
from sqlalchemy import text
from support.installation import install, running
from support.schema import differences

BEFORE_SIGN_IN = "0005"
ROWS = (
    "INSERT INTO account (id, email, name, language, created_at) VALUES (1, 'kari@school.example', 'K', 'nb', {now})",
    "INSERT INTO role (id, account_id, role) VALUES (1, 1, 'central')",
    "INSERT INTO sign_in_session (id, token_hash, account_id, created_at, expires_at) VALUES (1, 'x', 1, {now}, {now})",
)


@pytest.fixture
def app(tmp_path, database_url):
    with running(install(tmp_path), database_url) as app:
        yield app


def test_the_migrations_make_the_tables_of_the_models(app):
    with database.current().engine.connect() as connection:
        assert differences(connection) == []


def test_an_index_that_no_migration_makes_is_seen(app):
    with database.current().engine.connect() as connection:
        connection.execute(text("DROP INDEX ix_teacher_name_folded"))
        assert differences(connection) == ["ix_teacher_name_folded"]


def test_the_names_of_the_scripts_tell_the_versions_in_their_order():
    scripts = ScriptDirectory(str(migrating.SCRIPTS))
    assert migrating.revisions() == [script.revision for script in scripts.walk_revisions()][::-1]


def test_a_database_of_another_version_is_behind_or_ahead(app):
    def stamped(version):
        with database.write() as session:
            session.execute(text("UPDATE alembic_version SET version_num = :version"), {"version": version})
        return migrating.state()

    assert migrating.state() == "current"
    assert stamped(BEFORE_SIGN_IN) == "behind"
    assert stamped("9999") == "ahead"


def test_rows_that_are_referred_to_outlive_the_change_of_their_table_there_and_back(app):
    migrating.downgrade(BEFORE_SIGN_IN)
    with database.write() as session:
        for row in ROWS:
            session.execute(text(row.format(now="'2020-01-01 00:00:00+00:00'")))
    migrating.upgrade()
    read = database.read()
    assert read.execute(text("SELECT email, teacher_id FROM account")).all() == [("kari@school.example", "")]
    assert read.scalar(text("SELECT count(*) FROM sign_in_session WHERE seen_at = created_at")) == 1
    read.rollback()
    migrating.downgrade(BEFORE_SIGN_IN)
    assert database.read().scalar(text("SELECT count(*) FROM role JOIN account ON account.id = role.account_id")) == 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_change_that_would_leave_orphans_is_taken_back(app):
    with pytest.raises(RuntimeError, match="refer to nothing"), migrating._changing() as connection:
        connection.execute(text("INSERT INTO role (id, account_id, role) VALUES (1, 99, 'central')"))
    with database.current().engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM role")).scalar() == 0
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
