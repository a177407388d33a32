"""A draft that goes on under another form loses nothing, and its writers are told where to look again."""

from collections.abc import Mapping
from typing import Any

import pytest
from skolemerke_forms.answers import AnswerSet
from skolemerke_forms.carrying import to_look_at
from support.a_form import SCALE, form_of, question

OPTIONS = [{"value": "pupils", "label": "Pupils"}, {"value": "parents", "label": "Parents"}]
OTHERS = [OPTIONS[0], {"value": "nobody", "label": "Nobody"}]
FIRST = question("first", "yes_no")
A = question("a", "short_text")


def looks(
    before: list[dict[str, Any]], after: list[dict[str, Any]], raw: Mapping[str, Any], **evidence: int
) -> dict[str, str]:
    """Why each question is looked at again."""
    found = to_look_at(form_of(*before), form_of(*after), AnswerSet.of(raw, evidence))
    return {look.question: look.why for look in found}


@pytest.mark.parametrize(
    ("before", "after", "raw", "why"),
    [
        (A, question("b", "short_text"), {"a": "x"}, "gone"),
        (A, question("b", "short_text"), {}, None),
        (A, {**A, "label": "Other"}, {"a": "x"}, "reworded"),
        (A, {**A, "texts": {"nb": {"label": "Annet"}}}, {"a": "x"}, "reworded"),
        (A, {**A, "label": "Other"}, {}, None),
        (A, {**A, "max_length": 3}, {"a": "four"}, "problem"),
        (A, {**A, "max_length": 3}, {"a": "abc"}, "changed"),
        (A, {**A, "max_length": 300}, {"a": "abc"}, None),
        (A, {**A, "required": True}, {}, "missing"),
        (A, {**A, "required": True}, {"a": "x"}, "changed"),
        (A, {**A, "evidence": "one"}, {}, "missing"),
        (A, {**A, "when": {"question": "first", "is": "yes"}}, {"a": "x", "first": "no"}, "hidden"),
        (A, {**A, "when": {"question": "first", "is": "yes"}}, {"a": "x", "first": "yes"}, None),
        ({**A, "when": {"question": "first", "is": "yes"}}, {**A, "required": True}, {}, "shown"),
        ({**A, "when": {"question": "first", "is": "yes"}}, A, {"a": "x"}, "shown"),
        (
            question("a", "choice", options=OPTIONS),
            question("a", "choice", options=OTHERS),
            {"a": "parents"},
            "problem",
        ),
        (
            question("a", "choice", options=OPTIONS),
            question("a", "choice", options=[*OPTIONS, OTHERS[1]]),
            {"a": "parents"},
            None,
        ),
        (question("a", "long_text"), question("a", "number"), {"a": "three"}, "problem"),
        (
            question("a", "declaration", statement="We will."),
            question("a", "declaration", statement="We shall."),
            {"a": form_of(question("a", "declaration", statement="We will.")).sections[0].questions[0].fingerprint},  # type: ignore[attr-defined]
            "problem",
        ),
    ],
)
def test_a_question_is_looked_at_again_for_the_reason_that_holds(
    before: dict[str, Any], after: dict[str, Any], raw: Mapping[str, Any], why: str | None
) -> None:
    assert looks([FIRST, before], [FIRST, after], raw) == ({"a": why} if why else {})


def test_a_new_question_is_named_only_when_it_has_to_be_answered() -> None:
    assert looks([A], [A, question("b", "short_text")], {}) == {}
    assert looks([A], [A, question("b", "short_text", required=True)], {}) == {"b": "missing"}


def test_what_was_wrong_before_is_not_told_again() -> None:
    short = {**A, "max_length": 3}
    assert looks([short], [{**short, "max_length": 2}], {"a": "four"}) == {"a": "changed"}


def test_a_level_that_is_gone_concerns_every_question_on_its_scale() -> None:
    levels: Any = SCALE["levels"]
    asked = [question(name, "scale", scale="steps") for name in "ab"]
    old = form_of(*asked)
    new = form_of(*asked, scales=[{"id": "steps", "levels": levels[:2]}])
    found = to_look_at(old, new, AnswerSet.of({"a": "whole", "b": "none"}))
    assert [(look.question, look.why) for look in found] == [("a", "problem"), ("b", "changed")]


def test_nothing_is_looked_at_again_under_the_same_form() -> None:
    form = form_of(FIRST, A, question("b", "number", required=True))
    assert to_look_at(form, form, AnswerSet.of({"a": "x", "b": "no number"})) == []


def test_the_order_is_that_of_the_form_with_what_is_gone_at_its_end() -> None:
    b, c = question("b", "short_text"), question("c", "short_text")
    found = looks([A, b, c], [{**c, "required": True}, {**A, "required": True}], {"a": "x", "b": "y", "c": "z"})
    assert list(found.items()) == [("c", "changed"), ("a", "changed"), ("b", "gone")]
