"""Every type of question on its page, without a script: rows, conditions, what the registry knows, what is wrong."""

import json
import re
from contextlib import contextmanager
from datetime import datetime

import pytest
from skolemerke import clock, database
from skolemerke.applications import content, operations, queries
from skolemerke.applications.models import Application
from skolemerke.registry.models import School
from sqlalchemy import event, select
from support import every_type
from support.applicants import csrf, saved, scene, send, text_of, title_of
from support.controls import Page
from support.installation import write_plugin

LATER = """
  - id: later
    title: A later part
    when: {question: partners, is: "yes"}
    questions:
      - {id: later_text, type: short_text, label: "What then?", required: yes}
"""


@pytest.fixture
def here(tmp_path):
    every_type.plugin(tmp_path)
    write_plugin(
        tmp_path,
        "later",
        overlay__yaml=f'round: "2021-2022"\noverlay: later\nlanguage: en\nreason: x\nform:\n  sections:{LATER}',
    )
    with scene(tmp_path) as found:
        yield found


@pytest.fixture
def address(application):
    return f"/applications/{application.public_id}/all"


@pytest.fixture
def kari(here):
    return here.client(here.kari)


def controls(page, name):
    return [(one.value, one.is_checked) for one in Page(page.text).controls if one.name == name]


@contextmanager
def statements():
    """What is asked of the database meanwhile, but for what begins and ends a transaction."""
    found = []

    def note(_connection, _cursor, statement, *_more):
        if not statement.startswith(("BEGIN", "COMMIT", "ROLLBACK")):
            found.append(statement)

    engine = database.current().engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", note)


def test_a_row_is_added_after_the_section_was_saved_and_the_page_goes_on_there(application, address, kari):
    answer = send(kari, address, {"v_pupils": "0", "q_pupils": "12", "then": "add:visits"})
    rows = saved(application)["visits"]
    assert len(rows) == 1
    assert saved(application)["pupils"] == "12"
    assert answer.location == f"{address}?saved=#q_visits.{rows[0]}.place"
    page = kari.get(f"{address}?saved=")
    assert f'id="q_visits.{rows[0]}.place"' in page.text
    assert "Row 1" in text_of(page)


def test_what_was_typed_in_a_row_is_saved_before_it_is_removed_and_it_can_be_put_back(here, application, address, kari):
    row = operations.add_row(here.actor(here.kari), application.id, "visits")
    fields = {f"v_visits.{row}.place": "0", f"q_visits.{row}.place": "Oslo"}
    answer = send(kari, address, {**fields, "then": f"remove-row:visits.{row}"})
    assert answer.location == f"{address}?saved=&removed=visits.{row}.0#removed"
    page = kari.get(f"{address}?saved=&removed=visits.{row}.0")
    assert controls(page, f"q_visits.{row}.place") == []
    assert f'name="then" value="put-back:visits.{row}.0"' in page.text
    assert "put-back" not in kari.get(address).text
    back = send(kari, address, {"then": f"put-back:visits.{row}.0"})
    assert back.location == f"{address}?saved=#q_visits.{row}.place"
    assert controls(kari.get(address), f"q_visits.{row}.place") == [("Oslo", False)]


def test_a_row_too_many_is_refused_in_words_and_everything_else_is_saved(here, application, address, kari):
    for _ in range(3):
        operations.add_row(here.actor(here.kari), application.id, "visits")
    page = send(kari, address, {"v_pupils": "0", "q_pupils": "7", "then": "add:visits"})
    assert page.status_code == 422
    assert "There can be at most 3 rows." in text_of(page)
    assert 'href="#q_visits-label"' in page.text
    assert saved(application)["pupils"] == "7"


def test_a_fault_in_a_row_is_said_at_its_column_and_the_summary_leads_there(here, application, address, kari):
    row = operations.add_row(here.actor(here.kari), application.id, "visits")
    fields = {f"v_visits.{row}.day": "0", f"q_visits.{row}.day": "last summer", "then": "continue"}
    answer = send(kari, address, fields)
    assert answer.location == f"{address}?saved="
    page = kari.get(answer.location)
    assert f'href="#q_visits.{row}.day">Visits – Row 1 – When? – Write a date as' in page.text
    assert controls(page, f"q_visits.{row}.day") == [("last summer", False)]
    assert f"q_visits.{row}.day-error" in Page(page.text).described


def test_a_matrix_is_saved_row_by_row(application, address, kari):
    send(kari, address, {"v_statements.pupils_learn": "0", "q_statements.pupils_learn": "most"})
    send(kari, address, {"v_statements.parents_know": "0", "q_statements.parents_know": "none"})
    assert saved(application) == {"statements.pupils_learn": "most", "statements.parents_know": "none"}
    page = kari.get(address)
    assert ("most", True) in controls(page, "q_statements.pupils_learn")
    assert "Pupils learn to protect personal information." in Page(page.text).legends


def test_what_opens_on_the_page_keeps_the_reader_there_and_says_so_once(application, address, kari):
    fields = {"v_partners": "0", "q_partners": "yes", "then": "continue"}
    answer = send(kari, address, fields)
    assert answer.location == f"{address}?saved=&opened=how_many#opened"
    page = kari.get(f"{address}?saved=&opened=how_many")
    assert text_of(page).count("Your answer opened one more question.") == 2
    assert page.text.index('id="opened"') < page.text.index('id="question-how_many"')
    again = send(kari, address, {**fields, "v_partners": "1"})
    assert again.location == f"{address.removesuffix('/all')}/later"


def test_what_the_script_had_shown_already_keeps_nobody(application, address, kari):
    answer = send(kari, address, {"v_partners": "0", "q_partners": "yes", "seen": "how_many", "then": "continue"})
    assert answer.location == f"{address.removesuffix('/all')}/later"


def test_a_hidden_answer_stays_in_the_draft_and_is_left_out_of_all_else(here, application, address, kari):
    fields = {"v_partners": "0", "q_partners": "yes", "v_how_many": "0", "q_how_many": "4"}
    send(kari, address, {**fields, "v_later_text": "0"})
    send(kari, address.replace("/all", "/later"), {"v_later_text": "0", "q_later_text": "We go on"})
    assert content.freeze(database.read(), _again(application)).clean["how_many"] == "4"
    send(kari, address, {"v_partners": "1", "q_partners": "no", "v_how_many": "1", "q_how_many": "4"})
    assert saved(application)["how_many"] == "4"
    frozen = content.freeze(database.read(), _again(application))
    hidden = {"how_many", "later_text"}
    assert hidden & (frozen.raw.keys() | frozen.clean.keys()) == set()
    shown = [
        answer.question_id
        for part in queries.read_printed(queries.printed_draft(_again(application)), "en")
        for answer in part.answers
    ]
    assert hidden & set(shown) == set()
    assert controls(kari.get(address), "q_how_many") == [("4", False)]


def test_a_part_that_other_answers_made_needless_says_so_and_is_passed_over(application, address, kari):
    send(kari, address, {"v_partners": "0", "q_partners": "no"})
    page = kari.get(address.replace("/all", "/later"))
    assert page.status_code == 200
    assert "Other answers of your school have made this part needless" in text_of(page)
    assert "<textarea" not in page.text
    assert "A later part" not in text_of(kari.get(address))
    last = send(kari, address, {"v_partners": "1", "q_partners": "no", "then": "continue"})
    assert last.location == address.replace("/all", "/check")
    # The twin: with the other answer it stands there and is asked.
    send(kari, address, {"v_partners": "1", "q_partners": "yes"})
    assert "What then?" in text_of(kari.get(address.replace("/all", "/later")))
    assert "Next part A later part" in text_of(kari.get(address))


def test_what_the_registry_suggests_counts_when_it_was_saved_and_stays_out_when_it_was_taken_out(
    application, address, kari
):
    assert controls(kari.get(address), "q_contact") == [("Marte Rektor", False)]
    assert saved(application) == {}
    send(kari, address, {"v_contact": "0", "q_contact": "Marte Rektor"})
    assert saved(application)["contact"] == "Marte Rektor"
    send(kari, address, {"v_contact": "1", "q_contact": ""})
    assert controls(kari.get(address), "q_contact") == [("", False)]


def test_what_is_read_only_is_decided_by_the_server(application, address, kari):
    page = kari.get(address)
    assert "Solbakken skole As the registry has it." in text_of(page)
    send(kari, address, {"v_school_name": "0", "q_school_name": "Another school"})
    assert saved(application) == {}


def test_a_computed_value_is_worked_out_anew_whatever_was_sent(application, address, kari):
    fields = {"v_pupils": "0", "q_pupils": "120", "v_partners": "0", "q_partners": "yes", "v_how_many": "0"}
    send(kari, address, {**fields, "q_how_many": "4", "v_share": "0", "q_share": "999"})
    assert "<bdi>30</bdi></output>" in kari.get(address).text
    assert "share" not in saved(application)


def test_of_the_registrys_list_those_count_that_were_ticked_each_with_its_remark(here, application, address, kari):
    known = queries.known_of(_again(application)).lists["teachers"]
    first = known[0]
    fields = {"v_staff": "0", "q_staff": [first.id], f"v_staff.{first.id}.remark": "0"}
    send(kari, address, {**fields, f"q_staff.{first.id}.remark": "Now <Li>"})
    page = kari.get(address)
    assert (first.id, True) in controls(page, "q_staff")
    assert controls(page, f"q_staff.{first.id}.remark") == [("Now <Li>", False)]
    assert content.freeze(database.read(), _again(application)).clean["staff"][0]["confirmed"] == "yes"
    send(kari, address, {"v_pupils": "0"})
    assert saved(application)["staff"] == [first.id]
    send(kari, address, {"v_staff": "1"})
    assert saved(application)["staff"] == []
    row = re.search(r"q_staff\.(r\w+)\.name", send(kari, address, {"then": "add:staff"}).location)
    assert row is not None
    send(kari, address, {f"v_staff.{row[1]}.name": "0", f"q_staff.{row[1]}.name": "Per Ny"})
    assert "Not confirmed by the registry" in text_of(kari.get(address))


def test_a_declaration_says_who_confirmed_it_and_a_changed_text_is_confirmed_anew(here, application, address, kari):
    promise = queries.form_of(_again(application), "en").question("promise")
    send(kari, address, {"v_promise": "0", "q_promise": promise.fingerprint})
    text = text_of(here.client(here.ola).get(address))
    assert re.search(r"Confirmed by Kari: 09:0\d", text)
    send(kari, address, {"v_promise": "1", "q_promise": "0" * 16})
    page = kari.get(f"{address}?saved=")
    assert 'href="#q_promise">We confirm this. – The text has changed since it was confirmed.' in page.text
    assert (promise.fingerprint, False) in controls(page, "q_promise")


def test_what_two_people_changed_is_shown_with_the_name_of_its_row_and_column(here, application, address, kari):
    row = operations.add_row(here.actor(here.kari), application.id, "visits")
    teacher = queries.known_of(_again(application)).lists["teachers"][0]
    theirs = {f"visits.{row}.way": "bus", "statements.pupils_learn": "none", "staff": [teacher.id]}
    operations.save_answers(here.actor(here.ola), application.id, theirs, {})
    fields = {f"v_visits.{row}.way": "0", f"q_visits.{row}.way": "train", "v_staff": "0", "v_pupils": "0"}
    fields |= {"v_statements.pupils_learn": "0", "q_statements.pupils_learn": "whole", "q_pupils": "3"}
    page = send(kari, address, fields)
    assert page.status_code == 409
    text = text_of(page)
    assert re.search(r"Visits – Row 1 – How\? Ola, saved \S+ By bus What you wrote By train", text)
    assert "How far has the school come? – Pupils learn to protect personal information." in text
    # Nobody was ticked on this page when it was opened, nor when it was sent: Ola's choice stands.
    assert "Who took part?" not in text
    assert saved(application)["staff"] == [teacher.id]
    choice = {f"v_visits.{row}.way": "1", f"q_visits.{row}.way": "train", f"use_visits.{row}.way": "mine"}
    answer = send(kari, address, choice, f"{address}/settle")
    assert answer.status_code == 302
    assert saved(application)[f"visits.{row}.way"] == "train"
    assert saved(application)["pupils"] == "3"


def test_what_comes_too_late_or_after_the_sign_in_ended_is_shown_whole(here, application, address, kari):
    row = operations.add_row(here.actor(here.kari), application.id, "visits")
    fields = {"csrf_token": csrf(kari.get(address)), f"v_visits.{row}.told": "0", f"q_visits.{row}.told": "A long text"}
    fields |= {"v_rules": "0", "q_rules": "whole", "then": "add:visits"}
    with kari.session_transaction() as session:
        token = session.pop("token")
    page = kari.post(address, data=fields)
    assert page.status_code == 401
    again = {one.name: one.value for one in Page(page.text).controls if one.type == "hidden"}
    assert (again[f"q_visits.{row}.told"], again["then"]) == ("A long text", "add:visits")
    with kari.session_transaction() as session:
        session["token"] = token
    clock.current().move_to(datetime.fromisoformat("2021-02-09T09:00:00+01:00"))
    late = kari.post(address, data={**fields, "csrf_token": csrf(kari.get(address))})
    assert late.status_code == 409
    text = text_of(late)
    assert "Visits – Row 1 – What did you learn? A long text" in text
    assert "The school has common rules. The whole school – Everybody knows and follows them." in text
    closed = text_of(kari.get(address))
    assert "As the registry" not in closed
    assert "Not answered" in closed


def test_the_check_leads_to_the_very_place(here, application, address, kari):
    row = operations.add_row(here.actor(here.kari), application.id, "visits")
    fields = {f"v_visits.{row}.day": "0", f"q_visits.{row}.day": "1.1.2020"}
    fields |= {"v_statements.pupils_learn": "0", "q_statements.pupils_learn": "most"}
    send(kari, address, fields)
    page = kari.get(address.replace("/all", "/check"))
    for anchor in (f"q_visits.{row}.place", "q_statements.parents_know-0", "q_partners-0", "q_promise"):
        assert f'href="{address}#{anchor}"' in page.text
    assert "Visits – Row 1 – Where?" in text_of(page)


def test_a_page_asks_the_database_twice_and_once_for_the_registry(here, application, address, kari):
    promise = queries.form_of(_again(application), "en").question("promise")
    operations.save_answers(here.actor(here.ola), application.id, {"promise": promise.fingerprint, "pupils": "3"}, {})
    kari.get(address)
    # The names of colleagues come with the draft; all lists of the registry that the form asks for are one statement.
    database.current().forget()
    with statements() as sent:
        assert kari.get(address).status_code == 200
    assert len(sent) == 3, "\n\n".join(sent)
    assert sum("SELECT person.teacher_id" in one for one in sent) == 1


def test_pasted_text_keeps_its_paragraphs_and_no_control_character_stays(application, address, kari):
    pasted = "One\x0bTwo\r\n\r\nThree\u2028Four\u2029Five\x00\x07\N{RIGHT-TO-LEFT OVERRIDE}Six"
    send(kari, address, {"v_summary": "0", "q_summary": pasted})
    assert saved(application)["summary"] == "One\nTwo\n\nThree\nFour\nFive\N{RIGHT-TO-LEFT OVERRIDE}Six"


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("{{7*7}}", "{{7*7}}"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("\N{GRINNING FACE}" * 10_000, "\N{GRINNING FACE}" * 10_000),
        ("a\x00b", "ab"),
        ("\N{RIGHT-TO-LEFT OVERRIDE}gpj.exe", "\N{RIGHT-TO-LEFT OVERRIDE}gpj.exe"),
    ],
)
def test_bad_input_is_shown_as_text_and_never_run(application, address, kari, sent, kept):
    names = ["contact", "summary", "pupils", "since", "site", "rules", "themes", "statements.pupils_learn"]
    fields = {f"{kind}{name}": ("0" if kind == "v_" else sent) for name in names for kind in ("v_", "q_")}
    assert send(kari, address, fields).status_code == 302
    assert saved(application) == {name: [kept] if name == "themes" else kept for name in names}
    page = kari.get(f"{address}?saved=")
    assert page.status_code == 200
    assert "<script>alert(1)" not in page.text
    assert controls(page, "q_contact") == controls(page, "q_pupils") == [(kept, False)]
    assert kari.get(address.replace("/all", "/check")).status_code == 200


def test_an_answer_of_a_megabyte_is_refused_with_its_reason_and_nothing_else_is_lost(application, address, kari):
    page = send(kari, address, {"v_summary": "0", "q_summary": "x" * 1_000_000, "v_pupils": "0", "q_pupils": "3"})
    assert page.status_code == 422
    assert "An answer may have at most 20000 characters; this one has 1000000." in text_of(page)
    assert saved(application) == {"pupils": "3"}


def test_half_a_character_is_taken_out(application, address, kari):
    token = csrf(kari.get(address))
    body = f"csrf_token={token}&v_summary=0&q_summary=a%ED%A0%80b"
    answer = kari.post(address, data=body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 302
    assert json.dumps(saved(application)["summary"], ensure_ascii=False).encode()
    assert kari.get(address).status_code == 200


def test_hostile_texts_in_every_place_of_a_definition_are_text(tmp_path):
    every_type.plugin(tmp_path, hostile=True)
    with scene(tmp_path) as here:
        with database.write() as session:
            session.get_one(School, here.school_id).head_name = every_type.HOSTILE
        application = here.begun()
        kari, address = here.client(here.kari), f"/applications/{application.public_id}"
        row = operations.add_row(here.actor(here.kari), application.id, "visits")
        send(kari, f"{address}/all", {f"v_visits.{row}.day": "0", f"q_visits.{row}.day": every_type.HOSTILE})
        for path in ("/all", "/all?saved=", "", "/check", "/print", f"/all?saved=&removed=visits.{row}.0"):
            page = kari.get(f"{address}{path}")
            assert page.status_code == 200, path
            assert "<script>alert" not in page.text, path
            assert "{{ 7*7 }}" in page.text or path in {"", "/print"}, path
            assert " 49 " not in text_of(page), path
        assert title_of(kari.get(f"{address}/all")).startswith("All of it")


def _again(application):
    database.read().rollback()
    return database.read().scalars(select(Application).where(Application.id == application.id)).one()
