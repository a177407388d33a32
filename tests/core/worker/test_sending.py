"""What becomes of a mail: sent once, tried again, given up, or listed for a human."""

import threading
import time as stopwatch
from collections import Counter

import pytest
from skolemerke import config, database
from skolemerke.outbox import FAILED, QUEUED, SENT, Mail
from skolemerke.worker import sending as module
from skolemerke.worker.sending import SendReport, send_due
from sqlalchemy import select, update
from support.ports import free_port

from .conftest import queue

PEOPLE = [f"teacher{number}@school.example" for number in range(20)]


def mails():
    database.read().rollback()
    return {mail.address: mail for mail in database.read().scalars(select(Mail).order_by(Mail.id))}


def states():
    return {address: mail.state for address, mail in mails().items()}


def change(**values):
    with database.write() as session:
        session.execute(update(Mail).values(**values))


def test_each_mail_is_sent_once_over_one_connection(sending, server):
    queue(*PEOPLE)
    assert send_due() == SendReport(sent=20)
    assert send_due() == SendReport()
    assert server.recipients == PEOPLE
    assert server.connections == 1
    assert set(states().values()) == {SENT}


def test_one_bad_address_stops_no_other(sending, server):
    queue("gone@a.example", "busy@b.example", "no address", "kari@school.example")
    assert send_due() == SendReport(sent=1, failed=2, retried=1)
    assert server.recipients == ["kari@school.example"]
    found = mails()
    assert found["gone@a.example"].error == "550 no such person"
    assert found["busy@b.example"].error == "451 come back later"
    assert found["no address"].error.endswith("this is no address that a mail can be sent to")
    assert [mail.state for mail in found.values()] == [FAILED, QUEUED, FAILED, SENT]


def test_a_mail_that_can_not_be_written_fails_alone(sending, server):
    queue("ola@school.example", kind="broken")
    queue("per@school.example", kind="kind of no room")
    queue("kari@school.example")
    assert send_due() == SendReport(sent=1, failed=2)
    assert mails()["ola@school.example"].error == "can't be written: LookupError: there is no such text"


def test_a_mail_waits_longer_before_each_attempt_and_is_given_up_in_the_end(sending, server, time):
    queue("busy@school.example")
    for minutes in module.WAITS:
        assert send_due() == SendReport(retried=1)
        time.pass_by(minutes=minutes - 0.2)
        assert send_due() == SendReport()
        time.pass_by(minutes=0.3)
    assert send_due() == SendReport(failed=1)
    mail = mails()["busy@school.example"]
    assert (mail.state, mail.attempts) == (FAILED, 12)
    assert mail.error == "given up after 12 attempts: 451 come back later"


def test_a_mail_that_is_tried_again_is_the_same_mail(sending, server, time):
    queue("busy@school.example")
    send_due()
    change(address="kari@school.example")
    before = mails()["kari@school.example"].message_id
    time.pass_by(minutes=2)
    assert send_due() == SendReport(sent=1)
    assert server.messages[0]["Message-ID"] == f"<{before}@label.example>"


def test_a_server_that_is_away_costs_one_mail_one_attempt(sending, server, time):
    queue(*PEOPLE)
    settings = sending.extensions[config.EXTENSION]
    away = settings.mail.model_copy(update={"port": free_port()})
    sending.extensions[config.EXTENSION] = settings.model_copy(update={"mail": away})
    assert send_due() == SendReport(retried=1)
    assert sum(mail.attempts for mail in mails().values()) == 1
    sending.extensions[config.EXTENSION] = settings
    time.pass_by(minutes=2)
    assert send_due() == SendReport(sent=20)


def test_mail_that_somebody_waits_for_overtakes_the_others(sending, server):
    queue(*PEOPLE)
    queue("waiting@school.example", kind="secret")
    assert send_due(1) == SendReport(sent=1)
    assert server.recipients == ["waiting@school.example"]
    assert send_due(3) == SendReport(sent=3)


def test_what_a_secret_mail_carried_is_wiped_whether_it_was_sent_or_refused(sending, server):
    queue("kari@school.example", "gone@school.example", kind="secret", text="the code")
    queue("ola@school.example", text="kept")
    send_due()
    assert [mail.payload for mail in mails().values()] == [{}, {}, {"subject": "Mail 0", "text": "kept"}]


def test_the_pace_is_kept(sending, server):
    settings = sending.extensions[config.EXTENSION]
    slow = settings.mail.model_copy(update={"per_minute": 600})
    sending.extensions[config.EXTENSION] = settings.model_copy(update={"mail": slow})
    queue(*PEOPLE[:6])
    began = stopwatch.monotonic()
    send_due()
    assert stopwatch.monotonic() - began >= 0.5


def test_a_worker_that_is_told_to_stop_leaves_the_rest_queued(sending, server):
    queue(*PEOPLE)
    stopping = threading.Event()
    stopping.set()
    assert send_due(stopping=stopping) == SendReport()
    assert set(states().values()) == {QUEUED}


def _two_workers(app):
    """Let two workers look up the same rows, and send them at the same time."""
    both, looked_up = threading.Barrier(2), module._due

    def due(count):
        found = looked_up(count)
        both.wait(timeout=10)
        return found

    def work():
        with app.app_context():
            send_due()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_due", due)
        threads = [threading.Thread(target=work) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()


def test_two_workers_at_once_send_each_mail_once(sending, server):
    queue(*PEOPLE)
    _two_workers(sending)
    assert Counter(server.recipients) == Counter(PEOPLE)


def test_two_workers_that_do_not_claim_send_a_mail_twice(sending, server, monkeypatch):
    """The twin: it is the guarded claim that keeps them apart."""
    monkeypatch.setattr(module, "_still_queued", lambda mail_id: Mail.id == mail_id)
    queue(*PEOPLE)
    _two_workers(sending)
    assert max(Counter(server.recipients).values()) == 2
