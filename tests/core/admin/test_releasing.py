"""The button that releases one result: who has it, and what it does."""

import pytest
from skolemerke import database
from skolemerke.decisions import operations
from skolemerke.outbox import Mail
from skolemerke.people import operations as people
from sqlalchemy import func, select
from support.applied import account, agency
from support.installation import SECOND, install, running
from support.judged import IN_IT, JudgedRound
from support.public_site import visitor

BUTTON = "Release this result"


@pytest.fixture
def world(tmp_path):
    with running(install(tmp_path, *SECOND), now=IN_IT) as app:
        made = JudgedRound(is_open=True)
        made.app = app
        app.config["WTF_CSRF_ENABLED"] = False
        yield made


def client(world, account_id=None):
    found = visitor(world.app)
    with found.session_transaction() as session:
        session["token"] = people.open_session(account_id or world.officer_account)
    return found


def page(world):
    return client(world).get(f"/admin/applications/details/?id={world.application}&language=en").text


def post(world, account_id=None, key=None, submission=None):
    address = f"/admin/applications/{key or world.application}/release/{submission or world.sent}?language=en"
    return client(world, account_id).post(address, follow_redirects=True)


def refuse(world, submission=None):
    operations.decide(world.officer, submission or world.sent, "agency", "refused", reasons="Too little.")


def mails():
    return database.read().scalar(select(func.count()).select_from(Mail))


def test_the_button_stands_beside_a_decision_that_is_not_released_yet(world):
    assert BUTTON not in page(world)
    refuse(world)
    text = page(world)
    assert BUTTON in text
    assert "With the release the school gets a mail with the feedback; nothing of it can be taken back." in text
    answer = post(world)
    assert (answer.status_code, mails()) == (200, 1)
    assert "The result is released. The school gets a mail." in answer.text
    assert "– released " in answer.text
    assert BUTTON not in answer.text
    results = client(world).get("/admin/results/?round=2023-2024").text
    assert results.count("<td>–</td>") == 1, "the central level alone has said nothing"
    assert "Release this result" not in results


def test_a_released_refusal_stands_below_the_submission_that_followed_it(world):
    refuse(world)
    operations.release(world.officer, world.sent)
    world.submit(number=2)
    text = page(world)
    assert "Nothing was decided yet." in text
    assert "What was decided of submission 1" in text
    assert "Too little." in text
    assert BUTTON not in text


def test_what_can_not_be_released_says_why(world):
    assert "Nothing was decided yet." in post(world).text
    refuse(world)
    world.submit(number=2)
    assert "The school has sent a newer submission" in post(world).text
    assert mails() == 0


def test_foreign_and_absent_results_answer_alike(world):
    refuse(world)
    sweden = agency("se", "SE")
    foreign = account("officer@se.example", role="officer", agency_id=sweden)
    answers = [
        post(world, foreign),
        post(world, submission=world.sent_fi),
        post(world, key=999),
        post(world, submission=999),
        post(world, world.kari),
    ]
    assert [answer.status_code for answer in answers] == [404] * 5
    assert mails() == 0
