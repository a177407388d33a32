"""What the check claims is so, and it never fails, whatever stands in a definition."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from skolemerke_forms.checking import check_form, check_text
from skolemerke_forms.codes import WARNINGS
from skolemerke_forms.definition import MAX_QUESTIONS, Form
from skolemerke_forms.located import LocatedMap, Mark
from support.a_form import form_of, question
from support.forms_strategy import answers_to, definitions

SLOW = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
NEVER = {"unreachable_question", "required_but_hidden", "unreachable_section"}


@SLOW
@given(st.data())
def test_what_is_called_unreachable_is_shown_by_no_answers(data: st.DataObject) -> None:
    definition = data.draw(definitions())
    claimed = {one.message.split("'")[1] for one in check_form(definition) if one.code in NEVER}
    form = Form.model_validate(definition)
    reading = data.draw(answers_to(form)).under(form)
    shown = {question.id for question in form.questions() if reading.shows(question)}
    shown |= {section.id for section in form.sections if reading.shows_section(section)}
    assert claimed & shown == set()


@SLOW
@given(definitions())
def test_a_valid_definition_has_no_fault_of_shape_or_of_names(definition: dict[str, Any]) -> None:
    found = {one.code for one in check_form(definition)}
    assert found <= {*NEVER, *WARNINGS, "options_alike", "requirement_without_question", "not_offered"} | {
        "rule_never_seen",
        "rule_never_kept",
        "wrong_test",
    }


@SLOW
@given(st.data())
def test_the_check_never_fails_on_a_definition_that_was_damaged(data: st.DataObject) -> None:
    definition = data.draw(definitions())
    places = list(_places(definition))
    for _ in range(data.draw(st.integers(1, 4))):
        holder, key = data.draw(st.sampled_from(places))
        damage = data.draw(st.sampled_from((None, "", "x", [], {}, [[]], {"id": "a"}, "question_0", ["a", "b"], 5)))
        if isinstance(holder, dict) or key < len(holder):
            holder[key] = damage
    assert isinstance(check_form(definition), list)


def _places(value: Any) -> Any:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, found in list(inner):
        yield value, key
        yield from _places(found)


@SLOW
@given(st.text(max_size=200))
def test_the_check_never_fails_on_any_text(text: str) -> None:
    assert check_text(text)


def test_a_form_with_nothing_wrong_has_no_findings() -> None:
    assert check_form(LocatedMap(form_of(question("a", "scale", scale="steps")).model_dump(mode="json"))) == []


def test_a_definition_that_is_too_large_is_refused_before_its_questions_are_looked_at() -> None:
    broken = [{"id": "B", "type": "none"} for _ in range(5000)]
    data = {"form": "x", "title": "T", "sections": [{"id": "work", "title": "W", "questions": broken}]}
    (finding,) = [one for one in check_form(data) if one.code != "missing_key"]
    assert (finding.code, str(MAX_QUESTIONS) in finding.message) == ("too_many_questions", True)


@pytest.mark.parametrize("terms", [51, 1000, 50_000])
def test_a_condition_that_is_too_large_is_refused_before_its_terms_are_looked_at(terms: int) -> None:
    when = {"any": [{"nonsense": "yes"}] * terms}
    data = form_of(question("a", "yes_no")).model_dump(mode="json", exclude_defaults=True)
    data["sections"][0]["questions"].append(question("b", "yes_no", when=when))
    codes = [one.code for one in check_form(data) if one.code != "unused_scale"]
    assert codes == ["condition_too_large"]


def test_the_search_gives_up_on_what_it_cannot_try_and_claims_nothing() -> None:
    asked = [question(f"n{at}", "number") for at in range(12)]
    tests = [{"question": f"n{at}", "at_least": 1} for at in range(12)]
    impossible = {"all": [*tests, {"question": "n0", "at_most": 0}]}
    form = form_of(*asked, question("b", "yes_no", when=impossible), scales=[])
    assert check_form(form.model_dump(mode="json", by_alias=True, exclude_defaults=True)) == []


def test_what_is_merged_from_elsewhere_is_said_at_the_top_of_the_file() -> None:
    data = LocatedMap(form_of(question("a", "yes_no")).model_dump(mode="json", exclude_defaults=True))
    data.mark, data.key_marks = Mark("overlay.yaml", 7, 3), {}
    (finding,) = check_form(data, file="overlay.yaml")
    assert (finding.code, finding.file, finding.line) == ("unused_scale", "overlay.yaml", 7)
