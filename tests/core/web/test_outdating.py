"""Saving a change that takes a signature its worth says so at once, and no mail is sent."""

import io

import pytest
from skolemerke import clock, database
from skolemerke.applications import operations
from skolemerke.outbox import Mail
from skolemerke.web import outdating
from sqlalchemy import func, select
from support.applicants import PDF, csrf, send, text_of

from bench.form_site import statements

SIGNED = "What Marte Rektor signed is what the application said before this change."
ASKED = "The link that was sent to Marte Rektor is for what the application said before this change"
PAPER = "The signed page that was added is for what the application said before this change."
TOLD = "is what the application said before this change"


pytestmark = pytest.mark.usefixtures("filled")


def ask(here, application):
    return operations.ask_signature(here.actor(here.kari), application.id, "Marte Rektor", "rektor@solbakken.example")


def sign(here, application):
    operations.sign(ask(here, application), "Marte Rektor", "principal")


def upload(here, application):
    operations.upload_paper(here.actor(here.kari), application.id, io.BytesIO(PDF), "signed.pdf")


def save(client, address, text, version, then=""):
    """Save another answer as the page of its part does; what is read afterwards."""
    page = f"{address}/teaching"
    fields = {"q_team_work": text, "v_team_work": str(version), "then": then}
    return text_of(client.get(send(client, page, fields).location))


def mails():
    return database.read().scalar(select(func.count()).select_from(Mail))


@pytest.mark.parametrize(("declare", "told"), [(sign, SIGNED), (ask, ASKED), (upload, PAPER)])
def test_a_saved_change_says_once_that_the_declaration_does_not_hold_for_it(here, application, address, declare, told):
    declare(here, application)
    before = mails()
    client = here.client(here.kari)
    assert told in save(client, address, "Changed", 1)
    assert told not in save(client, address, "Changed once more", 2)
    assert mails() == before


def test_who_goes_on_to_the_next_part_is_told_there(here, application, address):
    sign(here, application)
    assert SIGNED in save(here.client(here.kari), address, "Changed", 1, then="continue")


def test_it_is_said_again_after_the_signature_had_held_again(here, application, address):
    original = "Hele skolen"
    operations.save_answers(here.actor(here.kari), application.id, {"team_work": original}, {"team_work": 1})
    sign(here, application)
    client = here.client(here.kari)
    assert SIGNED in save(client, address, "Changed", 2)
    assert SIGNED not in save(client, address, original, 3)
    assert SIGNED in save(client, address, "Changed again", 4)


def test_what_a_script_has_saved_is_told_with_the_next_press_of_the_button(here, application, address):
    sign(here, application)
    operations.save_answers(here.actor(here.kari), application.id, {"team_work": "Autosaved"}, {"team_work": 1})
    assert SIGNED in save(here.client(here.kari), address, "Autosaved", 2)


def test_a_consent_and_an_earlier_version_are_changes_too(here, application, address):
    operations.save_answers(here.actor(here.kari), application.id, {"team_work": "Second"}, {"team_work": 1})
    sign(here, application)
    client = here.client(here.kari)
    send(client, f"{address}/consent", {"consent": "no"})
    assert SIGNED in text_of(client.get(address))
    send(client, f"{address}/consent", {"consent": "yes"})
    assert SIGNED not in text_of(client.get(address))
    restored = send(client, f"{address}/history/team_work", {"number": "1", "seen": "2"})
    assert SIGNED in text_of(client.get(restored.location))


def test_a_save_that_changes_nothing_says_nothing(here, application, address):
    operations.save_answers(here.actor(here.kari), application.id, {"team_work": "Second"}, {"team_work": 1})
    sign(here, application)
    assert TOLD not in save(here.client(here.kari), address, "Second", 2)


def test_where_nothing_was_signed_or_asked_a_save_reads_nothing_more(here, application, address, monkeypatch):
    client = here.client(here.kari)
    page = f"{address}/teaching"
    word = csrf(client.get(page))

    def count(version):
        with statements(here.app) as found:
            client.post(page, data={"csrf_token": word, "q_team_work": f"Text {version}", "v_team_work": version})
        return len(list(found))

    count("1")
    plain = count("2")
    monkeypatch.setattr(outdating, "tell", lambda *_: None)
    assert count("3") == plain
    monkeypatch.undo()
    ask(here, application)
    assert count("4") > plain


def test_after_submitting_what_was_signed_still_holds_for_what_was_sent(here, application, address):
    sign(here, application)
    operations.submit(here.actor(here.kari), application.id, key="k", arrived_at=clock.now(), language="en")
    assert SIGNED in save(here.client(here.kari), address, "Changed", 1)
