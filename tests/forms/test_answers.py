from typing import Any

import pytest
from skolemerke_forms.answers import AnswerSet, clean_answers, documented, lacks
from skolemerke_forms.definition import Form
from support.a_form import form_of, question

NUMBER = question("size", "number", minimum=3, required=True, requirement="team")
TEXT = question("work_done", "long_text", max_words=3, required=True, requirement="team", evidence="one")
SCALE = question("level", "scale", scale="steps", required=True)
PLAN = question("plan", "long_text", max_words=2)


def form(state: str = "compulsory") -> Form:
    team = {"id": "team", "label": "Team", "state": state}
    return form_of(question("note", "note"), SCALE, NUMBER, TEXT, PLAN, requirements=[team])


def codes(answers: dict[str, Any], evidence: dict[str, int] | None = None, state: str = "compulsory") -> list[str]:
    found = lacks(form(state), AnswerSet.of(answers, evidence))
    return [f"{lack.question}: {lack.problem.code}" for lack in found]


GOOD = {"level": "some", "size": "3", "work_done": "A common plan"}


def test_an_empty_application_lacks_every_compulsory_answer_in_the_order_of_the_form() -> None:
    assert codes({}) == ["level: unanswered", "size: unanswered", "work_done: unanswered", "work_done: no_evidence"]


def test_a_whole_application_lacks_nothing() -> None:
    assert codes(GOOD, {"work_done": 1}) == []


def test_an_answer_that_is_true_but_not_enough_falls_short() -> None:
    assert codes({**GOOD, "size": "2"}, {"work_done": 1}) == ["size: falls_short"]


def test_an_answer_with_a_fault_is_named_once_with_its_fault() -> None:
    assert codes({**GOOD, "work_done": "one two three four"}, {"work_done": 1}) == ["work_done: too_many_words"]


def test_a_fault_in_an_answer_that_need_not_be_given_must_be_mended_too() -> None:
    assert codes({**GOOD, "plan": "one two three"}, {"work_done": 1}) == ["plan: too_many_words"]


@pytest.mark.parametrize("state", ["optional", "waived", "fixed"])
def test_a_requirement_that_is_not_compulsory_asks_for_nothing(state: str) -> None:
    assert codes({"level": "some"}, state=state) == []


def test_a_lack_says_section_and_requirement() -> None:
    (first, *_) = lacks(form(), AnswerSet.of({"level": "some"}))
    assert (first.section, first.question, first.requirement) == ("work", "size", "team")


@pytest.mark.parametrize(
    ("answers", "evidence", "expected"),
    [
        (GOOD, {"work_done": 1}, True),
        (GOOD, {}, False),
        ({**GOOD, "size": "2"}, {"work_done": 1}, False),
        ({**GOOD, "size": ""}, {"work_done": 1}, False),
        ({"size": "3"}, {"work_done": 1}, False),
    ],
)
@pytest.mark.parametrize("state", ["compulsory", "optional", "fixed"])
def test_a_requirement_is_documented_when_all_its_answers_and_evidence_are_there(
    state: str, answers: dict[str, str], evidence: dict[str, int], expected: bool
) -> None:
    made = form(state)
    assert documented(made, made.requirements[0], AnswerSet.of(answers, evidence)) is expected


def test_an_answer_that_need_not_be_given_is_not_missed_but_must_not_be_wrong() -> None:
    made = form_of(
        question("shown", "yes_no", required=True, requirement="seen"),
        question("page", "link", requirement="seen"),
        requirements=[{"id": "seen", "label": "Seen"}],
    )
    requirement = made.requirements[0]
    assert documented(made, requirement, AnswerSet.of({"shown": "yes"})) is True
    assert documented(made, requirement, AnswerSet.of({"shown": "yes", "page": "nowhere"})) is False


def test_a_requirement_that_no_question_asks_about_is_not_documented() -> None:
    made = form_of(question("a", "note"), requirements=[{"id": "seen", "label": "Seen"}])
    assert documented(made, made.requirements[0], AnswerSet.of({})) is False


def test_clean_answers_are_those_that_can_be_read() -> None:
    answers = AnswerSet.of({**GOOD, "size": "3,0", "plan": "", "work_done": "one two three four", "gone": "x"})
    assert clean_answers(form(), answers) == {"level": "some", "size": "3"}


def test_a_set_keeps_what_was_typed_and_several_values_in_their_order() -> None:
    answers = AnswerSet.of({"a": "typed", "b": ["y", "x"], "c": None}, {"a": 2})
    assert answers.raw == {"a": "typed", "b": ("y", "x")}
    assert answers.evidence == {"a": 2}
