"""Every version of an answer can be read and put back."""

import html
import re
from datetime import timedelta

import pytest
from skolemerke import clock
from skolemerke.applications import operations
from support.applicants import saved, send, text_of
from support.applying import again


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


def shown(client, address):
    """The texts on the page, in their order."""
    return re.findall(r'<div class="prewrap answer" dir="auto">([^<]*)</div>', client.get(address).text)


def typed(here, application, who, *texts, apart=timedelta(seconds=5)):
    """Somebody's browser saves what was typed, again and again; the clock goes on."""
    for text in texts:
        clock.current().move_to(clock.now() + apart)
        operations.save_answers(here.actor(who), application.id, {"team_members": text}, known(application))


def known(application):
    kept = again(application.id).answers.get("team_members", {"version": 0})
    return {"team_members": kept["version"]}


def test_of_one_time_of_writing_the_last_text_is_shown_and_the_others_are_a_click_away(here, address):
    application = here.begun()
    address = address.replace("team_work", "team_members")
    typed(here, application, here.kari, "K", "Ka", "Kari")
    typed(here, application, here.ola, *(f"Ola {number}" for number in range(120)))
    typed(here, application, here.kari, "Kari again", apart=timedelta(hours=1))
    typed(here, application, here.kari, "Kari the next day", apart=timedelta(days=1))
    client = here.client(here.kari)
    assert shown(client, address) == ["Kari the next day", "Kari again", "Ola 119", "Kari"]
    page = client.get(address)
    assert "All 120 saves of this time of writing" in text_of(page)
    every = html.unescape(re.search(r'href="([^"]*)">All 120 saves', page.text).group(1))
    assert shown(client, every) == [f"Ola {number}" for number in range(119, 69, -1)]
    older = html.unescape(re.search(r'href="([^"]*)">Older versions', client.get(every).text).group(1))
    assert shown(client, older)[:2] == ["Ola 69", "Ola 68"]
    oldest = html.unescape(re.search(r'href="([^"]*)">Older versions', client.get(older).text).group(1))
    assert shown(client, oldest)[-4:] == ["Ola 0", "Kari", "Ka", "K"]


def test_the_text_from_which_much_was_taken_out_is_shown_too(here, address):
    application = here.begun()
    address = address.replace("team_work", "team_members")
    typed(here, application, here.kari, "A long text about our team", "A long text about our teams", "We", "We are")
    assert shown(here.client(here.kari), address) == ["We are", "A long text about our teams"]


def test_times_of_writing_are_paged_so_that_each_is_reached(here, address):
    application = here.begun()
    address = address.replace("team_work", "team_members")
    typed(here, application, here.kari, *(f"{number:02}" for number in range(60)), apart=timedelta(minutes=10))
    client = here.client(here.kari)
    first = shown(client, address)
    older = html.unescape(re.search(r'href="([^"]*)">Older versions', client.get(address).text).group(1))
    assert first + shown(client, older) == [f"{number:02}" for number in range(59, -1, -1)]
    assert "Older versions" not in client.get(older).text
    last = send(client, f"{address}?before=11", {"number": "1", "seen": "60"})
    assert (last.status_code, saved(application)["team_members"]) == (302, "00")


@pytest.mark.parametrize("asked", ["before=x", "before=-1", "before=0", "every=no&before=99999999999999999999"])
def test_nonsense_in_the_address_is_no_fault(here, address, asked):
    assert here.client(here.kari).get(f"{address}?{asked}").status_code == 200


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


def test_the_text_that_its_reader_saw_standing_is_not_put_back_over_what_came_since_without_a_word(
    here, application, address
):
    operations.save_answers(here.actor(here.ola), application.id, {"team_work": "Ola again"}, {"team_work": 3})
    assert send(here.client(here.kari), address, {"number": "3", "seen": "3"}).status_code == 409


@pytest.mark.parametrize(("fields", "status"), [({"number": "9", "seen": "3"}, 409), ({}, 404), ({"number": "x"}, 404)])
def test_a_version_that_is_none_changes_nothing(here, application, address, fields, status):
    assert send(here.client(here.kari), address, fields).status_code == status
    assert saved(application) == {"team_work": ""}


def test_an_answer_of_another_school_or_of_no_question_is_not_there(here, address):
    per, kari = here.client(here.per), here.client(here.kari)
    nothing = address.replace("team_work", "nothing")
    assert [per.get(address).status_code, kari.get(nothing).status_code] == [404, 404]
    assert send(per, address, {"number": "1", "seen": "3"}).status_code == 404
