from typing import Any

import pytest
from skolemerke_forms.answers import Known, KnownRow
from skolemerke_forms.definition import Form
from skolemerke_forms.fields import filled_form, posted_answers, section_form
from support.a_form import form_of, question
from werkzeug.datastructures import MultiDict

OPTIONS = [{"value": "pupils", "label": "Pupils"}, {"value": "parents", "label": "Parents"}]

FORM = form_of(
    question("text", "long_text", max_words=3),
    question("size", "number"),
    question("who", "choices", options=OPTIONS),
    question("level", "scale", scale="steps"),
    question("note", "note"),
    question("shown", "yes_no"),
)
SECTION = FORM.sections[0]


def posted(*pairs: tuple[str, str]) -> tuple[dict[str, Any], dict[str, int]]:
    return posted_answers(SECTION, MultiDict(list(pairs)))


def errors(form: Form, **answers: Any) -> dict[str, Any]:
    return dict(filled_form(section_form(form, form.sections[0]), answers, {}).errors)


@pytest.mark.parametrize(
    "id",
    ["data", "errors", "validate", "meta", "populate_obj", "process", "q_q", "v_a", "csrf_token", "class"],
)
def test_an_id_may_be_any_word_even_one_of_wtforms_own(id: str) -> None:
    form = form_of(question(id, "number"), question("other", "short_text"))
    bound = filled_form(section_form(form, form.sections[0]), {id: "three"}, {id: 4})
    assert bound[f"q_{id}"].errors == ["Write a number in digits, such as 12."]
    assert bound[f"q_{id}"].data == "three"
    assert bound[f"v_{id}"].data == "4"
    answers, versions = posted_answers(form.sections[0], MultiDict([(f"q_{id}", "3"), (f"v_{id}", "4")]))
    assert (answers, versions) == ({id: "3"}, {id: 4})


def test_only_answers_whose_marker_was_sent_are_read() -> None:
    assert posted(("v_size", "2"), ("q_size", "3"), ("q_text", "without its marker")) == ({"size": "3"}, {"size": 2})


def test_an_unticked_box_is_blank_and_a_box_that_was_not_on_the_page_is_left_alone() -> None:
    assert posted(("v_who", "1")) == ({"who": ()}, {"who": 1})
    assert posted() == ({}, {})


def test_no_chosen_level_is_blank() -> None:
    assert posted(("v_level", "0")) == ({"level": ""}, {"level": 0})


def test_all_ticked_boxes_are_read_and_of_a_text_the_first() -> None:
    answers, _ = posted(("v_who", "0"), ("q_who", "parents"), ("q_who", "pupils"), ("v_text", "0"), ("q_text", "a"))
    assert answers == {"text": "a", "who": ("parents", "pupils")}


def test_a_text_is_kept_as_it_was_typed() -> None:
    typed = "  one\r\ntwo  "
    assert posted(("v_text", "0"), ("q_text", typed))[0] == {"text": typed}


def test_a_number_that_cannot_be_read_keeps_its_text_and_says_what_is_wrong() -> None:
    answers, _ = posted(("v_size", "0"), ("q_size", "about three"))
    bound = filled_form(section_form(FORM, SECTION), answers, {})
    assert bound["q_size"].data == "about three"
    assert bound["q_size"].errors == ["Write a number in digits, such as 12."]


@pytest.mark.parametrize("version", ["", "x", "-3", "1.5", "٣", "99999999999999999999"])
def test_a_version_that_cannot_be_read_is_none_that_a_saved_answer_has(version: str) -> None:
    assert posted(("v_size", version), ("q_size", "3")) == ({"size": "3"}, {"size": -1})


def test_a_note_is_never_an_answer() -> None:
    assert posted(("v_note", "0"), ("q_note", "x")) == ({}, {})


def test_a_question_whose_type_is_gone_can_be_read_and_not_changed() -> None:
    stated = {
        "form": "x",
        "title": "X",
        "sections": [{"id": "s", "title": "S", "questions": [{"id": "a", "type": "sound", "label": "Sing"}]}],
        "declaration": {"text": "I sign."},
        "consent": {"text": "We agree."},
    }
    form = Form.model_validate(stated, context={"frozen": True})
    assert posted_answers(form.sections[0], MultiDict([("v_a", "0"), ("q_a", "x")])) == ({}, {})
    assert list(section_form(form, form.sections[0])()) == []


def test_the_form_and_the_engine_say_the_same_of_every_answer() -> None:
    wrong = {"text": "one two three four", "size": "-1", "who": ["cats"], "level": "top", "shown": "maybe"}
    assert errors(FORM, **wrong) == {
        "q_text": ["Write at most 3 words; this has 4."],
        "q_size": ["Write a number of at least 0."],
        "q_who": ["Choose one of the answers that are offered."],
        "q_level": ["Choose one of the answers that are offered."],
        "q_shown": ["Choose one of the answers that are offered."],
    }


def test_a_blank_answer_is_no_fault_in_a_draft_even_where_it_is_required() -> None:
    form = form_of(question("a", "short_text", required=True))
    assert errors(form, a="") == {}
    assert errors(form) == {}


def test_messages_are_said_in_the_readers_language() -> None:
    norwegian = {"Write at most %(limit)s words; this has %(found)s.": "Skriv høyst %(limit)s ord; her står %(found)s."}
    made = section_form(FORM, SECTION, say=lambda message: norwegian.get(message, message))
    bound = filled_form(made, {"text": "en to tre fire"}, {})
    assert bound["q_text"].errors == ["Skriv høyst 3 ord; her står 4."]


ROWS = form_of(
    question("visits", "group", columns=[question("place", "short_text", max_length=5), question("size", "number")]),
    question("staff", "registry_list", source="teachers"),
    question(
        "grid", "matrix", scale="steps", rows=[{"value": "one", "label": "One"}, {"value": "two", "label": "Two"}]
    ),
    question("promise", "declaration", statement="We agree."),
)
TEACHERS = Known(lists={"teachers": (KnownRow(id="k1", label="Kari"), KnownRow(id="k2", label="Ola"))})


def test_an_instance_has_the_fields_of_its_own_rows() -> None:
    made = section_form(ROWS, ROWS.sections[0])
    raw = {"visits": ("r1", "r2"), "visits.r2.place": "Stockholm", "staff": ("k2",), "staff.others": ("t1",)}
    one, other = filled_form(made, raw, {}, TEACHERS), filled_form(made, {}, {})
    of_rows = ["q_visits.r1.place", "q_visits.r1.size", "q_visits.r2.place", "q_visits.r2.size"]
    listed = ["q_staff", "q_staff.k1.remark", "q_staff.k2.remark", "q_staff.t1.name"]
    fixed = ["q_grid.one", "q_grid.two", "q_promise"]
    assert [field.name for field in one if field.name.startswith("q_")] == [*fixed, *of_rows, *listed]
    assert [field.name for field in other if field.name.startswith("q_")] == [*fixed, "q_staff"]
    assert one.errors == {"q_visits.r2.place": ["Write at most 5 characters; this has 9."]}
    assert [(box.data, box.checked) for box in one["q_staff"]] == [("k1", False), ("k2", True)]


def test_what_was_sent_of_several_places_is_read_by_address() -> None:
    sent = [
        ("v_visits.r1.place", "2"),
        ("q_visits.r1.place", "Oslo"),
        ("v_grid.two", "0"),
        ("v_staff", "1"),
        ("q_staff", "k1"),
        ("q_staff", "k2"),
        ("v_staff.k1.remark", "0"),
        ("q_staff.k1.remark", "Left"),
        ("v_promise", "0"),
        ("q_promise", "0123456789abcdef"),
    ]
    answers, versions = posted_answers(ROWS.sections[0], MultiDict(sent))
    assert answers == {
        "visits.r1.place": "Oslo",
        "grid.two": "",
        "staff": ("k1", "k2"),
        "staff.k1.remark": "Left",
        "promise": "0123456789abcdef",
    }
    assert versions == {"visits.r1.place": 2, "grid.two": 0, "staff": 1, "staff.k1.remark": 0, "promise": 0}


@pytest.mark.parametrize(
    "address", ["visits", "visits.r1", "visits.r1.nothing", "visits.r1.place.x", "grid", "grid.three", "staff.others"]
)
def test_an_address_that_no_place_has_is_not_read(address: str) -> None:
    sent = MultiDict([(f"v_{address}", "0"), (f"q_{address}", "x")])
    assert posted_answers(ROWS.sections[0], sent) == ({}, {})


def test_what_the_registry_decides_is_not_read() -> None:
    form = form_of(question("name", "short_text", prefill="school.name", read_only=True))
    sent = MultiDict([("v_name", "0"), ("q_name", "Another")])
    assert posted_answers(form.sections[0], sent) == ({}, {})
    assert list(section_form(form, form.sections[0])()) == []


def test_two_instances_of_one_class_do_not_share_what_they_hold() -> None:
    made = section_form(FORM, SECTION)
    one, other = filled_form(made, {"size": "three"}, {"size": 1}), filled_form(made, {"size": "3"}, {})
    assert (one["q_size"].errors, other["q_size"].errors) == (["Write a number in digits, such as 12."], [])
    assert (one["v_size"].data, other["v_size"].data) == ("1", "0")


def test_the_fields_offer_what_the_definition_offers() -> None:
    bound = filled_form(section_form(FORM, SECTION), {"level": "some", "who": ("parents",)}, {})
    assert [(option.id, option.label.text, option.checked) for option in bound["q_level"]] == [
        ("q_level-0", "Not yet", False),
        ("q_level-1", "Started", True),
        ("q_level-2", "The whole school", False),
    ]
    assert [(option.data, option.checked) for option in bound["q_who"]] == [("pupils", False), ("parents", True)]


def test_what_was_typed_is_escaped_where_it_is_drawn() -> None:
    bound = filled_form(section_form(FORM, SECTION), {"text": "</textarea><script>"}, {})
    assert "</textarea><script>" not in str(bound["q_text"]())
    assert "&lt;script&gt;" in str(bound["q_text"]())
