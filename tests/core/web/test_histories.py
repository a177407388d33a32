"""Every version of an answer can be read and put back."""

import re

import pytest
from skolemerke.applications import operations
from support.applicants import saved, send, text_of


@pytest.fixture
def application(here):
    made = here.begun()
    for version, (who, text) in enumerate([(here.kari, "first <b>"), (here.ola, "second"), (here.kari, "")]):
        operations.save_answers(here.actor(who), made.id, {"team_work": text}, {"team_work": version})
    return made


@pytest.fixture
def address(application):
    return f"/applications/{application.public_id}/history/team_work"


def test_all_versions_stand_there_with_whose_they_are_newest_first(here, address):
    page = here.client(here.kari).get(address)
    words = text_of(page)
    places = [words.index(text) for text in ("Nothing: the answer was taken out.", "second", "first")]
    assert places == sorted(places)
    assert re.findall(r"by (Kari|Ola)", words) == ["Kari", "Ola", "Kari"]
    assert "first &lt;b&gt;" in page.text


def test_an_earlier_text_is_put_back_as_the_newest_and_nothing_is_lost(here, application, address):
    answer = send(here.client(here.ola), address, {"number": "1", "seen": "3"})
    assert answer.location == f"/applications/{application.public_id}/teaching#q_team_work"
    assert saved(application) == {"team_work": "first <b>"}
    assert text_of(here.client(here.ola).get(address)).count("Put this text back") == 3


def test_where_a_colleague_saved_meanwhile_nothing_is_put_back(here, application, address):
    operations.save_answers(here.actor(here.ola), application.id, {"team_work": "Ola again"}, {"team_work": 3})
    answer = send(here.client(here.kari), address, {"number": "1", "seen": "3"})
    assert answer.status_code == 409
    assert "Ola again" in text_of(answer)
    assert saved(application) == {"team_work": "Ola again"}


@pytest.mark.parametrize(("fields", "status"), [({"number": "9", "seen": "3"}, 409), ({}, 404), ({"number": "x"}, 404)])
def test_a_version_that_is_none_changes_nothing(here, application, address, fields, status):
    assert send(here.client(here.kari), address, fields).status_code == status
    assert saved(application) == {"team_work": ""}


def test_an_answer_of_another_school_or_of_no_question_is_not_there(here, address):
    per, kari = here.client(here.per), here.client(here.kari)
    nothing = address.replace("team_work", "nothing")
    assert [per.get(address).status_code, kari.get(nothing).status_code] == [404, 404]
    assert send(per, address, {"number": "1", "seen": "3"}).status_code == 404
