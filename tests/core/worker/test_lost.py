"""What becomes of mail when a worker dies with it, or a mail server takes it and never answers."""

import subprocess
import sys

import pytest
from skolemerke import clock, config, database
from skolemerke.mailing import operations as mailing
from skolemerke.mailing import queries
from skolemerke.mailing.operations import MailRefusal
from skolemerke.outbox import FAILED, QUEUED, SENDING, SENT, UNKNOWN, Mail
from skolemerke.people.actors import SYSTEM, Actor
from skolemerke.people.rights import Refused
from skolemerke.worker import alive, transport
from skolemerke.worker import sending as module
from skolemerke.worker.sending import SendReport, send_due
from sqlalchemy import select, update
from support.house import ROOT

from .conftest import queue


def mails():
    database.read().rollback()
    return list(database.read().scalars(select(Mail).order_by(Mail.id)))


def change(**values):
    with database.write() as session:
        session.execute(update(Mail).values(**values))


def instance(app):
    return app.extensions[config.EXTENSION].instance


DYING = """
import os, sys
from pathlib import Path
from skolemerke.worker import alive
print(alive.name_here(Path(sys.argv[1])), flush=True)
sys.stdin.read()
"""


@pytest.fixture
def other(sending):
    """Another process that sends for the same installation; killed at the end."""
    command = [sys.executable, "-c", DYING, str(instance(sending))]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        process.name = process.stdout.readline().strip()
        yield process
        process.kill()


def test_what_a_killed_worker_left_is_sent_at_once_with_the_same_message_id(sending, server, other):
    queue("kari@school.example", text="kept")
    queue("ola@school.example", kind="secret", text="the code")
    before = {mail.address: mail.message_id for mail in mails()}
    change(state=SENDING, due_at=clock.real(), attempts=1, claimed_by=other.name)
    assert send_due() == SendReport()
    assert {mail.state for mail in mails()} == {SENDING}, "who is alive keeps its mail"
    other.kill()
    other.wait()
    assert send_due() == SendReport(sent=2)
    assert {message["To"]: message["Message-ID"] for message in server.messages} == {
        address: f"<{number}@label.example>" for address, number in before.items()
    }
    assert not (instance(sending) / alive.FOLDER / other.name).exists()


def test_a_worker_that_can_not_be_asked_counts_as_dead_after_a_while(sending, server, time):
    queue("kari@school.example")
    change(state=SENDING, due_at=clock.real(), attempts=1, claimed_by="on another machine")
    time.pass_by(minutes=9)
    assert send_due() == SendReport()
    time.pass_by(minutes=2)
    assert send_due() == SendReport(sent=1)


def test_a_mail_at_which_workers_die_again_and_again_is_listed_and_not_tried_any_more(sending, server, time):
    queue("kari@school.example")
    change(state=SENDING, due_at=clock.real(), attempts=module.DEATHS, claimed_by="on another machine")
    time.pass_by(minutes=11)
    assert send_due() == SendReport(unknown=1)
    assert [mail.error for mail in queries.unknown()] == [module.LOST_TOO_OFTEN % 3]
    assert server.recipients == []


def test_a_server_that_takes_a_mail_and_never_answers_leaves_it_unknown_and_stops_no_other(
    sending, server, monkeypatch
):
    monkeypatch.setattr(transport, "PATIENCE", 0.3)
    queue("mute@school.example", "kari@school.example")
    assert send_due() == SendReport(sent=1, unknown=1)
    found = {mail.address: (mail.state, mail.attempts) for mail in mails()}
    assert found == {"mute@school.example": (UNKNOWN, 1), "kari@school.example": (SENT, 1)}
    assert "did not answer after it had got the whole mail" in mails()[0].error
    assert send_due() == SendReport()


def test_unknown_mail_is_sent_again_by_hand_with_the_same_message_id(sending, server, monkeypatch):
    monkeypatch.setattr(transport, "PATIENCE", 0.3)
    queue("mute@school.example")
    send_due()
    change(address="kari@school.example")
    with pytest.raises(Refused):
        mailing.send_again(Actor(account_id=1), mails()[0].id)
    mailing.send_again(SYSTEM, mails()[0].id)
    assert send_due() == SendReport(sent=1)
    assert server.messages[0]["Message-ID"] == server.messages[1]["Message-ID"]
    with pytest.raises(MailRefusal, match="only a mail that failed"):
        mailing.send_again(SYSTEM, mails()[0].id)


def test_all_unknown_mail_of_the_own_agencies_is_sent_again_at_once(sending, server):
    queue("kari@school.example", "ola@school.example")
    change(state=UNKNOWN)
    with database.write() as session:
        session.execute(update(Mail).where(Mail.address == "kari@school.example").values(agency_id=7))
    assert mailing.send_unknown_again(Actor(account_id=1, agencies=frozenset({8}))) == 0
    assert mailing.send_unknown_again(Actor(account_id=1, agencies=frozenset({7}))) == 1
    assert mailing.send_unknown_again(SYSTEM) == 1
    assert {mail.state for mail in mails()} == {QUEUED}


def test_unknown_mail_is_sent_again_by_itself_where_the_setting_says_so(sending, server, time):
    queue("kari@school.example")
    change(state=UNKNOWN, due_at=clock.real(), attempts=1)
    time.pass_by(hours=24)
    assert send_due() == SendReport()
    settings = sending.extensions[config.EXTENSION]
    patient = settings.mail.model_copy(update={"resend_unknown_minutes": 30})
    sending.extensions[config.EXTENSION] = settings.model_copy(update={"mail": patient})
    change(due_at=clock.real())
    time.pass_by(minutes=29)
    assert send_due() == SendReport()
    time.pass_by(minutes=2)
    assert send_due() == SendReport(sent=1)


def test_a_secret_mail_of_which_nobody_knows_is_wiped_and_not_sent_again(sending, server, monkeypatch):
    monkeypatch.setattr(transport, "PATIENCE", 0.3)
    queue("mute@school.example", kind="secret", text="the code")
    assert send_due() == SendReport(failed=1)
    (mail,) = mails()
    assert (mail.state, mail.payload) == (FAILED, {})
    with pytest.raises(MailRefusal, match="was wiped"):
        mailing.send_again(SYSTEM, mail.id)
