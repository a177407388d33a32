"""The page of a section: nothing that is typed is ever lost."""

import re
from datetime import datetime, timedelta
from io import BytesIO

import pytest
from skolemerke import clock, database
from skolemerke.applications import operations, queries
from skolemerke.people import operations as people
from support.applicants import PDF, csrf, saved, scene, send, text_of, title_of
from support.installation import write_plugin


def evidence_names(application):
    database.read().rollback()
    return [(piece.question_id, piece.name or piece.link) for piece in queries.evidence_of(application.id)]


def test_what_is_saved_stands_in_its_fields_with_its_version(here, application, address):
    client = here.client(here.kari)
    fields = {"v_internet_rules": "0", "q_internet_rules": "some", "v_safety_activities": "0"}
    send(client, f"{address}/esafety", {**fields, "q_safety_activities": "Posters <b>about</b> passwords"})
    page = client.get(f"{address}/esafety")
    assert 'name="q_internet_rules" value="some" checked' in page.text
    assert '<input type="hidden" name="v_internet_rules" value="1">' in page.text
    assert "\nPosters &lt;b&gt;about&lt;/b&gt; passwords</textarea>" in page.text
    assert saved(application) == {
        "internet_rules": "some",
        "safety_activities": "Posters <b>about</b> passwords",
    }


def test_saving_leads_back_and_says_when_it_was_saved(here, application, address):
    client = here.client(here.kari)
    answer = send(client, f"{address}/esafety", {"v_internet_rules": "0", "q_internet_rules": "some", "then": "save"})
    assert (answer.status_code, answer.location) == (302, f"{address}/esafety?saved=")
    page = client.get(answer.location)
    assert re.search(r'role="status">Saved 09:0\d<', page.text)
    assert title_of(page) == "eSafety awareness – Solbakken skole – eTwinning School Label 2021-2022"


def test_saved_is_not_said_when_nothing_was_ever_saved(here, application, address):
    assert "Saved 0" not in here.client(here.kari).get(f"{address}/esafety?saved=").text


def test_saving_and_going_on_leads_to_the_next_part_and_from_the_last_to_the_check(here, application, address):
    client = here.client(here.kari)
    first = send(client, f"{address}/esafety", {"v_internet_rules": "0", "then": "continue"})
    last = send(client, f"{address}/strategic_development", {"v_school_plans": "0", "then": "continue"})
    assert (first.location, last.location) == (f"{address}/teaching", f"{address}/check")


def test_an_answer_with_a_fault_is_saved_and_said_and_the_summary_leads_to_its_field(here, application, address):
    client = here.client(here.kari)
    fields = {"v_team_size": "0", "q_team_size": "about three", "then": "continue"}
    answer = send(client, f"{address}/teaching", fields)
    assert answer.location == f"{address}/teaching?saved="
    page = client.get(answer.location)
    assert saved(application) == {"team_size": "about three"}
    assert title_of(page).startswith("Error: Teaching and project work")
    assert 'href="#q_team_size">How many teachers at the school work together in eTwinning?' in page.text
    assert 'id="q_team_size" name="q_team_size" value="about three"' in page.text
    described = re.search(r'id="q_team_size"[^>]*aria-describedby="([^"]+)"', page.text)
    assert described is not None
    assert described.group(1) == "q_team_size-hint q_team_size-error"
    assert "Saved. Something here has to be corrected before you submit." in text_of(page)


def test_a_choice_that_was_never_offered_is_said_and_the_summary_leads_to_the_first_option(here, application, address):
    client = here.client(here.kari)
    send(client, f"{address}/esafety", {"v_internet_rules": "0", "q_internet_rules": "perfect"})
    assert 'href="#q_internet_rules-0"' in client.get(f"{address}/esafety?saved=").text


def test_unticking_every_box_blanks_the_answer_and_a_page_without_it_leaves_it_alone(here, application, address):
    client = here.client(here.kari)
    send(client, f"{address}/esafety", {"v_safety_participants": "0", "q_safety_participants": ["pupils", "parents"]})
    send(client, f"{address}/esafety", {"v_internet_rules": "0", "q_internet_rules": "some"})
    assert saved(application)["safety_participants"] == ["pupils", "parents"]
    send(client, f"{address}/esafety", {"v_safety_participants": "1"})
    assert saved(application)["safety_participants"] == []


def test_a_colleague_sees_who_saved_last(here, application, address):
    operations.save_answers(here.actor(here.ola), application.id, {"internet_rules": "some"}, {})
    text = text_of(here.client(here.kari).get(f"{address}/esafety"))
    assert re.search(r"Last saved by Ola: 09:0\d", text)


def test_who_writes_in_a_part_just_now_stands_on_its_page_when_it_is_opened(here, application, address):
    operations.save_answers(here.actor(here.ola), application.id, {"internet_rules": "some"}, {})
    line = '<p class="autosave__others" role="status" id="autosave-writing">{}</p>'
    kari, ola = here.client(here.kari), here.client(here.ola)
    assert line.format("Ola is writing in this part.") in kari.get(f"{address}/esafety").text
    assert line.format("") in kari.get(f"{address}/teaching").text
    assert line.format("") in ola.get(f"{address}/esafety").text
    clock.current().move_to(clock.now() + timedelta(minutes=5))
    assert line.format("") in kari.get(f"{address}/esafety").text


def test_adding_a_link_saves_the_answers_too(here, application, address):
    client = here.client(here.kari)
    fields = {"v_safety_activities": "0", "q_safety_activities": "Posters", "then": "evidence:safety_activities"}
    answer = send(
        client, f"{address}/esafety", {**fields, "link_safety_activities": " https://www.example.org/safety "}
    )
    assert answer.location == f"{address}/esafety?saved=#evidence-safety_activities"
    assert saved(application) == {"safety_activities": "Posters"}
    assert evidence_names(application) == [("safety_activities", "https://www.example.org/safety")]


def test_a_chosen_file_is_kept_whichever_button_is_pressed(here, application, address):
    client = here.client(here.kari)
    upload = (BytesIO(PDF), "Programme.pdf")
    send(client, f"{address}/esafety", {"then": "save", "file_safety_activities": upload})
    assert evidence_names(application) == [("safety_activities", "Programme.pdf")]
    assert "Programme.pdf" in client.get(f"{address}/esafety").text


def test_evidence_that_cannot_be_taken_is_said_and_what_was_typed_is_saved_and_stands_there(here, application, address):
    client = here.client(here.kari)
    fields = {
        "v_safety_activities": "0",
        "q_safety_activities": "Posters",
        "link_safety_activities": "www.example",
        "file_safety_activities": (BytesIO(b"MZ\x90\x00 no picture"), "picture.png"),
    }
    page = send(client, f"{address}/esafety", fields)
    assert page.status_code == 422
    assert saved(application) == {"safety_activities": "Posters"}
    assert 'value="www.example"' in page.text
    assert "\nPosters</textarea>" in page.text
    assert 'href="#file_safety_activities"' in page.text
    assert evidence_names(application) == []


def test_pressing_add_with_nothing_to_add_says_what_to_do(here, application, address):
    page = send(here.client(here.kari), f"{address}/esafety", {"then": "evidence:safety_activities"})
    assert page.status_code == 422
    assert "Choose a file, or write the address of a page." in text_of(page)


def test_removing_evidence_saves_the_answers_too(here, application, address):
    piece = operations.add_link(here.actor(here.kari), application.id, "group_projects", "https://www.example.org/a")
    client = here.client(here.kari)
    fields = {"v_group_projects": "0", "q_group_projects": "7A", "remove": piece.public_id}
    answer = send(client, f"{address}/teaching", fields)
    assert answer.location == f"{address}/teaching?saved=#evidence-group_projects"
    assert saved(application) == {"group_projects": "7A"}
    assert evidence_names(application) == []


def test_a_question_that_takes_one_piece_of_evidence_offers_no_second(here, application, address):
    operations.add_link(here.actor(here.kari), application.id, "group_projects", "https://www.example.org/a")
    assert 'name="link_group_projects"' not in here.client(here.kari).get(f"{address}/teaching").text
    assert 'name="link_safety_activities"' in here.client(here.kari).get(f"{address}/esafety").text


def test_an_answer_that_is_too_long_to_keep_stands_on_the_page_and_all_others_are_saved(here, application, address):
    endless = "x" * 30_000
    fields = {"v_team_work": "0", "q_team_work": endless, "v_team_size": "0", "q_team_size": "4"}
    page = send(here.client(here.kari), f"{address}/teaching", fields)
    assert page.status_code == 422
    assert f"\n{endless}</textarea>" in page.text
    assert 'href="#q_team_work"' in page.text
    assert "Saved 0" not in page.text
    assert re.findall(r"data-refused='{\"(\w+)\": \"", page.text) == ["team_work"]
    assert saved(application) == {"team_size": "4"}
    assert "data-refused" not in here.client(here.kari).get(f"{address}/teaching").text


def test_after_closing_the_answers_can_be_read_and_not_changed(here, application, address):
    operations.save_answers(
        here.actor(here.kari), application.id, {"team_work": "A week", "internet_rules": "some"}, {}
    )
    clock.current().move_to(datetime.fromisoformat("2021-02-09T09:00:00+01:00"))
    page = here.client(here.kari).get(f"{address}/teaching")
    assert "<textarea" not in page.text
    assert "A week" in text_of(page)
    assert "The round closed on 8 February 2021" in text_of(page)


def test_a_text_that_comes_too_late_is_shown_so_that_it_can_be_kept(here, application, address):
    client = here.client(here.kari)
    token = csrf(client.get(f"{address}/teaching"))
    clock.current().move_to(datetime.fromisoformat("2021-02-09T09:00:00+01:00"))
    fields = {"csrf_token": token, "v_team_work": "0", "q_team_work": "Written until midnight"}
    page = client.post(f"{address}/teaching", data=fields)
    assert page.status_code == 409
    assert "Written until midnight" in text_of(page)
    assert saved(application) == {}


def test_when_the_sign_in_ended_the_text_stands_in_a_form_that_can_be_sent_again(here, application, address):
    client = here.client(here.kari)
    token = csrf(client.get(f"{address}/teaching"))
    with client.session_transaction() as session:
        people.sign_out(session["token"])
    fields = {"csrf_token": token, "v_team_work": "0", "q_team_work": "Hours of work"}
    page = client.post(f"{address}/teaching", data=fields)
    assert page.status_code == 401
    assert "Hours of work" in text_of(page)
    again = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page.text))
    with client.session_transaction() as session:
        session["token"] = people.open_session(here.kari)
    assert client.post(f"{address}/teaching", data=again).status_code == 302
    assert saved(application) == {"team_work": "Hours of work"}


def test_a_form_that_is_not_ours_saves_nothing_and_loses_nothing(here, application, address):
    client = here.client(here.kari)
    page = client.post(f"{address}/teaching", data={"v_team_work": "0", "q_team_work": "Hours of work"})
    assert page.status_code == 400
    assert saved(application) == {}
    assert '<input type="hidden" name="q_team_work" value="Hours of work">' in page.text
    # The same with the word of the page is taken: it is the guard that refused, not the field.
    send(client, f"{address}/teaching", {"v_team_work": "0", "q_team_work": "Hours of work"})
    assert saved(application) == {"team_work": "Hours of work"}


@pytest.mark.parametrize("to", ["", "/settle"])
def test_what_one_teacher_wrote_is_saved_as_anothers_only_when_that_is_said(here, application, address, to):
    ola = here.client(here.ola)
    fields = {"writer": str(here.kari), "v_team_work": "0", "q_team_work": "Kari's words", "use_team_work": "mine"}
    page = send(ola, f"{address}/teaching", fields, f"{address}/teaching{to}")
    assert (page.status_code, saved(application)) == (409, {})
    assert "Ola is signed in in this browser now, and somebody else opened this page." in text_of(page)
    assert "Kari's words" in text_of(page)
    assert ">Go on as Ola</button>" in page.text
    again = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page.text))
    assert again["writer"] == str(here.ola)
    again["q_team_work"] = again["q_team_work"].replace("&#39;", "'")
    assert ola.post(f"{address}/teaching{to}", data=again).status_code == 302
    assert saved(application) == {"team_work": "Kari's words"}


def test_a_stale_page_of_another_teacher_says_who_is_signed_in(here, application, address):
    fields = {"writer": str(here.kari), "v_team_work": "0", "q_team_work": "Kari's words"}
    page = here.client(here.ola).post(f"{address}/teaching", data=fields)
    assert page.status_code == 409
    assert "Ola is signed in in this browser now" in text_of(page)


@pytest.mark.parametrize(
    "path", ["", "/teaching", "/check", "/print", "/consent", "/declaration", "/submit", "/receipt"]
)
def test_a_foreign_application_answers_as_one_that_is_not_there(here, application, address, path):
    stranger = here.client(here.per)
    foreign, absent = stranger.get(f"{address}{path}"), stranger.get(f"/applications/nothing{path}")
    assert (foreign.status_code, absent.status_code) == (404, 404)
    assert text_of(foreign) == text_of(absent)
    assert here.client(here.kari).get(f"{address}{path}").status_code in {200, 302}


def test_a_stranger_changes_nothing(here, application, address):
    stranger = here.client(here.per)
    token = csrf(stranger.get("/help"))
    fields = {"csrf_token": token, "v_team_work": "0", "q_team_work": "x"}
    assert stranger.post(f"{address}/teaching", data=fields).status_code == 404
    assert saved(application) == {}


@pytest.mark.parametrize("to", ["", "/settle"])
def test_what_was_written_stands_on_the_page_that_says_that_nothing_is_there(here, application, address, to):
    stranger = here.client(here.per)
    token = csrf(stranger.get("/help"))
    fields = {"csrf_token": token, "v_team_work": "0", "q_team_work": "Written before he left the school"}
    paths = [f"{address}/teaching{to}", f"/applications/nothing/teaching{to}", f"{address}/poetry{to}"]
    pages = [stranger.post(path, data=fields) for path in paths]
    assert [page.status_code for page in pages] == [404, 404, 404]
    assert "This can't be saved here any more" in text_of(pages[0])
    assert "Written before he left the school" in text_of(pages[0])
    # Whose application it is, or whether there is one, can't be read from it.
    assert len({text_of(page) for page in pages}) == 1
    assert saved(application) == {}


def test_a_part_that_the_form_does_not_have_is_not_there(here, application, address):
    assert here.client(here.kari).get(f"{address}/poetry").status_code == 404


def test_a_requirement_says_its_state_and_why_it_was_adjusted(here, application, address):
    text = text_of(here.client(here.kari).get(f"{address}/strategic_development"))
    assert "E Public visibility Not documented yet" in text
    assert "F Promotion of eTwinning Given to every school Need not be documented." in text
    assert "Why this was adjusted Because of the pandemic" in text


def test_what_need_not_be_answered_says_so(here, application, address):
    page = here.client(here.kari).get(f"{address}/strategic_development")
    assert "What did the school do to make eTwinning known? (may be left open)" in text_of(page)
    assert 'id="q_promotion_done-none"' in page.text
    assert 'id="q_school_plans-none"' not in page.text


HOSTILE = """
round: "2021-2022"
overlay: hostile
language: en
reason: "Reason {{ 7 * 7 }} <script>alert(1)</script>"
form:
  requirements:
    - {id: promotion, state: waived}
  sections:
    - id: teaching
      questions:
        - {id: data, type: short_text, label: "Label {{ 7 * 7 }} <script>alert(2)</script>"}
        - {id: errors, type: choice, label: Choose, options: [{value: a, label: "<i>A</i>"}, {value: b, label: B}]}
"""


def test_texts_of_a_definition_are_text_and_ids_may_be_any_word(tmp_path):
    write_plugin(tmp_path, "hostile", overlay__yaml=HOSTILE)
    with scene(tmp_path) as here:
        application = here.begun()
        address = f"/applications/{application.public_id}"
        client = here.client(here.kari)
        answer = send(client, f"{address}/teaching", {"v_data": "0", "q_data": "x", "v_errors": "0", "q_errors": "b"})
        assert answer.status_code == 302
        page = client.get(f"{address}/teaching")
        assert "Label {{ 7 * 7 }} &lt;script&gt;alert(2)&lt;/script&gt;" in page.text
        assert "&lt;i&gt;A&lt;/i&gt;" in page.text
        assert "alert(1)</script>" not in client.get(f"{address}/strategic_development").text
        assert saved(application) == {"data": "x", "errors": "b"}
