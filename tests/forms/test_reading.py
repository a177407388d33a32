"""A whole answer set under a form: what is shown, what counts, what is frozen."""

from typing import Any

import pytest
from skolemerke_forms.answers import (
    AnswerSet,
    Known,
    KnownRow,
    clean_answers,
    documented,
    is_answered,
    lacks,
    shown_raw,
)
from skolemerke_forms.definition import Form
from skolemerke_forms.saying import in_words, kind_words
from support.a_form import form_of, question

IF_YES = {"question": "policy", "is": "yes"}


def lacking(form: Form, raw: dict[str, Any], evidence: dict[str, int] | None = None) -> list[tuple[str, str, str]]:
    found = lacks(form, AnswerSet.of(raw, evidence))
    return [(lack.question, lack.problem.code, lack.problem.place) for lack in found]


def conditional(**more: Any) -> Form:
    return form_of(
        question("policy", "yes_no"),
        question("explain", "long_text", when=IF_YES, required=True, **more),
    )


def test_a_question_whose_condition_does_not_hold_is_not_asked() -> None:
    assert lacking(conditional(), {"policy": "no"}) == []
    assert lacking(conditional(), {}) == []
    assert lacking(conditional(), {"policy": "yes"}) == [("explain", "unanswered", "")]


def test_an_answer_that_is_not_shown_counts_nowhere_and_is_not_frozen() -> None:
    form = conditional()
    hidden = AnswerSet.of({"policy": "no", "explain": "We wrote this first."})
    assert clean_answers(form, hidden) == {"policy": "no"}
    assert shown_raw(form, hidden) == {"policy": "no"}
    assert in_words(form.sections[0].questions[1], hidden.under(form)) == ""
    shown = AnswerSet.of({"policy": "yes", "explain": "We wrote this first."})
    assert clean_answers(form, shown) == {"policy": "yes", "explain": "We wrote this first."}
    assert shown_raw(form, shown) == {"policy": "yes", "explain": "We wrote this first."}


def test_a_condition_over_a_hidden_answer_is_not_determined() -> None:
    form = form_of(
        question("policy", "yes_no"),
        question("second", "yes_no", when=IF_YES),
        question("third", "short_text", when={"question": "second", "is": "yes"}, required=True),
    )
    assert lacking(form, {"policy": "yes", "second": "yes"}) == [("third", "unanswered", "")]
    assert lacking(form, {"policy": "no", "second": "yes"}) == []


def test_a_wrong_answer_settles_no_condition() -> None:
    form = form_of(
        question("hours", "number"),
        question("why", "short_text", when={"question": "hours", "at_least": "2"}, required=True),
    )
    assert lacking(form, {"hours": "many"}) == [("hours", "not_a_number", "")]


def test_a_section_whose_condition_does_not_hold_is_not_asked() -> None:
    form = form_of(
        question("policy", "yes_no"),
        sections=[
            {"id": "first", "title": "First", "questions": [question("policy", "yes_no")]},
            {
                "id": "later",
                "title": "Later",
                "when": IF_YES,
                "questions": [question("plan", "short_text", required=True)],
            },
        ],
    )
    assert lacking(form, {"policy": "no"}) == []
    assert lacking(form, {"policy": "yes"}) == [("plan", "unanswered", "")]


def test_a_requirement_whose_questions_are_all_hidden_is_not_documented() -> None:
    form = form_of(
        question("policy", "yes_no"),
        question("shown", "short_text", when=IF_YES, requirement="visible", required=True),
        requirements=[{"id": "visible", "label": "Visible"}],
    )
    requirement = form.requirements[0]
    answers = {"policy": "yes", "shown": "On the site"}
    assert documented(form, requirement, AnswerSet.of(answers)) is True
    assert documented(form, requirement, AnswerSet.of({**answers, "policy": "no"})) is False


def test_a_rule_stands_by_the_first_of_its_questions_that_is_shown() -> None:
    form = form_of(
        question("policy", "yes_no"),
        question("boys", "number", when=IF_YES),
        question("girls", "number"),
        rules=[
            {
                "id": "somebody",
                "must": {"cel": "girls + (boys == null ? 0.0 : boys) > 0.0"},
                "message": "100 % of nobody: name at least one pupil.",
                "questions": ["boys", "girls"],
            }
        ],
    )
    assert lacking(form, {"policy": "yes", "boys": "0", "girls": "0"}) == [("boys", "rule", "")]
    assert lacking(form, {"policy": "no", "boys": "4", "girls": "0"}) == [("girls", "rule", "")]
    assert lacking(form, {"policy": "yes", "boys": "1", "girls": "0"}) == []
    # Undetermined: nobody is told of a mistake that was not made.
    assert lacking(form, {}) == []


def matrix(**more: Any) -> Form:
    rows = [{"value": "plans", "label": "We plan"}, {"value": "shares", "label": "We share"}]
    return form_of(question("habits", "matrix", scale="steps", rows=rows, **more))


def test_a_matrix_is_read_row_by_row() -> None:
    form = matrix(required=True, may_not_apply=True)
    habits = form.sections[0].questions[0]
    answers = AnswerSet.of({"habits.plans": "whole", "habits.shares": "not_applicable"})
    assert clean_answers(form, answers) == {"habits": {"plans": "whole", "shares": "not_applicable"}}
    assert habits.points(answers.cleaned(habits, form), form) == 3
    assert habits.most_points(form) == 6
    assert in_words(habits, answers.under(form)) == "We plan: The whole school\nWe share: Does not apply"
    assert lacking(form, {}) == [("habits", "unanswered", "")]
    assert lacking(form, {"habits.plans": "whole"}) == [("habits", "row_unanswered", "habits.shares")]
    assert lacking(form, {"habits.plans": "whole", "habits.shares": "most"}) == [
        ("habits", "not_offered", "habits.shares")
    ]
    assert lacking(matrix(), {"habits.plans": "whole"}) == []
    assert lacking(matrix(), {"habits.plans": "not_applicable"}) == [("habits", "not_offered", "habits.plans")]


COLUMNS = [
    question("name", "short_text", required=True),
    question("hours", "number"),
]


def group(**more: Any) -> Form:
    return form_of(question("team", "group", columns=COLUMNS, **more))


def test_a_group_is_read_in_the_order_of_its_rows_without_those_left_blank() -> None:
    form = group()
    raw = {
        "team": ["b", "a", "c"],
        "team.a.name": "Kari",
        "team.a.hours": "3,0",
        "team.b.name": "Ola",
        "team.x.name": "?",
    }
    answers = AnswerSet.of(raw)
    assert clean_answers(form, answers) == {
        "team": ({"row": "b", "name": "Ola"}, {"row": "a", "name": "Kari", "hours": "3"})
    }
    words = "Label of name: Ola\n\nLabel of name: Kari\nLabel of hours: 3"
    assert in_words(form.sections[0].questions[0], answers.under(form)) == words
    # What stands in a row that was removed, and a row in which nothing stands, is not frozen.
    assert shown_raw(form, answers) == {
        "team": ("b", "a", "c"),
        "team.b.name": "Ola",
        "team.a.name": "Kari",
        "team.a.hours": "3,0",
    }


@pytest.mark.parametrize(
    ("more", "raw", "found"),
    [
        ({}, {}, []),
        ({"required": True}, {}, [("team", "unanswered", "")]),
        ({"required": True, "at_least": 2}, {"team": ["a"], "team.a.name": "K"}, [("team", "too_few_rows", "")]),
        ({"at_most": 1}, {"team": ["a", "b"], "team.a.name": "K", "team.b.name": "O"}, [("team", "too_many_rows", "")]),
        ({}, {"team": ["a"], "team.a.hours": "2"}, [("team", "unanswered", "team.a.name")]),
        ({}, {"team": ["a"], "team.a.name": "K", "team.a.hours": "many"}, [("team", "not_a_number", "team.a.hours")]),
        ({}, {"team": ["a"]}, []),
    ],
)
def test_what_a_group_lacks_is_said_at_its_place(
    more: dict[str, Any], raw: dict[str, Any], found: list[tuple[str, str, str]]
) -> None:
    assert lacking(group(**more), raw) == found


def test_a_kind_that_is_known_is_said_in_words_and_another_as_the_registry_writes_it() -> None:
    words = {"head of the school": "rektor", "Head Teacher": "never asked"}
    assert kind_words("head_teacher", words.__getitem__) == "rektor"
    assert kind_words("Head Teacher", words.__getitem__) == "Head Teacher"


def test_a_list_of_the_registry_is_decided_by_the_server() -> None:
    form = form_of(question("who", "registry_list", source="teachers", at_least=2, required=True))
    kari = KnownRow(id="1f", label="Kari Berg", kind="event", day="2020-05-04", details="Teacher")
    known = Known(lists={"teachers": (kari, KnownRow(id="2e", label="Ola Dal"))})
    raw = {
        "who": ["1f", "forged"],
        "who.1f.remark": "Now Kari Lund",
        "who.others": ["n1", "n2"],
        "who.n1.name": "Per Å",
    }
    answers = AnswerSet.of(raw, {}, known)
    assert clean_answers(form, answers)["who"] == (
        {
            "row": "1f",
            "name": "Kari Berg",
            "confirmed": "yes",
            "kind": "event",
            "day": "2020-05-04",
            "details": "Teacher",
            "remark": "Now Kari Lund",
        },
        {"row": "n1", "name": "Per Å", "confirmed": "no"},
    )
    words = "Kari Berg, Teacher, event, 2020-05-04 – Now Kari Lund\nPer Å (not confirmed by the registry)"
    assert in_words(form.sections[0].questions[0], answers.under(form)) == words
    assert lacks(form, answers) == []
    # One who left the registry counts no more.
    left = AnswerSet.of(raw, {}, Known())
    assert [(lack.problem.code, lack.problem.figures) for lack in lacks(form, left)] == [
        ("too_few_rows", {"limit": "2", "found": "1"})
    ]


def test_a_read_only_answer_is_what_the_registry_says_whatever_was_sent() -> None:
    form = form_of(question("name", "short_text", prefill="school.name", read_only=True))
    answers = AnswerSet.of({"name": "Another school"}, {}, Known(facts={"school.name": "Berg skole"}))
    assert clean_answers(form, answers) == {"name": "Berg skole"}


def test_a_declaration_is_confirmed_for_the_very_text_that_was_read() -> None:
    form = form_of(question("honest", "declaration", statement="All of this is true.", required=True))
    confirmed = form.sections[0].questions[0]
    fingerprint = confirmed.fingerprint  # type: ignore[attr-defined]  # the type of the question is known
    assert form.in_language("nb").sections[0].questions[0].fingerprint == fingerprint  # type: ignore[attr-defined]  # the same
    assert clean_answers(form, AnswerSet.of({"honest": fingerprint})) == {"honest": "yes"}
    assert lacking(form, {}) == [("honest", "not_confirmed", "")]
    changed = form_of(question("honest", "declaration", statement="Most of this is true.", required=True))
    assert lacking(changed, {"honest": fingerprint}) == [("honest", "text_changed", "")]


def test_a_file_is_answered_by_its_evidence() -> None:
    form = form_of(
        question("plan", "file", required=True, requirement="planned"),
        question("photo", "file"),
        requirements=[{"id": "planned", "label": "Planned"}],
    )
    assert lacking(form, {}) == [("plan", "no_evidence", "")]
    assert lacking(form, {}, {"plan": 1}) == []
    assert documented(form, form.requirements[0], AnswerSet.of({}, {"plan": 1})) is True
    assert [is_answered(asked, AnswerSet.of({}, {"plan": 1})) for asked in form.questions()] == [True, False]


def test_a_computed_answer_is_worked_out_from_those_before_it() -> None:
    form = form_of(
        question("boys", "number"),
        question("girls", "number"),
        question("pupils", "computed", value="boys + girls"),
        question("many", "computed", value="pupils > 100.0"),
        question("half", "computed", value="pupils / 3.0"),
    )
    answers = AnswerSet.of({"boys": "60", "girls": "50", "pupils": "7"})
    assert clean_answers(form, answers) == {
        "boys": "60",
        "girls": "50",
        "pupils": "110",
        "many": "yes",
        "half": "36.666667",
    }
    assert clean_answers(form, AnswerSet.of({"boys": "60"})) == {"boys": "60"}


@pytest.mark.parametrize(
    ("questions", "more", "message"),
    [
        (
            [question("a", "yes_no", when={"question": "b", "is": "yes"}), question("b", "yes_no")],
            {},
            "stand before it",
        ),
        ([question("a", "yes_no", when={"question": "a", "is": "yes"})], {}, "stand before it"),
        ([question("a", "computed", value="a + 1.0")], {}, "stand before it"),
        ([question("a", "yes_no", when={"question": "z", "is": "yes"})], {}, "unknown question 'z'"),
        ([question("a", "group", columns=[question("a", "number")])], {}, "the id 'a' stands twice"),
        ([question("a", "group", columns=[question("b", "choices", options=[])])], {}, "options"),
        ([question("a", "group", columns=[question("b", "note")])], {}, "column 'b' can't stand in a group"),
        ([question("a", "matrix", scale="none", rows=[{"value": "r", "label": "R"}])], {}, "unknown scale 'none'"),
        ([question("a", "short_text", prefill="school.mood")], {}, "nothing is known as 'school.mood'"),
        ([question("a", "short_text", read_only=True)], {}, "says with what it is prefilled"),
        (
            [question("a", "number")],
            {"rules": [{"id": "r", "must": {"cel": "a > 1.0"}, "message": "m", "questions": ["b"]}]},
            "points at the unknown question 'b'",
        ),
        ([question(f"q{number}", "note") for number in range(501)], {}, "at most 500 questions"),
    ],
)
def test_a_form_that_can_not_be_settled_in_its_order_is_refused(
    questions: list[dict[str, Any]], more: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        form_of(*questions, **more)
