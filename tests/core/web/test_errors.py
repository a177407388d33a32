"""An error page says what happened and what helps, in the site's look, and nothing of our inside."""

import re

import pytest
from flask import abort
from skolemerke import database, migrating
from skolemerke.people.rights import Refused
from sqlalchemy import text
from support.installation import install, running
from support.public_site import visitor


@pytest.fixture
def app(tmp_path):
    with running(install(tmp_path)) as app:
        app.config["PROPAGATE_EXCEPTIONS"] = False

        @app.get("/breaks")
        def breaks():
            raise RuntimeError("the secret of the house")

        @app.get("/refuses")
        def refuses():
            raise Refused("account:1 may not application.edit")

        @app.route("/code/<int:code>", methods=["GET", "POST"])
        def with_code(code):
            abort(code)

        yield app


@pytest.mark.parametrize(
    ("code", "title"),
    [
        (400, "We did not understand that"),
        (401, "You need to sign in"),
        (403, "You may not do this"),
        (404, "There is no such page"),
        (405, "That can&#39;t be done here"),
        (413, "That was too large"),
        (418, "We did not understand that"),
        (503, "We are busy just now"),
    ],
)
def test_each_error_has_its_page_in_the_layout(app, code, title):
    answer = visitor(app).get(f"/code/{code}?language=en")
    assert answer.status_code == code
    assert f"Error {code}</span>{title}</h1>" in answer.text
    assert f"<title>Error: {title} – eTwinning School Label</title>" in answer.text
    assert '<main id="main"' in answer.text
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_a_fault_of_ours_gives_a_reference_that_the_log_has_and_no_inside(app, caplog):
    answer = visitor(app).get("/breaks?language=en")
    assert answer.status_code == 500
    reference = re.search(r'<strong class="code">([0-9a-f]{8})</strong>', answer.text)[1]
    assert f"reference {reference}: GET /breaks: RuntimeError" in caplog.text
    for inside in ("secret of the house", "RuntimeError", "Traceback", ".py"):
        assert inside not in answer.text


def test_the_page_of_a_fault_can_be_made_when_the_database_is_gone(app):
    with database.current().engine.connect() as connection:
        connection.execute(text("DROP TABLE agency_country"))
        connection.execute(text("DROP TABLE agency"))
        connection.commit()
    answer = visitor(app).get("/privacy")
    assert answer.status_code == 500
    assert 'class="brand__name"' in answer.text


def test_who_is_refused_reads_so_and_not_which_verb(app):
    answer = visitor(app).get("/refuses?language=en")
    assert answer.status_code == 403
    assert "application.edit" not in answer.text


def test_a_method_that_is_not_allowed_names_those_that_are(app):
    app.config["WTF_CSRF_ENABLED"] = False
    answer = visitor(app).post("/rounds")
    assert answer.status_code == 405
    assert set(answer.headers["Allow"].replace(" ", "").split(",")) == {"GET", "HEAD", "OPTIONS"}


def test_a_form_that_is_not_ours_is_refused_with_the_way_out(app):
    answer = visitor(app).post("/code/200", data={"a": "b"}, headers={"Accept-Language": "en"})
    assert answer.status_code == 400
    assert "The page was open for too long" in answer.text


def test_the_process_answers_and_says_when_the_database_is_behind(app):
    client = visitor(app)
    assert (client.get("/healthz").json, client.get("/readyz").json) == ({"status": "ok"}, {"status": "ready"})
    with database.current().engine.connect() as connection:
        connection.execute(text("DELETE FROM alembic_version"))
        connection.commit()
    assert migrating.state() == "behind"
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json) == (503, {"status": "not ready", "database": "behind"})
    assert client.get("/healthz").status_code == 200
