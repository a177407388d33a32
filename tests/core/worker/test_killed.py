"""The sender is killed again and again while it sends: nobody is left out, and second copies are known as such."""

import os

import pytest
from skolemerke import database, outbox
from skolemerke.outbox import SENDING, SENT, Mail
from sqlalchemy import func, select
from support.installation import install, running

from bench.killing import Outcome, kill_senders

pytestmark = pytest.mark.skipif(os.name == "nt", reason="there is no SIGKILL and no fork")


@pytest.fixture
def home(tmp_path, database_url):
    """A home with its database."""
    return install(tmp_path / "home"), database_url


def sent_by(home, mails, kills, **how):
    """What came of `mails` mails with a sender that was killed so often, and how many mails are in each state."""
    folder, url = home
    with running(folder, url), database.write() as session:
        for number in range(mails):
            address = f"teacher{number}@school.example"
            outbox.queue(session, "news", f"n{number}", address=address, name=f"Kim {number}", language="en")
    outcome = kill_senders(folder, mails, kills, settings={"SKOLEMERKE_DATABASE_URL": url}, **how)
    with running(folder, url):
        states = database.read().execute(select(Mail.state, func.count()).group_by(Mail.state)).all()
    return outcome, {row[0]: row[1] for row in states}


def test_nobody_is_left_out_and_each_death_costs_at_most_one_second_copy(home):
    outcome, states = sent_by(home, 600, 10)
    assert states == {SENT: 600}
    assert (outcome.people, outcome.strangers) == (600, 0)
    assert outcome.copies <= 10


def test_senders_that_do_not_take_up_what_dead_ones_left_leave_somebody_in_the_dark(home):
    """The twin: without it, the rows of the dead stay as they were."""
    outcome, states = sent_by(home, 120, 6, forgetful=True)
    assert outcome == Outcome(6, outcome.people, 0, 0)
    assert states[SENDING] >= 1
