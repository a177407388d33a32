"""The kind of scoring without points: what there is to judge, part by part."""

import pytest
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


def sheet_of(answers, evidence=None, **states):
    changed = [
        {**requirement, "state": states.get(requirement["id"], "compulsory")} for requirement in FORM["requirements"]
    ]
    form = Form.model_validate({**FORM, "requirements": changed})
    return Judged().score(Judged.Parameters(), form, AnswerSet.of(answers, evidence))


def lines(sheet):
    return [(line.part, line.section, line.rule) for line in sheet.lines]


def test_whole_answers_leave_nothing_but_to_judge_them():
    sheet = sheet_of(WHOLE, {"the_plan": 1})
    assert lines(sheet) == [("plan", "", "documented"), ("page", "", "documented")]
    assert (sheet.points, sheet.most, sheet.pass_mark, sheet.outcome, sheet.unmet) == (None, None, None, None, ())


def test_what_is_missing_is_named_by_its_requirement_and_by_its_question():
    sheet = sheet_of({**WHOLE, "address": "no address"})
    assert lines(sheet) == [
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
