"""`send-mail`: what it did, as figures, and "no" where a mail can never be sent."""

import json

import pytest
from click.testing import CliRunner
from skolemerke import database, outbox
from skolemerke.cli.mail import send_mail
from skolemerke.outbox import UNKNOWN, Letter, Mail
from sqlalchemy import update
from support.installation import install, running


@pytest.fixture
def app(tmp_path):
    with running(install(tmp_path)) as app:
        outbox.of(app).register("news", lambda _mail: Letter("News", "Some news"))
        yield app


def queue(*addresses):
    with database.write() as session:
        for address in addresses:
            outbox.queue(session, "news", address, address=address, language="en")


def run(*words):
    done = CliRunner().invoke(send_mail, words)
    return done.exit_code, done.stdout


def test_all_sent_is_good(app):
    queue("kari@school.example", "ola@school.example")
    code, out = run("--once", "--json")
    assert (code, json.loads(out)) == (0, {"sent": 2, "failed": 0, "retried": 0, "unknown": 0, "withheld": 0})
    assert run("--once") == (0, "0 sent, 0 failed, 0 to be tried again\n")


def test_a_permanent_failure_is_no(app):
    queue("no address", "kari@school.example")
    code, out = run("--once", "--json")
    assert (code, json.loads(out)) == (1, {"sent": 1, "failed": 1, "retried": 0, "unknown": 0, "withheld": 0})


def test_mail_of_which_nobody_knows_whether_it_left_is_listed(app):
    queue("kari@school.example")
    with database.write() as session:
        session.execute(update(Mail).values(state=UNKNOWN, error="no answer"))
    code, out = run("--once")
    assert code == 0
    assert out.splitlines()[1] == "mail 1 (news): whether it left is not known: no answer"


def test_unknown_mail_is_sent_again_when_the_command_is_told_to(app):
    queue("kari@school.example")
    with database.write() as session:
        session.execute(update(Mail).values(state=UNKNOWN))
    assert run("--once", "--unknown-again") == (0, "1 sent, 0 failed, 0 to be tried again\n")
