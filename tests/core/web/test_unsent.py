"""The page of what could not be saved lists all that was typed, by question, and says what has to be chosen again."""

import re
from html import unescape
from io import BytesIO

import pytest
from skolemerke.applications import queries as applications
from sqlalchemy.exc import OperationalError
from support.applicants import PDF, csrf, saved, text_of

TYPED = {
    "v_team_work": "0",
    "q_team_work": "Water",
    "v_team_size": "0",
    "q_team_size": "4",
    "v_project_topics": "0",
    "link_group_projects": "https://www.example.org/a",
}


def mark(page):
    return re.search(r'name="form" value="([^"]+)"', page.text).group(1)


def listed(page):
    """What the page lists: the name of each place, and what was typed there."""
    rows = re.findall(r'<div class="answers__row"><dt>(.*?)</dt><dd class="prewrap">(.*?)</dd>', page.text, re.S)
    return {unescape(name): unescape(text) for name, text in rows}


@pytest.fixture
def ended(here, application, address):
    """Kari's page is sent after her sign-in ended, with what is typed in it and a file."""

    def send(path="/teaching", **more):
        fields = {**TYPED, "form": mark(here.client(here.kari).get(f"{address}/teaching")), **more}
        client = here.client()
        token = csrf(client.get("/sign-in"))
        return client.post(f"{address}{path}", data={"csrf_token": token, **fields})

    return send


NAMED = {
    "What has the group done together?": "Water",
    "How many teachers at the school work together in eTwinning?": "4",
}


def test_everything_that_was_typed_stands_under_its_question_though_nobody_is_signed_in(ended, application):
    page = ended()
    (link,) = (name for name in listed(page) if name.startswith("Address of a page, by “"))
    assert page.status_code == 401
    assert listed(page) == {**NAMED, link: "https://www.example.org/a"}
    assert saved(application) == {}


def test_a_file_that_can_not_be_kept_is_named_and_said_to_be_chosen_again(ended):
    assert "Choose them again" not in text_of(ended())
    text = text_of(ended(file_group_projects=(BytesIO(PDF), "Programme & plan.pdf")))
    assert "Choose them again in their part of the form when your text is saved. Programme & plan.pdf" in text


@pytest.mark.parametrize("forged", ["", "W10.x", "nonsense"])
def test_without_a_mark_of_ours_every_text_is_listed_by_its_number(ended, forged):
    assert listed(ended(form=forged)) == {"Answer 1": "Water", "Answer 2": "4", "Answer 3": "https://www.example.org/a"}


def test_while_the_database_is_away_and_the_form_is_not_known_the_texts_are_listed_all_the_same(ended, monkeypatch):
    def away(*_asked):
        raise OperationalError("SELECT", {}, Exception("gone"))

    monkeypatch.setattr(applications, "form_of_edition", away)
    assert set(listed(ended())) == {"Answer 1", "Answer 2", "Answer 3"}


def test_the_page_of_a_foreign_application_names_places_as_that_of_none(here, application, address):
    fields = {**TYPED, "form": mark(here.client(here.kari).get(f"{address}/teaching"))}
    per = here.client(here.per)
    token = csrf(per.get("/help"))
    paths = (f"{address}/teaching", "/applications/nothing/teaching")
    foreign, absent = (per.post(path, data={"csrf_token": token, **fields}) for path in paths)
    assert (foreign.status_code, text_of(foreign)) == (404, text_of(absent))
    assert listed(foreign)["What has the group done together?"] == "Water"


def test_rows_are_numbered_as_they_stood_on_the_page(here_with_rows):
    here = here_with_rows
    path = f"/applications/{here.begun().public_id}/teaching"
    fields = {"form": mark(here.client(here.kari).get(path))}
    for row, subject in (("abc", "Water"), ("def", "Light")):
        fields |= {f"v_meetings.{row}.subject": "0", f"q_meetings.{row}.subject": subject}
    client = here.client()
    page = client.post(path, data={"csrf_token": csrf(client.get("/sign-in")), **fields})
    assert listed(page) == {"Meetings – Row 1 – Subject": "Water", "Meetings – Row 2 – Subject": "Light"}
