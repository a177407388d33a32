"""An answer that two people changed: both texts and a choice, and beside it everything else that could not be taken."""

import re
from html import unescape
from io import BytesIO

import pytest
from skolemerke import database
from skolemerke.applications import operations, queries
from support.applicants import saved, send, text_of

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


def test_a_row_that_was_to_be_added_is_added_with_the_choice(here_with_rows):
    here = here_with_rows
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


def clash(here, application, address):
    """Kari sends an answer that Ola changed after she had opened the page, and one that he did not touch."""
    client = here.client(here.kari)
    operations.save_answers(here.actor(here.ola), application.id, {"team_work": "Ola's text"}, {})
    return send(
        client,
        f"{address}/teaching",
        {"v_team_work": "0", "q_team_work": "Kari's text", "v_team_size": "0", "q_team_size": "4"},
    )


def test_an_answer_that_two_people_changed_is_shown_with_both_texts_and_the_rest_is_saved(here, application, address):
    page = clash(here, application, address)
    assert page.status_code == 409
    assert saved(application) == {"team_work": "Ola's text", "team_size": "4"}
    assert re.search(r"Ola, saved 09:0\d Ola's text What you wrote Kari's text", text_of(page))
    assert "Ola&#39;s text\n\nKari&#39;s text</textarea>" in page.text
    assert '<input type="hidden" name="v_team_work" value="1">' in page.text


@pytest.mark.parametrize(
    ("use", "expected"),
    [("theirs", "Ola's text"), ("mine", "Kari's text"), ("both", "One text of both")],
)
def test_the_reader_chooses_what_counts(here, application, address, use, expected):
    clash(here, application, address)
    fields = {"v_team_work": "1", "q_team_work": "Kari's text", "use_team_work": use}
    client = here.client(here.kari)
    answer = send(client, f"{address}/teaching", {**fields, "both_team_work": "One text of both"}, _settle(address))
    assert (answer.status_code, answer.location) == (302, f"{address}/teaching?saved=")
    assert saved(application)["team_work"] == expected


def _settle(address):
    return f"{address}/teaching/settle"


def test_without_a_choice_the_page_comes_again_with_everything_that_was_written(here, application, address):
    clash(here, application, address)
    client = here.client(here.kari)
    fields = {"v_team_work": "1", "q_team_work": "Kari's text", "both_team_work": "My own mixture"}
    page = send(client, f"{address}/teaching", fields, _settle(address))
    assert page.status_code == 422
    assert 'href="#use_team_work-0"' in page.text
    assert "My own mixture</textarea>" in page.text
    assert '<input type="hidden" name="q_team_work" value="Kari&#39;s text">' in page.text


def test_a_choice_that_somebody_overtook_is_shown_again(here, application, address):
    clash(here, application, address)
    operations.save_answers(here.actor(here.ola), application.id, {"team_work": "Newer"}, {"team_work": 1})
    client = here.client(here.kari)
    fields = {"v_team_work": "1", "q_team_work": "Kari's text", "use_team_work": "mine"}
    page = send(client, f"{address}/teaching", fields, _settle(address))
    assert page.status_code == 409
    assert "Newer" in text_of(page)
    assert saved(application)["team_work"] == "Newer"


def test_who_left_an_answer_alone_has_no_clash_where_a_colleague_wrote_meanwhile(here, application, address):
    ola, kari = here.client(here.ola), here.client(here.kari)
    page = {"v_team_work": "0", "q_team_work": "", "v_team_members": "0", "q_team_members": "", "then": "save"}
    send(kari, f"{address}/teaching", {**page, "q_team_work": "Kari's words"})
    answer = send(ola, f"{address}/teaching", {**page, "q_team_members": "Ola"})
    assert answer.status_code == 302
    assert saved(application) == {"team_work": "Kari's words", "team_members": "Ola"}
    read = {**page, "v_team_work": "1", "q_team_work": "Kari's words", "v_team_members": "1", "q_team_members": "Ola"}
    send(kari, f"{address}/teaching", {**read, "q_team_work": "Kari's second thoughts"})
    assert send(ola, f"{address}/teaching", {**read, "q_team_members": "Ola, Per"}).status_code == 302
    assert saved(application) == {"team_work": "Kari's second thoughts", "team_members": "Ola, Per"}


def test_who_took_an_answer_out_that_a_colleague_changed_has_a_clash(here, application, address):
    ola, kari = here.client(here.ola), here.client(here.kari)
    send(kari, f"{address}/teaching", {"v_team_work": "0", "q_team_work": "First"})
    send(kari, f"{address}/teaching", {"v_team_work": "1", "q_team_work": "Second"})
    assert send(ola, f"{address}/teaching", {"v_team_work": "1", "q_team_work": ""}).status_code == 409
    assert saved(application) == {"team_work": "Second"}
