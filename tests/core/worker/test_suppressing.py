"""An address of which a mail server says that it does not exist gets nothing more, until somebody lets it through."""

import pytest
from skolemerke import audit, database
from skolemerke.mailing import operations, queries
from skolemerke.mailing.models import ASKED, REFUSED, STAFF, Suppression
from skolemerke.mailing.operations import MailRefusal
from skolemerke.outbox import FAILED, SENT, Mail
from skolemerke.outbox import of as outbox_of
from skolemerke.people.actors import SYSTEM, Actor
from skolemerke.people.rights import Refused
from skolemerke.worker.sending import SendReport, send_due
from sqlalchemy import select, update

from .conftest import letter, queue


def suppressions():
    database.read().rollback()
    rows = database.read().scalars(select(Suppression).order_by(Suppression.id))
    return [(row.address, row.cause, row.detail, row.lifted_at is None) for row in rows]


def errors():
    database.read().rollback()
    return {mail.address: mail.error for mail in database.read().scalars(select(Mail).order_by(Mail.id))}


def test_an_unknown_mailbox_is_remembered_and_gets_nothing_more(sending, server):
    queue("Gone@school.example")
    with database.write() as session:
        session.execute(update(Mail).values(address="gone@School.example"))
    assert send_due() == SendReport(failed=1)
    assert suppressions() == [("gone@school.example", REFUSED, "550 no such person", True)]
    queue("gone@school.example", "kari@school.example", subject="Later")
    connections = server.connections
    assert send_due() == SendReport(sent=1, withheld=1)
    assert server.connections == connections + 1
    assert errors()["gone@school.example"] == (
        "not sent: mail to this address is stopped (refused: 550 no such person)"
    )


@pytest.mark.parametrize("address", ["barred@school.example", "full@school.example", "spam@school.example"])
def test_a_refusal_that_is_not_about_the_mailbox_stops_no_address(sending, server, address):
    queue(address, "kari@school.example")
    assert send_due() == SendReport(sent=1, failed=1)
    assert suppressions() == []


def test_a_mail_that_is_refused_for_now_after_it_came_is_tried_again(sending, server, time):
    queue("later@school.example")
    assert send_due() == SendReport(retried=1)
    assert errors() == {"later@school.example": "452 no space now"}


def test_who_asked_for_no_more_gets_no_bulk_mail_but_everything_else(sending, server):
    mails = outbox_of(sending)
    mails.register("bulk", letter, bulk=True)
    queue("kari@school.example", kind="bulk")
    assert send_due() == SendReport(sent=1)
    first = database.read().scalars(select(Mail)).one()
    operations.stop(first)
    operations.stop(first)
    assert suppressions() == [("kari@school.example", ASKED, "", True)]
    queue("per@school.example", "kari@school.example", kind="bulk")
    queue("kari@school.example")
    queue("kari@school.example", kind="secret", text="the code")
    assert send_due() == SendReport(sent=3, withheld=1)
    operations.resume(first)
    operations.resume(first)
    assert suppressions() == [("kari@school.example", ASKED, "", False)]
    verbs = database.read().scalars(select(audit.AuditLine.verb).order_by(audit.AuditLine.number)).all()
    assert [verb for verb in verbs if verb.startswith("mail.")] == ["mail.stopped", "mail.resumed"]
    assert list(audit.breaks(database.read())) == []


def test_a_sign_in_mail_that_is_taken_lets_an_address_through_again(sending, server):
    queue("gone@school.example")
    send_due()
    with database.write() as session:
        session.execute(update(Suppression).values(address="kari@school.example"))
    queue("kari@school.example", kind="secret", text="the code")
    queue("kari@school.example")
    assert send_due() == SendReport(sent=2)
    assert suppressions() == [("kari@school.example", REFUSED, "550 no such person", False)]


def test_staff_stop_an_address_and_let_it_through_with_a_reason(sending, server):
    officer = Actor(account_id=1, is_central=True)
    operations.suppress(officer, " Kari@School.example ", "Asked by phone.")
    for reason, words in (("", "write the reason"), ("Again.", "was stopped before")):
        with pytest.raises(MailRefusal, match=words):
            operations.suppress(officer, "kari@school.example", reason)
    with pytest.raises(MailRefusal, match="is no address"):
        operations.suppress(officer, "kari", "Why not.")
    with pytest.raises(Refused):
        operations.suppress(Actor(account_id=2), "ola@school.example", "I am a teacher.")
    queue("kari@school.example")
    assert send_due() == SendReport(withheld=1)
    number = queries.standing("kari@school.example")[STAFF].id
    with pytest.raises(MailRefusal, match="write the reason"):
        operations.lift(officer, number, " ")
    with pytest.raises(Refused):
        operations.lift(Actor(account_id=3, agencies=frozenset({9})), number, "Not mine.")
    operations.lift(officer, number, "She wants mail again.")
    with pytest.raises(MailRefusal, match="let through before"):
        operations.lift(officer, number, "Again.")
    mail = database.read().scalars(select(Mail)).one()
    assert mail.state == FAILED
    operations.send_again(SYSTEM, mail.id)
    assert send_due() == SendReport(sent=1)
    database.read().rollback()
    assert database.read().scalars(select(Mail.state)).all() == [SENT]
