"""The page by which somebody wants no more invitations: no sign-in, no token of a form, one press."""

import pytest
from skolemerke import database, outbox
from skolemerke.mailing import queries, stopping
from skolemerke.mailing.models import ASKED
from skolemerke.outbox import Letter, Mail
from sqlalchemy import select
from support.installation import install, running
from support.public_site import visitor

KARI = "kari.nordmann@school.example"


@pytest.fixture
def app(tmp_path):
    with running(install(tmp_path), base_url="https://label.example") as app:
        outbox.of(app).register("news", lambda _mail: Letter("News", "Some news"), bulk=True)
        yield app


@pytest.fixture
def link(app):
    """The path of the link in a mail to Kari."""
    with database.write() as session:
        outbox.queue(session, "news", "n1", address=KARI, language="en")
    mail = database.read().scalars(select(Mail)).one()
    return stopping.link(mail.id).removeprefix("https://label.example")


def stopped():
    database.read().rollback()
    return ASKED in queries.standing(KARI)


def test_looking_at_the_page_changes_nothing_and_does_not_say_the_whole_address(app, link):
    answer = visitor(app).get(link)
    assert answer.status_code == 200
    assert KARI not in answer.get_data(as_text=True)
    assert "ka…@school.example" in answer.get_data(as_text=True)
    assert not stopped()


def test_one_press_ends_it_another_takes_that_back(app, link):
    client = visitor(app)
    assert client.post(link).status_code == 303
    assert stopped()
    assert "No more invitations" in client.get(f"{link}?language=en").get_data(as_text=True)
    assert client.post(f"{link}/again").status_code == 303
    assert not stopped()


def test_a_mail_program_presses_by_itself_without_a_cookie_or_a_token_of_a_form(app, link):
    assert app.config.get("WTF_CSRF_ENABLED", True)
    answer = app.test_client(use_cookies=False).post(link, data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 303
    assert stopped()


def test_nobody_makes_a_link_for_somebody_else_and_none_signs_in(app, link):
    client = visitor(app)
    token = link.rpartition("/")[2]
    for wrong in ("1", token[:-2], "MQ." + token.partition(".")[2] + "x", stopping.PATH):
        assert client.post(stopping.PATH + wrong).status_code == 404
    client.post(link)
    assert client.get("/applications").headers["Location"] == "/sign-in"
    assert not any("token" in key for key in _session(client))


def _session(client):
    with client.session_transaction() as session:
        return dict(session)
