"""What a section says and shows, question by question."""

import json
import re
from typing import Any

import pytest
from skolemerke_forms.answers import AnswerSet
from skolemerke_forms.drawing import Mark, Removed, State, anchor_of, draw_section, label_at
from skolemerke_forms.wording import Text
from support import every_type
from support.a_form import form_of, question
from support.controls import Page


def drawn(*questions: dict[str, Any], language: str = "en", raw: dict[str, Any] | None = None, **state: Any) -> str:
    form = form_of(*questions)
    answers = AnswerSet.of(raw or {}, {}, every_type.KNOWN)
    filled = State(answers.under(form), typed=answers.raw, **state)
    return draw_section(form, form.sections[0], language).fill(filled)


def test_a_question_is_drawn_alike_whether_or_not_something_is_wrong_elsewhere() -> None:
    form, answers = every_type.form(hostile=True), every_type.answers(hostile=True)
    drawing = draw_section(form, form.sections[0], "en")
    well = drawing.fill(State(answers.under(form), typed=answers.raw))
    assert well == drawing.fill(State(answers.under(form), typed=answers.raw, errors={"elsewhere": "Wrong."}))


def when_of(markup: str, id: str) -> Any:
    found = re.search(rf'id="question-{id}" data-when="([^"]*)"( hidden)?>', markup)
    assert found, markup
    return json.loads(found.group(1).replace("&#34;", '"')), bool(found.group(2))


YES = {"question": "a", "is": "yes"}


def test_a_question_that_is_not_shown_is_hidden_and_its_answer_is_still_on_the_page() -> None:
    markup = drawn(
        question("a", "yes_no"), question("b", "short_text", when=YES, required=True), raw={"a": "no", "b": "Kept"}
    )
    assert when_of(markup, "b") == ({"question": "a", "kind": "one", "is": ["yes"]}, True)
    assert [(one.name, one.value) for one in Page(markup).controls if one.name == "q_b"] == [("q_b", "Kept")]


def test_a_question_whose_condition_holds_is_shown() -> None:
    assert when_of(drawn(question("a", "yes_no"), question("b", "link", when=YES), raw={"a": "yes"}), "b")[1] is False


def test_an_expression_is_never_sent_to_a_page() -> None:
    markup = drawn(question("a", "number"), question("b", "link", when={"cel": "a > 2.0"}), raw={"a": "3"})
    assert '<div class="question" id="question-b">' in markup
    assert "data-when" not in markup


def test_what_a_condition_asks_of_another_page_is_said_as_known() -> None:
    form = form_of(
        sections=[
            {"id": "first", "title": "First", "questions": [question("a", "yes_no")]},
            {
                "id": "second",
                "title": "Second",
                "questions": [
                    question("n", "number", minimum=1),
                    question("b", "link", when={"all": [YES, {"question": "n", "at_least": 2}]}),
                ],
            },
        ]
    )
    answers = AnswerSet.of({"a": "yes"})
    markup = draw_section(form, form.sections[1], "en").fill(State(answers.under(form), typed=answers.raw))
    number = {"question": "n", "kind": "number", "least": 0, "at_least": 2.0}
    assert when_of(markup, "b") == ({"all": [{"known": True}, number]}, True)


def test_the_first_question_that_opened_is_led_by_a_line_that_can_have_the_focus() -> None:
    markup = drawn(
        question("a", "yes_no"),
        question("b", "link", when=YES),
        question("c", "link", when=YES),
        raw={"a": "yes"},
        opened=["b", "c"],
        opened_words="Two <more>.",
    )
    line = '<p class="opened" id="opened" tabindex="-1">Two &lt;more&gt;.</p>\n<div class="question" id="question-b"'
    assert line in markup


def test_a_removed_row_can_be_put_back_where_it_stood() -> None:
    group = question("g", "group", columns=[question("c", "short_text")])
    raw = {"g": ("r1", "r2"), "g.r1.c": "One", "g.r2.c": "Two"}
    markup = drawn(group, raw=raw, removed=Removed("g", "gone", 1))
    assert re.findall(r'id="(q_g\.r\d|removed)"|value="(put-back:[^"]+)"', markup) == [
        ("q_g.r1", ""),
        ("removed", ""),
        ("", "put-back:g.gone.1"),
        ("q_g.r2", ""),
    ]


def test_a_full_group_says_so_and_offers_no_further_row() -> None:
    group = question("g", "group", at_most=1, columns=[question("c", "short_text")])
    assert 'value="add:g"' in drawn(group)
    full = drawn(group, raw={"g": ("r1",)})
    assert 'value="add:g"' not in full
    assert "There can be at most 1 rows." in full


def test_a_list_of_the_registry_marks_what_it_does_not_confirm_and_keeps_a_tick_that_it_no_longer_knows() -> None:
    listed = question("staff", "registry_list", source="teachers")
    raw = {"staff": ("aaaaaaaaaaaa", "cccccccccccc"), "staff.others": ("t1",), "staff.t1.name": "Per"}
    markup = drawn(listed, raw=raw)
    assert "Not confirmed by the registry" in markup
    sent = {
        (one.type, one.value, one.is_checked)
        for one in Page(markup).controls
        if one.name == "q_staff" and (one.is_checked or one.type == "hidden")
    }
    assert sent == {("checkbox", "aaaaaaaaaaaa", True), ("hidden", "cccccccccccc", False)}


def test_what_the_registry_decides_is_shown_and_has_no_control() -> None:
    page = drawn(question("name", "short_text", prefill="school.name", read_only=True), raw={"name": "Another"})
    assert "Solbakken skole" in page
    assert "Another" not in page
    assert Page(page).controls == []


def test_a_suggestion_says_that_it_is_one_until_it_is_saved() -> None:
    asked = question("head", "short_text", prefill="school.head_name")
    hint = "Suggested by the registry"
    form = form_of(asked)
    nothing = AnswerSet.of({}, {}, every_type.KNOWN).under(form)
    section = draw_section(form, form.sections[0], "en")
    assert hint in section.fill(State(nothing, typed={"head": "Marte"}))
    assert hint not in section.fill(State(nothing, typed={"head": "Marte"}, versions={"head": 1}))


def test_a_computed_value_is_what_the_server_works_out() -> None:
    asked = (question("a", "number"), question("b", "computed", value="a * 2.0"))
    assert "<bdi>6</bdi></output>" in drawn(*asked, raw={"a": "3", "b": "99"})
    assert "It is worked out when you save." in drawn(*asked)


def test_a_declaration_is_ticked_only_for_the_text_that_was_confirmed() -> None:
    asked = question("d", "declaration", statement="We <agree>.")
    form = form_of(asked)
    fingerprint = form.sections[0].questions[0].fingerprint  # type: ignore[attr-defined]
    ticked = drawn(asked, raw={"d": fingerprint}, confirmed={"d": "Confirmed by Kari"})
    assert f'name="q_d" value="{fingerprint}" checked' in ticked
    assert "Confirmed by Kari" in ticked
    assert "checked" not in drawn(asked, raw={"d": "0" * 16})
    assert "We &lt;agree&gt;." in ticked


def test_a_requirement_stands_over_its_questions_with_where_it_stands_and_why() -> None:
    form = every_type.form()
    mark = Mark("Not <asked>", "wait", "One sentence.", "Because of <it>.\n\nTruly.")
    state = State(AnswerSet.of({}).under(form), marks={"team": mark})
    markup = draw_section(form, form.sections[0], "en").fill(state)
    assert '<strong class="tag tag--wait">Not &lt;asked&gt;</strong> <span class="hint">One sentence.</span>' in markup
    assert "<p>Because of &lt;it&gt;.</p>\n<p>Truly.</p>" in markup


def test_a_text_that_fell_back_to_another_language_says_which() -> None:
    form = form_of(question("a", "short_text")).in_language("nb")
    assert isinstance(form.sections[0].questions[0].label, Text)
    markup = draw_section(form, form.sections[0], "nb").fill(State(AnswerSet.of({}).under(form)))
    assert '<label for="q_a"><span lang="en" dir="auto">Label of a</span>' in markup


@pytest.mark.parametrize(
    ("address", "label", "anchor"),
    [
        ("contact", ("Who leads the work?",), "q_contact"),
        ("partners", ("Did you work with other schools?",), "q_partners-0"),
        (
            "statements.parents_know",
            ("How far has the school come?", "Parents know how the school uses the internet."),
            "q_statements.parents_know-0",
        ),
        ("visits.r2.place", ("Visits", "Row 2", "Where?"), "q_visits.r2.place"),
        ("visits.r1.way", ("Visits", "Row 1", "How?"), "q_visits.r1.way-0"),
        ("visits.gone.way", ("Visits", "A row that was removed", "How?"), "q_visits.gone.way-0"),
        ("staff", ("Who took part?",), "q_staff-0"),
        ("staff.aaaaaaaaaaaa.remark", ("Who took part?", "Kari Berg", "Remark"), "q_staff.aaaaaaaaaaaa.remark"),
        ("staff.t1.name", ("Who took part?", "Not in the registry", "Name"), "q_staff.t1.name"),
        ("promise", ("We confirm this.",), "q_promise"),
    ],
)
def test_every_place_has_a_name_and_an_anchor_that_is_on_the_page(
    address: str, label: tuple[str, ...], anchor: str
) -> None:
    form, answers = every_type.form(), every_type.answers()
    question = form.question(address.partition(".")[0])
    assert question is not None
    assert label_at(address, form, answers.raw, answers.known) == label
    assert anchor_of(question, form, address, answers.known) == anchor
    markup = draw_section(form, form.sections[0], "en").fill(State(answers.under(form), typed=answers.raw))
    assert (f'id="{anchor}"' in markup) is ("gone" not in address)


def test_a_question_as_a_whole_leads_to_its_first_control() -> None:
    form, answers = every_type.form(), every_type.answers()
    markup = draw_section(form, form.sections[0], "en").fill(State(answers.under(form), typed=answers.raw))
    anchors = {
        question.id: anchor_of(question, form, known=answers.known) for question in form.questions() if question.asks
    }
    assert [anchor for anchor in anchors.values() if f'id="{anchor}"' not in markup] == []
    assert anchors["statements"] == "q_statements.pupils_learn-0"
    assert anchors["photos"] == "evidence-photos"
    assert anchors["visits"] == "q_visits-label"


def test_an_address_that_the_form_does_not_have_has_no_name() -> None:
    form = every_type.form()
    assert label_at("nothing", form, {}, every_type.KNOWN) == ()
    assert label_at("visits.r1.nothing", form, {}, every_type.KNOWN) == ()
