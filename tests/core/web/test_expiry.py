"""Somebody writes for hours: what was typed is saved, or stands on the page and is saved after signing in again."""

import random
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

import pytest
from skolemerke import clock, database
from skolemerke.applications.models import Application
from skolemerke.people import operations as people
from skolemerke.people.models import Account
from sqlalchemy import select

from bench import form_site, forty

RUNS, FIELDS = 50, 30
TYPED = [name for name, value in forty.answers().items() if isinstance(value, str)][-FIELDS:]
LETTERS = "abc æøå ΑΒΓ אבג 漢字 <b>&amp;\"' {{ 1 }} %s \\ 😀"


class Form(HTMLParser):
    """The fields of the form that sends something again."""

    def __init__(self, page):
        super().__init__()
        self.fields = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "input" and given.get("type") == "hidden" and "name" in given:
            self.fields.append((given["name"], given.get("value") or ""))


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with form_site.site(tmp_path_factory.mktemp("home")) as made:
        yield made


@pytest.fixture
def later(monkeypatch):
    """Let hours pass for sessions and cookies."""
    passed = timedelta()

    def pass_(hours):
        nonlocal passed
        passed += timedelta(hours=hours)

    # Not the round's own time: the deadline stays where it is.
    monkeypatch.setattr(clock, "real", lambda: datetime.now(UTC) + passed)
    return pass_


def signed_in(site):
    """A browser in which the teacher has just signed in."""
    with site.app.app_context():
        account = database.read().scalars(select(Account.id).where(Account.email == form_site.ADDRESS)).one()
        token = people.open_session(account)
    client = site.app.test_client()
    with client.session_transaction() as session:
        session.update(language="en", token=token)
    return client


def stored(site):
    with site.app.app_context():
        application = database.read().get_one(Application, site.application_id)
        return {name: application.answers[name]["raw"] for name in TYPED}


def texts(dice):
    """Something typed in every field; a line stays one line."""
    return {name: "".join(dice.choices(LETTERS, k=dice.randint(5, 60))).strip() or "x" for name in TYPED}


def filled(page, typed):
    """The fields of a section's page as a browser sends them, with what was typed."""
    return [*Form(page).fields, *((f"q_{name}", text) for name, text in typed.items())]


def posted(client, path, fields):
    data = {}
    for name, value in fields:
        data.setdefault(name, []).append(value)
    return client.post(path, data=data)


def test_three_hours_later_what_was_typed_is_saved(site, later):
    client, typed = signed_in(site), texts(random.Random(0))
    page = client.get(site.path).text
    later(3)
    assert posted(client, site.path, filled(page, typed)).status_code == 302
    assert stored(site) == typed


def test_after_a_session_has_ended_fifty_times_all_that_was_typed_in_thirty_fields_is_saved(site, later):
    lost = 0
    for run in range(RUNS):
        client, typed = signed_in(site), texts(random.Random(run))
        page = client.get(site.path).text
        later(24 * 15)
        ended = posted(client, site.path, filled(page, typed))
        assert ended.status_code == 401
        kept = Form(ended.text).fields
        # Signing in happens in another tab of the same browser.
        with site.app.app_context():
            account = database.read().scalars(select(Account.id).where(Account.email == form_site.ADDRESS)).one()
            token = people.open_session(account)
        with client.session_transaction() as session:
            session["token"] = token
        again = posted(client, site.path, kept)
        if again.status_code == 400:
            again = posted(client, site.path, Form(again.text).fields)
        assert again.status_code == 302
        have = stored(site)
        lost += sum(have[name] != text for name, text in typed.items())
    assert lost == 0
