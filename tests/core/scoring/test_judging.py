"""The kind of scoring without points: what there is to judge, part by part."""

import pytest
from skolemerke.contract.scoring import NOT_JUDGED
from skolemerke.scoring.judging import Judged
from skolemerke_forms.answers import AnswerSet
from skolemerke_forms.definition import Form

FORM = {
    "form": "small",
    "title": "Small",
    "requirements": [
        {"id": "plan", "label": "A plan", "points": "0"},
        {"id": "page", "label": "A page", "points": "0"},
    ],
    "sections": [
        {
            "id": "first",
            "title": "First",
            "questions": [
                {"id": "has_plan", "type": "yes_no", "label": "Is there a plan?", "required": True},
                {
                    "id": "the_plan",
                    "type": "long_text",
                    "label": "The plan",
                    "required": True,
                    "requirement": "plan",
                    "evidence": "one",
                    "when": {"question": "has_plan", "is": ["yes"]},
                },
            ],
        },
        {
            "id": "second",
            "title": "Second",
            "questions": [
                {"id": "address", "type": "link", "label": "The page", "required": True, "requirement": "page"},
            ],
        },
    ],
    "declaration": {"text": "I sign."},
    "consent": {"text": "Publish?"},
}
WHOLE = {"has_plan": "yes", "the_plan": "We plan.", "address": "https://www.example.org/"}


def sheet_of(answers, evidence=None, judgements=NOT_JUDGED, parts=(), **states):
    changed = [
        {**requirement, "state": states.get(requirement["id"], "compulsory")} for requirement in FORM["requirements"]
    ]
    form = Form.model_validate({**FORM, "requirements": changed})
    return Judged().score(Judged.Parameters(parts=parts), form, AnswerSet.of(answers, evidence), judgements)


def lines(sheet):
    return [(line.part, line.section, line.rule) for line in sheet.lines]


def test_whole_answers_leave_nothing_but_to_judge_them():
    sheet = sheet_of(WHOLE, {"the_plan": 1})
    assert lines(sheet) == [
        ("first", "", "not_judged"),
        ("second", "", "not_judged"),
        ("plan", "", "documented"),
        ("page", "", "documented"),
    ]
    assert (sheet.points, sheet.most, sheet.pass_mark, sheet.outcome, sheet.unmet) == (None, None, None, None, ())


def test_what_is_missing_is_named_by_its_requirement_and_by_its_question():
    sheet = sheet_of({**WHOLE, "address": "no address"})
    assert lines(sheet)[2:] == [
        ("plan", "", "not_documented"),
        ("page", "", "not_documented"),
        ("the_plan", "first", "incomplete"),
        ("address", "second", "incomplete"),
    ]
    assert sheet.unmet == ("plan", "page")


@pytest.mark.parametrize(
    ("state", "unmet"), [("waived", ()), ("fixed", ()), ("optional", ()), ("compulsory", ("page",))]
)
def test_the_state_of_a_requirement_is_that_of_the_form(state, unmet):
    sheet = sheet_of({**WHOLE, "address": ""}, {"the_plan": 1}, page=state)
    said = {"waived": "waived", "fixed": "fixed"}.get(state, "not_documented")
    assert (sheet.of_part("page").rule, sheet.unmet) == (said, unmet)


def test_a_question_that_is_not_shown_lacks_nothing():
    sheet = sheet_of({**WHOLE, "has_plan": "no"})
    assert ("the_plan", "first", "incomplete") not in lines(sheet)
    assert sheet.unmet == ("plan",), "nothing that documents it is shown"


def test_the_same_answers_give_the_same_bytes():
    assert sheet_of(WHOLE).canonical() == sheet_of(dict(reversed(WHOLE.items()))).canonical()


@pytest.mark.parametrize(
    ("judgements", "outcome"),
    [
        ({}, None),
        ({"first": "fulfilled"}, None),
        ({"first": "fulfilled", "second": "fulfilled"}, "recommended"),
        ({"first": "fulfilled", "second": "not_fulfilled"}, "not_recommended"),
        ({"second": "not_fulfilled"}, "not_recommended"),
        ({"first": "fulfilled", "second": "fulfilled", "another_form": "not_fulfilled"}, "recommended"),
    ],
)
def test_the_outcome_is_what_the_judged_parts_amount_to(judgements, outcome):
    sheet = sheet_of(WHOLE, {"the_plan": 1}, judgements)
    assert sheet.outcome == outcome
    found = [(part, judgements.get(part, "not_judged")) for part in ("first", "second")]
    assert [(line.part, line.rule) for line in sheet.lines[:2]] == found
    assert (sheet.points, sheet.pass_mark) == (None, None)


def test_a_compulsory_requirement_that_is_not_documented_keeps_a_school_from_being_recommended():
    judged = {"first": "fulfilled", "second": "fulfilled"}
    assert sheet_of(WHOLE, {}, judged).outcome == "not_recommended"
    assert sheet_of(WHOLE, {}, judged, plan="waived").outcome == "recommended"


def test_a_part_of_which_nothing_is_asked_is_not_judged_and_only_named_parts_are_where_some_are_named():
    named = sheet_of(WHOLE, {"the_plan": 1}, {"second": "fulfilled"}, parts=("second",))
    assert ([line.part for line in named.lines[:2]], named.outcome) == (["second", "plan"], "recommended")
    form = {
        **FORM,
        "sections": [{"id": "hint", "title": "Hint", "questions": [{"id": "n", "type": "note", "label": "N"}]}],
    }
    parts = Judged().judged_parts(Judged.Parameters(), Form.model_validate({**form, "requirements": []}), AnswerSet())
    assert parts == ()


def test_a_named_part_that_the_form_does_not_have_is_a_flaw():
    (flaw,) = Judged().check(Judged.Parameters(parts=("first", "third")), Form.model_validate(FORM))
    assert (flaw.parameter, flaw.code) == ("parts", "unknown_part")
    assert flaw.message == "no section of the form is called 'third': name some of first, second, or leave `parts` out"
