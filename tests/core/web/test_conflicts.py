"""Beside an answer that two people changed stands everything else that could not be taken."""

import re
from html import unescape
from io import BytesIO

from skolemerke import database
from skolemerke.applications import operations, queries
from support.applicants import saved, scene, send, text_of
from support.installation import SHIPPED, write_plugin

ENDLESS = "x" * 20_001


def sent_beside_a_clash(here, application, address, **more):
    """Kari sends an answer that Ola has changed since, and other fields."""
    operations.save_answers(here.actor(here.ola), application.id, {"team_work": "Ola's text"}, {})
    fields = {"v_team_work": "0", "q_team_work": "Kari's text", **more}
    return send(here.client(here.kari), f"{address}/teaching", fields)


def filled(page):
    """What a browser would send of the page's form."""
    main = page.text.partition("<main")[2]
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', main)
    found += re.findall(r'<textarea[^>]* name="([^"]+)"[^>]*>\n([^<]*)</textarea>', main)
    found += re.findall(r'<input id="[^"]+" name="([^"]+)" type="url" value="([^"]*)"', main)
    fields = {}
    for name, value in found:
        if name != "csrf_token":
            fields.setdefault(name, []).append(unescape(value))
    return fields


def settle(here, address, fields):
    return send(here.client(here.kari), f"{address}/teaching", fields, f"{address}/teaching/settle")


def test_nothing_else_is_said_to_be_missing_where_all_the_rest_was_saved(here, application, address):
    page = sent_beside_a_clash(here, application, address, v_team_size="0", q_team_size="4")
    text = text_of(page)
    assert "Everything else that you wrote is saved." in text
    assert "could not be saved" not in text
    assert saved(application) == {"team_work": "Ola's text", "team_size": "4"}


def test_a_text_that_is_too_long_stands_in_a_field_and_is_saved_when_it_was_mended(here, application, address):
    page = sent_beside_a_clash(here, application, address, v_team_members="0", q_team_members=ENDLESS)
    assert page.status_code == 409
    text = text_of(page)
    assert "Something else could not be saved; it stands below, with the reason." in text
    assert "Everything else that you wrote is saved." not in text
    assert 'href="#q_team_members"' in page.text
    fields = filled(page)
    assert fields["q_team_members"] == [ENDLESS]
    undecided = settle(here, address, fields)
    assert undecided.status_code == 422
    assert filled(undecided)["q_team_members"] == [ENDLESS]
    answer = settle(here, address, {**fields, "use_team_work": "theirs", "q_team_members": "Kari, Ola"})
    assert answer.status_code == 302
    assert saved(application) == {"team_work": "Ola's text", "team_members": "Kari, Ola"}


def test_a_text_that_is_still_too_long_after_the_choice_stands_on_the_page_of_the_part(here, application, address):
    page = sent_beside_a_clash(here, application, address, v_team_members="0", q_team_members=ENDLESS)
    answer = settle(here, address, {**filled(page), "use_team_work": "mine"})
    assert answer.status_code == 422
    assert ENDLESS in answer.text
    assert saved(application) == {"team_work": "Kari's text"}


def test_a_mistyped_link_can_be_mended_and_a_refused_file_is_named(here, application, address):
    page = sent_beside_a_clash(
        here,
        application,
        address,
        link_group_projects="www.example",
        file_group_projects=(BytesIO(b"MZ\x90\x00 no picture"), "picture.png"),
    )
    assert (page.status_code, "picture.png: " in text_of(page)) == (409, True)
    fields = filled(page)
    assert fields["link_group_projects"] == ["www.example"]
    chosen = {**fields, "use_team_work": "theirs", "link_group_projects": "https://www.example.org/a"}
    assert settle(here, address, chosen).status_code == 302
    database.read().rollback()
    assert [piece.link for piece in queries.evidence_of(application.id)] == ["https://www.example.org/a"]


ROWS = """
round: "2021-2022"
overlay: rows
language: en
reason: A list of meetings.
form:
  sections:
    - id: teaching
      questions:
        - {id: meetings, type: group, label: Meetings, columns: [{id: subject, type: short_text, label: Subject}]}
"""


def test_a_row_that_was_to_be_added_is_added_with_the_choice(tmp_path):
    write_plugin(tmp_path, "rows", overlay__yaml=ROWS)
    with scene(tmp_path, *SHIPPED) as here:
        application = here.begun()
        address = f"/applications/{application.public_id}"
        page = sent_beside_a_clash(here, application, address, then="add:meetings")
        assert page.status_code == 409
        assert "The row that you wanted to change is changed when you save this choice." in text_of(page)
        answer = settle(here, address, {**filled(page), "use_team_work": "theirs"})
        assert answer.location.startswith(f"{address}/teaching?saved=#q_meetings.")
        assert len(saved(application)["meetings"]) == 1


def test_a_choice_that_is_sent_after_the_sign_in_ended_brings_everything_again(here, application, address):
    page = sent_beside_a_clash(here, application, address, v_team_members="0", q_team_members=ENDLESS)
    fields = {**filled(page), "use_team_work": "both", "both_team_work": "Both texts", "q_team_members": "Kari, Ola"}
    ended = here.client().post(f"{address}/teaching/settle", data=fields)
    assert ended.status_code in {400, 401}
    assert settle(here, address, filled(ended)).status_code == 302
    assert saved(application) == {"team_work": "Both texts", "team_members": "Kari, Ola"}
