"""Saving while somebody writes: told only what is true, and nothing of a colleague's is overwritten."""

from datetime import timedelta

import pytest
from skolemerke import clock, database
from skolemerke.people import operations as people
from skolemerke.rounds import operations as rounds
from support.applicants import ROUND, saved
from support.applicants import send as send_form


@pytest.fixture
def address(application):
    return f"/applications/{application.public_id}/teaching/autosave"


def send(client, address, fields):
    return send_form(client, address.removesuffix("/autosave"), fields, to=address)


def told(answer):
    return answer.status_code, answer.get_json()


def test_what_was_stored_is_acknowledged_with_its_version_and_the_hour(here, application, address):
    client = here.client(here.kari)
    status, words = told(
        send(client, address, {"v_team_work": "0", "q_team_work": "We planned a week", "v_team_size": "0"})
    )
    assert (status, words["versions"], words["clashes"], words["refused"]) == (
        200,
        {"team_work": 1, "team_size": 0},
        [],
        [],
    )
    assert words["saved"].startswith("Saved 09:0")
    assert saved(application) == {"team_work": "We planned a week"}


def test_an_answer_that_a_colleague_changed_is_not_overwritten_and_the_others_are_saved(here, application, address):
    send(here.client(here.ola), address, {"v_team_work": "0", "q_team_work": "Ola's words"})
    fields = {"v_team_work": "0", "q_team_work": "Kari's words", "v_team_members": "0", "q_team_members": "Kari, Ola"}
    _status, words = told(send(here.client(here.kari), address, fields))
    assert words["versions"] == {"team_members": 1}
    assert [one["address"] for one in words["clashes"]] == ["team_work"]
    assert words["clashes"][0]["said"] == "Ola has changed the same answer. Both texts are kept."
    assert saved(application) == {"team_work": "Ola's words", "team_members": "Kari, Ola"}


def test_who_saved_in_this_part_just_now_is_said_to_be_writing_there(here, application, address):
    send(here.client(here.ola), address, {"v_team_work": "0", "q_team_work": "Ola's words"})
    kari = here.client(here.kari)
    fields = {"v_team_members": "0", "q_team_members": "Kari"}
    assert told(send(kari, address, fields))[1]["writing"] == "Ola is writing in this part."
    other = address.replace("/teaching/", "/esafety/")
    assert told(send(kari, other, {"v_safety_activities": "0", "q_safety_activities": "x"}))[1]["writing"] == ""
    clock.current().move_to(clock.now() + timedelta(minutes=5))
    assert told(send(kari, address, {"v_team_members": "1", "q_team_members": "K"}))[1]["writing"] == ""


def test_an_answer_that_can_not_be_kept_is_said(here, application, address):
    _status, words = told(send(here.client(here.kari), address, {"v_team_work": "0", "q_team_work": "x" * 20_001}))
    assert [one["address"] for one in words["refused"]] == ["team_work"]
    said = "What has the group done together? – An answer may have at most 20000 characters; this one has 20001."
    assert words["refused"][0]["said"] == f"{said} It was not saved."
    assert saved(application) == {}


def test_nobody_is_acknowledged_who_is_not_signed_in(here, application, address):
    client = here.client()
    assert client.get(address).status_code == 401
    assert client.post(address, data={"v_team_work": "0", "q_team_work": "x"}).status_code == 401
    assert saved(application) == {}


def test_a_page_of_an_earlier_sign_in_gets_a_new_token_and_saves(here, application, address):
    client = here.client(here.kari)
    stale = {"v_team_work": "0", "q_team_work": "Written for an hour", "csrf_token": "of an earlier sign-in"}
    assert told(client.post(address, data=stale)) == (400, {"stale": True})
    assert saved(application) == {}
    token = client.get(address).get_json()["token"]
    assert client.post(address, data={**stale, "csrf_token": token}).status_code == 200
    assert saved(application) == {"team_work": "Written for an hour"}


def test_a_teacher_of_another_school_is_told_nothing(here, application, address):
    absent = address.replace(application.public_id, "nothing")
    per = here.client(here.per)
    for method in (per.get, lambda where: send(per, where, {"v_team_work": "0", "q_team_work": "x"})):
        assert [method(where).status_code for where in (address, absent)] == [404, 404]
    assert saved(application) == {}


def test_after_the_end_of_the_round_it_says_why_nothing_is_saved(here, application, address):
    client = here.client(here.kari)
    token = client.get(address).get_json()["token"]
    rounds.close_round(ROUND)
    database.read().rollback()
    late = {"v_team_work": "0", "q_team_work": "late", "csrf_token": token}
    status, words = told(client.post(address, data=late))
    assert status == 409
    assert words["closed"].startswith("The round closed on")
    assert saved(application) == {}


def test_a_session_that_was_ended_elsewhere_saves_no_more(here, application, address):
    client = here.client(here.kari)
    send(client, address, {"v_team_work": "0", "q_team_work": "before"})
    with client.session_transaction() as session:
        people.sign_out(session["token"])
    assert client.post(address, data={"v_team_work": "1", "q_team_work": "after"}).status_code == 401
    assert saved(application) == {"team_work": "before"}


def test_a_page_of_one_teacher_saves_nothing_in_the_name_of_another_who_signed_in_since(here, application, address):
    ola = here.client(here.ola)
    told_now = ola.get(address).get_json()
    assert told_now["key"] == f"{application.public_id}:{here.ola}"
    assert told_now["another"].startswith("Ola is signed in in this browser now")
    fields = {"v_team_work": "0", "q_team_work": "Kari's words", "csrf_token": told_now["token"]}
    assert told(ola.post(address, data={**fields, "writer": str(here.kari)})) == (400, {"stale": True})
    assert saved(application) == {}
    assert ola.post(address, data={**fields, "writer": told_now["writer"]}).status_code == 200
    assert saved(application) == {"team_work": "Kari's words"}
