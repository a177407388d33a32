"""What is compiled and what WTForms' widgets draw is one form: the same controls, values, ticks and labels."""

from typing import Any

import pytest
from skolemerke_forms.answers import AnswerSet
from skolemerke_forms.definition import Form
from skolemerke_forms.drawing import State, draw_section
from skolemerke_forms.fields import filled_form, section_form
from skolemerke_forms.questions import QUESTION_TYPES
from support import every_type
from support.controls import Control, Page

AWKWARD = every_type.HOSTILE
ANSWERS = {
    "filled in": every_type.RAW,
    "hostile": {
        **every_type.RAW,
        "contact": f'"{AWKWARD}',
        "summary": f"</textarea>{AWKWARD}\n\nNew paragraph",
        "visits.r1.place": AWKWARD,
        "visits.r1.told": f"\n{AWKWARD}",
        "staff.aaaaaaaaaaaa.remark": AWKWARD,
        "staff.t1.name": AWKWARD,
        "pupils": "about <three>",
    },
    "blank": {},
    "never offered": {**every_type.RAW, "rules": "perfect", "themes": ("cats", "safety"), "kind": "<b>"},
}


def compiled(form: Form, answers: AnswerSet) -> Page:
    drawn = draw_section(form, form.sections[0], "en")
    return Page(drawn.fill(State(answers.under(form), typed=answers.raw, versions={"contact": 3})))


def by_widgets(form: Form, answers: AnswerSet) -> Page:
    made = section_form(form, form.sections[0])
    bound = filled_form(made, answers.raw, {"contact": 3}, answers.known)
    return Page("".join(f"{field.label}{field()}" for field in bound))


def asked(page: Page) -> list[Control]:
    """The controls of answers; that of no answer, which only the compiled page has, and evidence are left out."""
    return [one for one in page.controls if one.name.startswith(("q_", "v_")) and not one.id.endswith("-none")]


def facts(page: Page) -> list[tuple[Any, ...]]:
    return sorted((one.name, one.type, one.value, one.is_checked) for one in asked(page))


@pytest.mark.parametrize("hostile", [False, True], ids=["plain texts", "hostile texts"])
@pytest.mark.parametrize("which", sorted(ANSWERS))
def test_both_ways_draw_the_same_controls_with_the_same_values(which: str, hostile: bool) -> None:
    form = every_type.form(hostile=hostile)
    answers = (
        every_type.answers(hostile=hostile)
        if which == "filled in"
        else AnswerSet.of(ANSWERS[which], {}, every_type.KNOWN)
    )
    assert facts(compiled(form, answers)) == facts(by_widgets(form, answers))


@pytest.mark.parametrize("hostile", [False, True], ids=["plain texts", "hostile texts"])
def test_both_ways_call_a_control_the_same(hostile: bool) -> None:
    form, answers = every_type.form(hostile=hostile), every_type.answers(hostile=hostile)
    ours = {(one.name, one.value): one.label for one in asked(compiled(form, answers))}
    theirs = {(one.name, one.value): one.label for one in asked(by_widgets(form, answers)) if one.type != "hidden"}
    # We may say more: what a level means, that a question may be left open, whose remark it is.
    differ = {key: (label, ours[key]) for key, label in theirs.items() if label not in ours[key]}
    assert differ == {}


def test_every_type_is_compared() -> None:
    assert {question.type for question in every_type.form().questions()} == set(QUESTION_TYPES)


@pytest.mark.parametrize("hostile", [False, True], ids=["plain texts", "hostile texts"])
def test_nothing_of_a_text_becomes_an_element_an_attribute_or_a_template(hostile: bool) -> None:
    page = compiled(every_type.form(hostile=hostile), AnswerSet.of(ANSWERS["hostile"], {}, every_type.KNOWN))
    plain = compiled(every_type.form(), every_type.answers())
    assert sorted(set(page.tags)) == sorted(set(plain.tags))
    assert "script" not in page.tags


def test_every_id_stands_once_and_whatever_describes_a_control_is_there() -> None:
    form = every_type.form()
    answers = every_type.answers(pupils="many", **{"visits.r1.day": "yesterday", "staff.t1.name": "x\ny"})
    errors = {"pupils": "No.", "visits.r1.day": "No.", "staff.t1.name": "No.", "visits": "Too many."}
    drawn = draw_section(form, form.sections[0], "en")
    page = Page(drawn.fill(State(answers.under(form), typed=answers.raw, errors=errors)))
    assert sorted({name for name in page.ids if page.ids.count(name) > 1}) == []
    assert sorted(set(page.described) - set(page.ids)) == []
    assert {f"q_{place}-error" for place in errors} <= set(page.described)


def test_no_answer_can_be_chosen_again_where_none_is_needed() -> None:
    page = compiled(every_type.form(), AnswerSet.of({}, {}, every_type.KNOWN))
    none = {one.name: (one.value, one.is_checked, one.label) for one in page.controls if one.id.endswith("-none")}
    assert none == {"q_kind": ("", True, "No answer")}
