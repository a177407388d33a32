"""PostgreSQL away for a while: said in words, nothing called saved, and all of it there again afterwards."""

import sqlite3

import pytest
from skolemerke import database
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError
from support import postgres
from support.applicants import csrf, saved, scene, send, text_of

LATER = "10"


@pytest.fixture
def cluster(postgres_binaries):
    with postgres.running_cluster(postgres_binaries) as running:
        yield running


def test_postgres_away_for_a_while_loses_nothing_that_was_acknowledged(tmp_path, cluster):
    with cluster.server.fresh_database() as url, scene(tmp_path, url=url) as here:
        application = here.begun()
        page = f"/applications/{application.public_id}/teaching"
        client = here.client(here.kari)
        token = csrf(client.get(page))

        def autosave(typed, version):
            fields = {"csrf_token": token, "q_team_work": typed, "v_team_work": str(version), "page": "p1"}
            return client.post(f"{page}/autosave", data=fields)

        assert autosave("before", 0).json["versions"] == {"team_work": 1}
        cluster.stop()
        # As at the end of a request; it holds a connection that is lost.
        database.current().forget()
        refused = autosave("meanwhile", 1)
        assert (refused.status_code, refused.headers["Retry-After"], refused.json) == (503, LATER, {"away": True})
        posted = client.post(page, data={"csrf_token": token, "q_team_work": "typed by hand", "v_team_work": "1"})
        assert (posted.status_code, posted.headers["Retry-After"]) == (503, LATER)
        assert "We can't reach our records just now. Your text stands below." in text_of(posted)
        assert 'name="q_team_work" value="typed by hand"' in posted.text
        read = client.get(page)
        assert (read.status_code, read.headers["Retry-After"]) == (503, LATER)
        assert "We can't reach our records just now" in text_of(read)
        assert client.get("/readyz").status_code == 503
        cluster.start()
        database.current().forget()
        assert saved(application)["team_work"] == "before"
        assert autosave("meanwhile", 1).json["versions"] == {"team_work": 2}
        assert send(client, page, {"q_team_work": "typed by hand", "v_team_work": "2"}).status_code == 302
        assert saved(application)["team_work"] == "typed by hand"


def test_without_the_look_at_each_connection_the_first_request_afterwards_fails(cluster):
    url = cluster.server.url("postgres")
    ours, bare = database.make_engine(url), create_engine(url)
    for engine in (ours, bare):
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))
    cluster.stop()
    cluster.start()
    with ours.connect() as connection:
        assert connection.scalar(text("SELECT 1")) == 1
    with bare.connect() as connection, pytest.raises(DBAPIError) as lost:
        connection.execute(text("SELECT 1"))
    assert database.is_away(lost.value)
    for engine in (ours, bare):
        engine.dispose()


def test_a_fault_of_ours_is_not_called_an_outage(postgres_url):
    engine = database.make_engine(postgres_url)
    for statement in ("SELECT * FROM nowhere", "SELECT 1/0", "SELECT 'x'::int"):
        with engine.connect() as connection, pytest.raises(DBAPIError) as fault:
            connection.execute(text(statement))
        assert not database.is_away(fault.value), statement
    engine.dispose()


def test_a_locked_sqlite_is_away_and_a_wrong_statement_is_not(tmp_path):
    engine = database.make_engine(f"sqlite:///{tmp_path / 'test.sqlite'}")
    with sqlite3.connect(tmp_path / "test.sqlite", isolation_level=None) as other, engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout=1")
        connection.rollback()
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(DBAPIError) as locked:
            connection.exec_driver_sql("CREATE TABLE a (b)")
        assert database.is_away(locked.value)
        connection.rollback()
        with pytest.raises(DBAPIError) as wrong:
            connection.exec_driver_sql("SELECT * FROM nowhere")
        assert not database.is_away(wrong.value)
        other.execute("ROLLBACK")
    other.close()
    engine.dispose()
