"""What a school reads of a result that was released while the round is open, and of what it sent after it."""

import re

import pytest
from skolemerke import database
from skolemerke.applications.models import Application
from skolemerke.decisions import operations, reviewing
from skolemerke.decisions.reviewing import Judging
from skolemerke.people import operations as people
from support.applying import again
from support.installation import SECOND, install, running
from support.judged import IN_IT, JudgedRound
from support.public_site import visitor

UNTIL = "until Monday, 12 December 2022, 23:59 (CET) the school can improve the application and submit it again."


@pytest.fixture
def world(tmp_path):
    with running(install(tmp_path, *SECOND), now=IN_IT) as app:
        made = JudgedRound(is_open=True)
        made.app = app
        reviewing.judge(made.officer, made.sent, {"pupils": Judging("not_fulfilled", "Ask the pupils themselves.")})
        yield made


def decided(world, outcome, submission=None):
    """Let the officer decide on a submission and release the result."""
    sent = submission or world.sent
    operations.decide(world.officer, sent, "agency", outcome, reasons="So", feedback=f"Words on {sent}.")
    operations.release(world.officer, sent)


def page(world, part=""):
    """The text of a page of the application, as its teacher reads it."""
    client = visitor(world.app)
    with client.session_transaction() as session:
        session["token"] = people.open_session(world.kari)
    answer = client.get(f"/applications/{again(world.application).public_id}{part}?language=en")
    assert answer.status_code == 200
    main = answer.text.partition("<main")[2].partition("</main>")[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main))


def test_a_receipt_without_a_result_says_that_the_agency_reviews_while_the_round_is_open(world):
    text = page(world, "/receipt")
    assert "The agency reviews the application, also while the round is open." in text
    assert "after the round has closed" not in text


@pytest.mark.parametrize("part", ["", "/receipt"])
def test_a_refused_school_reads_until_when_it_can_send_again(world, part):
    assert UNTIL not in page(world, part)
    decided(world, "refused")
    text = page(world, part)
    assert "The school does not receive the label this time" in text
    assert f"Words on {world.sent}." in text
    assert UNTIL in text
    world.close()
    text = page(world, part)
    assert "The school does not receive the label this time" in text
    assert UNTIL not in text


def test_the_task_list_of_a_refused_school_says_what_is_to_be_done(world):
    decided(world, "refused")
    text = page(world)
    assert "parts are done" in text
    assert "Submit the application by Monday, 12 December 2022, 23:59 (CET)." in text


def test_after_sending_again_the_pages_say_what_was_decided_of_the_earlier_submission(world):
    decided(world, "refused")
    newer = world.submit(number=2)
    tasks, receipt = page(world), page(world, "/receipt")
    assert "Submission 1 did not receive the label. The newer one waits for its result." in tasks
    assert "does not receive the label this time" not in tasks
    assert "The application has arrived" in receipt
    assert (
        f"What was decided of submission 1 The school does not receive the label this time Words on {world.sent}."
        in (receipt)
    )
    assert "Ask the pupils themselves." in receipt
    decided(world, "granted", newer)
    for part in ("", "/receipt"):
        text = page(world, part)
        assert "The school receives the label" in text
        assert f"Words on {newer}." in text
        assert "What was decided of submission" not in text


def test_a_school_that_holds_the_label_can_send_nothing_more_and_reads_why(world):
    told = "The school receives the label, so the application is settled and takes no more changes."
    assert told not in page(world, "/submit")
    decided(world, "granted")
    assert told in page(world, "/submit")
    text = page(world)
    assert "The school receives the label" in text
    assert "parts are done" not in text
    client = visitor(world.app)
    with client.session_transaction() as session:
        session["token"] = people.open_session(world.kari)
    assert "The school receives the label." in client.get("/applications?language=en").text
    public_id = again(world.application).public_id
    world.app.config["WTF_CSRF_ENABLED"] = False
    answer = client.post(f"/applications/{public_id}/submit?language=en", data={"key": "k" * 20})
    assert (answer.status_code, told in answer.text) == (409, True)
    assert database.read().get_one(Application, world.application).settled_at is not None
