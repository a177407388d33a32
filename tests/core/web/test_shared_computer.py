"""A computer that many use: what its reader says at the sign-in or in the account, and what follows from it."""

import re
from datetime import timedelta

import pytest
from skolemerke import clock, database
from skolemerke.outbox import Mail
from skolemerke.people import sessions
from skolemerke.people.models import SignInSession
from sqlalchemy import select, update
from support.applicants import csrf, scene, send
from support.public_site import visitor

LINE = "Nothing is kept on this computer; save before you leave."


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    with scene(tmp_path_factory.mktemp("shared")) as found:
        yield found


def mailed():
    database.read().rollback()
    return database.read().scalars(select(Mail).order_by(Mail.id.desc())).first().payload


def asked(here, **fields):
    browser = visitor(here.app)
    with browser.session_transaction() as session:
        session["language"] = "en"
    send(browser, "/sign-in", {"email": "kari@teacher.example", **fields})
    return browser


def newest():
    database.read().rollback()
    return database.read().scalars(select(SignInSession).order_by(SignInSession.id.desc())).first()


def cookie(answer):
    plain = re.sub(r"Expires=[^;]+; ", "", answer.headers["Set-Cookie"])
    return re.sub(r"^session=[^;]+", "session=…", plain)


def part(here):
    return f"/applications/{here.begun().public_id}/teaching"


WITHOUT_AGE = "session=…; HttpOnly; Path=/; SameSite=Lax"


def test_who_says_so_at_the_sign_in_gets_a_cookie_without_an_age_and_a_session_that_ends_soon(here):
    browser = asked(here, shared="yes")
    answer = send(browser, "/sign-in/code", {"code": mailed()["code"]})
    assert (answer.status_code, cookie(answer)) == (303, WITHOUT_AGE)
    row = newest()
    assert (row.is_shared, row.expires_at - row.created_at) == (True, timedelta(hours=12))
    page = browser.get(part(here)).text
    assert LINE in page
    assert ('data-buffer="none"' in page, 'data-buffer="local"' in page) == (True, False)
    assert 'autocomplete="off"' in page


def test_who_does_not_say_so_keeps_the_cookie_and_reads_no_such_line(here):
    browser = asked(here)
    answer = send(browser, "/sign-in/code", {"code": mailed()["code"]})
    assert "Max-Age=1209600" in cookie(answer)
    assert (newest().is_shared, LINE in browser.get("/applications").text) == (False, False)
    page = browser.get(part(here)).text
    assert ('data-buffer="local"' in page, 'autocomplete="off"' in page) == (True, False)


def test_a_link_that_is_opened_in_another_browser_asks_there(here):
    asked(here, shared="yes")
    path = f"/sign-in/link/{mailed()['token']}"
    elsewhere = visitor(here.app)
    page = elsewhere.get(path)
    assert 'name="shared" value="yes"' in page.text
    assert 'name="shared" value="yes" checked' not in page.text
    elsewhere.post(path, data={"csrf_token": csrf(page), "asks_shared": "yes", "shared": "yes"})
    assert newest().is_shared


def test_a_link_in_the_same_browser_remembers_the_answer_and_it_can_be_taken_back(here):
    browser = asked(here, shared="yes")
    path = f"/sign-in/link/{mailed()['token']}"
    page = browser.get(path)
    assert 'name="shared" value="yes" checked' in page.text
    browser.post(path, data={"csrf_token": csrf(page), "asks_shared": "yes"})
    assert not newest().is_shared


def test_it_can_be_said_and_taken_back_in_the_account(here):
    browser = here.client(here.kari)
    answer = send(browser, "/account", {"shared": "yes"}, to="/account/shared")
    assert (answer.status_code, cookie(answer), newest().is_shared) == (303, WITHOUT_AGE, True)
    assert LINE in browser.get("/account").text
    answer = send(browser, "/account", {}, to="/account/shared")
    row = newest()
    assert (row.is_shared, row.expires_at - row.created_at) == (False, timedelta(days=14))
    assert "Max-Age=1209600" in cookie(answer)


def test_after_half_an_hour_without_use_it_is_over_and_elsewhere_it_is_not(here):
    shared, own = here.client(here.kari), here.client(here.kari)
    send(shared, "/account", {"shared": "yes"}, to="/account/shared")
    for minutes, expected in ((29, [200, 200]), (31, [303, 200])):
        with database.write() as session:
            session.execute(update(SignInSession).values(seen_at=clock.real() - timedelta(minutes=minutes)))
        database.read().rollback()
        assert [browser.get("/account").status_code for browser in (shared, own)] == expected


def test_use_is_noted_often_enough_that_who_works_is_not_put_out(here):
    browser = here.client(here.kari)
    send(browser, "/account", {"shared": "yes"}, to="/account/shared")
    row_id = newest().id
    with database.write() as session:
        session.get_one(SignInSession, row_id).seen_at = clock.real() - timedelta(minutes=4)
    browser.get("/account")
    database.read().rollback()
    seen = database.read().get_one(SignInSession, row_id).seen_at
    assert clock.real() - seen < timedelta(minutes=1)


def test_signing_out_forgets_that_it_was_shared(here):
    browser = asked(here, shared="yes")
    send(browser, "/sign-in/code", {"code": mailed()["code"]})
    answer = send(browser, "/applications", {}, to="/sign-out")
    assert "Max-Age=1209600" in cookie(answer)
    assert LINE not in browser.get("/").text
    assert sessions.standing_of("nothing") is None
