"""The check, the submission and its receipt."""

import re
from datetime import datetime

import pytest
from skolemerke import clock, database
from skolemerke.applications import operations, queries
from skolemerke.applications.models import Submission
from skolemerke.people import operations as people
from skolemerke.scoring import operations as scoring
from sqlalchemy import select
from support.applicants import csrf, saved, send, text_of


def submissions():
    database.read().rollback()
    return database.read().scalars(select(Submission).order_by(Submission.number)).all()


def key_of(page):
    return page.text.split('name="key" value="')[1].split('"')[0]


def test_the_task_list_counts_what_is_missing_as_the_check_does_without_the_consent(here, address):
    client = here.client(here.kari)
    found = re.search(r"(\d+) things are missing before you can submit", text_of(client.get(f"{address}/check")))
    assert f"To be done {found.group(1)} things are missing." in text_of(client.get(address))


def test_the_check_leads_to_each_question_at_which_something_is_missing(here, application, address):
    here.fill(application, team_size="2", safety_latest="last spring", internet_rules="")
    piece = queries.evidence_of(application.id)[2]
    operations.remove_evidence(here.actor(here.kari), piece.public_id)
    page = here.client(here.kari).get(f"{address}/check")
    assert "4 things are missing before you can submit." in text_of(page)
    assert f'href="{address}/esafety#q_internet_rules-0"' in page.text
    assert f'href="{address}/esafety#q_safety_latest"' in page.text
    assert f'href="{address}/teaching#q_team_size"' in page.text
    assert f'href="{address}/teaching#evidence-{piece.question_id}"' in page.text
    assert "This answer does not yet document the requirement." in text_of(page)


def test_the_check_shows_the_provisional_sheet_with_the_waiver_its_reason_and_what_is_assumed(
    here, application, address
):
    here.fill(application, internet_rules="some")
    text = text_of(here.client(here.kari).get(f"{address}/check"))
    assert "Nothing is missing in the form." in text
    assert "A Responsible internet use Documented 1 of 1" in text
    assert "F Promotion of eTwinning Fixed by an adjustment: every school gets it Because of the pandemic" in text
    assert "How does the school work with its rules for using the internet? Started 1 of 3" in text
    assert "In all 40 of 42 Needed 24" in text
    assert "they are assumptions made by those who wrote this form" in text


def test_an_unfinished_application_cannot_be_submitted_and_the_page_says_why(here, application, address):
    client = here.client(here.kari)
    text = text_of(client.get(f"{address}/submit"))
    assert "The application can't be submitted yet." in text
    assert "Consent to be named in the list of schools" in text
    token = csrf(client.get(f"{address}/consent"))
    answer = client.post(f"{address}/submit", data={"csrf_token": token, "key": "k1"})
    assert answer.status_code == 422
    assert submissions() == []


def test_submitting_gives_a_receipt_and_sending_the_page_again_gives_the_same(here, application, address):
    here.fill(application)
    client = here.client(here.kari)
    page = client.get(f"{address}/submit")
    assert "27 of 32 answered" in text_of(page)
    fields = {"csrf_token": csrf(page), "key": key_of(page)}
    first, again = (client.post(f"{address}/submit", data=fields) for _ in range(2))
    assert [first.location, again.location] == [f"{address}/receipt"] * 2
    (made,) = submissions()
    text = text_of(client.get(f"{address}/receipt"))
    assert f"Receipt number {made.receipt}" in text
    assert "Arrived Tuesday, 1 December 2020, 09:0" in text
    assert "The principal or a deputy signs the declaration, by Monday, 22 February 2021, 23:59 (CET)." in text


def test_a_page_that_is_sent_again_after_a_change_submits_nothing_more_and_the_receipt_says_so(
    here, application, address
):
    """A retry must not send what a colleague has half written meanwhile; who wants that presses the button anew."""
    here.fill(application)
    client = here.client(here.kari)
    page = client.get(f"{address}/submit")
    fields = {"csrf_token": csrf(page), "key": key_of(page)}
    client.post(f"{address}/submit", data=fields)
    operations.save_answers(here.actor(here.ola), application.id, {"team_size": "5"}, {"team_size": 1})
    answer = client.post(f"{address}/submit", data={**fields, "q_team_size": "6"})
    assert (answer.status_code, answer.location) == (302, f"{address}/receipt")
    assert [(made.number, made.raw["team_size"]) for made in submissions()] == [(1, "4")]
    assert saved(application)["team_size"] == "5"
    assert "The application was changed after it was submitted." in text_of(client.get(answer.location))


def test_two_pages_have_two_keys(here, application, address):
    here.fill(application)
    client = here.client(here.kari)
    assert key_of(client.get(f"{address}/submit")) != key_of(client.get(f"{address}/submit"))


def test_after_a_change_the_application_can_be_submitted_again(here, application, address):
    here.fill(application)
    client = here.client(here.kari)
    send(client, f"{address}/submit", {"key": "k1"})
    assert "nothing has been changed since" in text_of(client.get(f"{address}/submit"))
    operations.save_answers(here.actor(here.ola), application.id, {"team_size": "5"}, {"team_size": 1})
    assert "The application was changed after it was submitted." in text_of(client.get(f"{address}/receipt"))
    assert "Submit the application again Changed" in text_of(client.get(address))
    send(client, f"{address}/submit", {"key": "k2"})
    assert [made.number for made in submissions()] == [1, 2]


def test_what_arrives_after_the_deadline_is_refused_with_the_reason(here, application, address):
    here.fill(application)
    client = here.client(here.kari)
    token = csrf(client.get(f"{address}/submit"))
    clock.current().move_to(datetime.fromisoformat("2021-02-09T00:00:00+01:00"))
    answer = client.post(f"{address}/submit", data={"csrf_token": token, "key": "k"})
    assert answer.status_code == 409
    assert "The application was not submitted." in text_of(answer)
    assert "the deadline was 8 February 2021, 23:59" in text_of(answer)
    assert submissions() == []


@pytest.mark.parametrize("key", ["", "x" * 81])
def test_a_submission_without_a_usable_key_is_none(here, application, address, key):
    here.fill(application)
    assert send(here.client(here.kari), f"{address}/submit", {"key": key}).status_code == 400
    assert submissions() == []


def test_there_is_no_receipt_before_anything_was_submitted(here, application, address):
    answer = here.client(here.kari).get(f"{address}/receipt")
    assert (answer.status_code, answer.location) == (302, address)


def test_the_receipt_shows_the_score_sheet(here, application, address):
    here.fill(application)
    send(here.client(here.kari), f"{address}/submit", {"key": "k1"})
    scoring.score_submission(submissions()[0].id)
    text = text_of(here.client(here.kari).get(f"{address}/receipt"))
    assert "Score sheet What Because Points" in text
    assert "In all 42 of 42 Needed 24" in text


def test_the_result_stands_there_once_it_is_released_and_not_before(here, application, address):
    from skolemerke.decisions.models import Decision

    here.fill(application)
    client = here.client(here.kari)
    send(client, f"{address}/submit", {"key": "k1"})
    decided = {
        "submission_id": submissions()[0].id,
        "outcome": "granted",
        "reasons": "All met",
        "feedback": "Well done <3",
    }
    with database.write() as session:
        session.add(Decision(**decided, level="central", made_at=clock.now()))
    assert "Well done" not in text_of(client.get(f"{address}/receipt"))
    with database.write() as session:
        session.scalars(select(Decision)).one().released_at = clock.now()
    page = client.get(f"{address}/receipt")
    assert "The school receives the label" in text_of(page)
    assert "Well done &lt;3" in page.text
    assert "The school receives the label" in text_of(client.get(address))


@pytest.mark.parametrize(
    ("path", "page"),
    [
        ("submit", "submit"),
        ("consent", "consent"),
        ("declaration", "declaration"),
        ("declaration/paper", "declaration"),
    ],
)
def test_who_is_signed_out_meanwhile_reads_that_nothing_was_sent_and_comes_back_after_signing_in(
    here, address, path, page
):
    client = here.client(here.kari)
    token = csrf(client.get(f"{address}/{page}"))
    with client.session_transaction() as held:
        people.sign_out(held["token"])
    answer = client.post(f"{address}/{path}", data={"csrf_token": token})
    assert answer.status_code == 401
    assert "Nothing of what you sent was taken in, because you are no longer signed in." in text_of(answer)
    assert f'href="{address}/{page}">Sign in and load the page again' in answer.text
    assert client.get(f"{address}/{page}").location == "/sign-in"
    with client.session_transaction() as held:
        assert held["wanted"] == f"{address}/{page}"


def test_a_stale_page_leads_to_itself_to_be_sent_once_more(here, address):
    client = here.client(here.kari)
    answer = client.post(f"{address}/consent", data={"csrf_token": "old", "consent": "yes"})
    assert answer.status_code == 400
    assert "What you sent was not taken in" in text_of(answer)
    assert f'href="{address}/consent">Load the page again' in answer.text


def changed_after_sending(here, application):
    """Send an application and change it."""
    here.fill(application)
    actor = here.actor(here.kari)
    operations.submit(actor, application.id, key="k", arrived_at=clock.now(), language="en")
    operations.save_answers(actor, application.id, {"team_work": "Written later"}, {"team_work": 1})


NOT_SENT = (
    "What was changed after submission 1 of Tuesday, 1 December 2020, 09:00 (CET) was not sent and does not count."
)


def test_while_the_round_is_open_task_list_and_receipt_say_that_a_change_is_not_sent(here, application, address):
    changed_after_sending(here, application)
    client = here.client(here.kari)
    assert "Changed since Tuesday, 1 December 2020" in text_of(client.get(address))
    receipt = client.get(f"{address}/receipt")
    assert "What was submitted counts until you submit again." in text_of(receipt)
    assert f'href="{address}/print?draft="' in receipt.text


@pytest.mark.parametrize("page", ["", "/receipt", "/teaching"])
def test_after_closing_task_list_receipt_and_parts_say_that_a_change_was_not_sent(here, application, address, page):
    changed_after_sending(here, application)
    clock.current().move_to(datetime.fromisoformat("2021-02-09T09:00:00+01:00"))
    text = text_of(here.client(here.kari).get(f"{address}{page}"))
    assert NOT_SENT in text


@pytest.mark.parametrize("page", ["", "/receipt", "/teaching"])
def test_after_closing_nothing_is_said_of_changes_where_there_are_none(here, application, address, page):
    here.fill(application)
    operations.submit(here.actor(here.kari), application.id, key="k", arrived_at=clock.now(), language="en")
    clock.current().move_to(datetime.fromisoformat("2021-02-09T09:00:00+01:00"))
    assert "was not sent and does not count" not in text_of(here.client(here.kari).get(f"{address}{page}"))
