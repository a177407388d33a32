import re
from decimal import Decimal

import pytest
from pydantic import ValidationError
from skolemerke_forms.definition import Form
from skolemerke_forms.questions import ShortText, UnknownQuestion
from skolemerke_forms.values import canonical_json, content_of, sha256_of
from support.a_form import form_of, question

TEAM = {"id": "team", "label": "A team"}


def test_a_form_gives_its_parts_by_id_and_none_for_what_it_does_not_have() -> None:
    form = form_of(question("a", "short_text"), question("b", "note"), requirements=[TEAM])
    assert [found.id for found in form.questions()] == ["a", "b"]
    assert form.question("a") == form.sections[0].questions[0]
    assert form.section("work") == form.sections[0]
    assert form.requirement("team") == form.requirements[0]
    assert form.scale("steps").level("some") == form.scales[0].levels[1]
    assert (form.question("c"), form.section("play"), form.requirement("c")) == (None, None, None)
    assert form.scale("steps").level("c") is None


def test_the_questions_of_a_requirement_come_in_the_order_of_the_form() -> None:
    form = form_of(
        question("b", "short_text", requirement="team"),
        question("other", "short_text"),
        question("a", "number", requirement="team"),
        requirements=[TEAM],
    )
    assert [found.id for found in form.questions_of("team")] == ["b", "a"]


@pytest.mark.parametrize(
    ("state", "required", "must"),
    [
        ("compulsory", True, True),
        ("compulsory", False, False),
        ("optional", True, False),
        ("waived", True, False),
        ("fixed", True, False),
        (None, True, True),
        (None, False, False),
    ],
)
def test_a_question_must_be_answered_when_it_is_required_and_its_requirement_is(
    state: str | None, required: bool, must: bool
) -> None:
    requirement = "team" if state else None
    form = form_of(
        question("a", "short_text", required=required, requirement=requirement),
        requirements=[{**TEAM, "state": state or "optional"}],
    )
    assert form.must_answer(form.sections[0].questions[0]) is must


@pytest.mark.parametrize(
    ("state", "evidence", "must"),
    [
        ("compulsory", "one", True),
        ("compulsory", "several", True),
        ("compulsory", "none", False),
        ("optional", "one", False),
        ("waived", "one", False),
        ("fixed", "one", False),
        (None, "one", True),
    ],
)
def test_evidence_must_stand_by_a_question_that_asks_for_it_unless_its_requirement_is_not_compulsory(
    state: str | None, evidence: str, must: bool
) -> None:
    requirement = "team" if state else None
    form = form_of(
        question("a", "short_text", evidence=evidence, requirement=requirement),
        requirements=[{**TEAM, "state": state or "optional"}],
    )
    assert form.must_document(form.sections[0].questions[0]) is must


@pytest.mark.parametrize(
    ("questions", "more", "message"),
    [
        ([question("a", "note"), question("a", "note")], {}, "the id 'a' stands twice"),
        ([question("work", "note")], {}, "the id 'work' stands twice"),
        ([question("team", "note")], {"requirements": [TEAM]}, "the id 'team' stands twice"),
        ([question("a", "note", requirement="nobody")], {}, "names the unknown requirement 'nobody'"),
        ([question("a", "scale", scale="nothing")], {}, "names the unknown scale 'nothing'"),
        (
            [question("a", "scale", scale="steps", descriptors={"top": "The top"})],
            {},
            "describes the unknown level 'top'",
        ),
        ([question("a", "sound")], {}, "there is no question type 'sound'; known: choice, choices, computed, date"),
        ([question("A", "note")], {}, "should match pattern"),
        ([question("a", "note", colour="red")], {}, "Extra inputs are not permitted"),
        ([question("a", "choice", options=[{"value": "x", "label": "X"}])], {}, "at least 2 items"),
    ],
)
def test_a_form_that_contradicts_itself_is_refused(
    questions: list[dict[str, object]], more: dict[str, object], message: str
) -> None:
    with pytest.raises(ValidationError, match=re.escape(message)):
        form_of(*questions, **more)


def test_a_definition_is_text_and_the_model_makes_numbers_and_truth_of_it() -> None:
    form = form_of(
        question("a", "number", minimum="3", required="yes"),
        question("b", "long_text", max_words="250", required="no"),
        requirements=[{**TEAM, "points": "1.5"}],
    )
    first, second = form.sections[0].questions
    assert (first.model_dump()["minimum"], first.required) == (Decimal(3), True)
    assert (second.model_dump()["max_words"], second.required) == (250, False)
    assert form.requirements[0].points == Decimal("1.5")


def test_a_form_as_json_is_the_same_form() -> None:
    form = form_of(question("a", "choice", options=[{"value": "x", "label": "X"}, {"value": "y", "label": "Y"}]))
    assert Form.model_validate(content_of(form)) == form


def test_equal_forms_have_one_canonical_text_and_one_hash() -> None:
    one = canonical_json(content_of(form_of(question("a", "number", minimum="3"))))
    other = canonical_json(content_of(form_of(question("a", "number", minimum=3))))
    assert one == other
    assert sha256_of("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_a_frozen_form_is_read_although_a_question_type_is_not_installed_any_more() -> None:
    frozen = content_of(form_of(question("a", "short_text")))
    frozen["sections"][0]["questions"].append({"id": "b", "type": "sound", "label": "Sing", "seconds": 30})
    form = Form.model_validate(frozen, context={"frozen": True})
    first, second = form.sections[0].questions
    assert isinstance(first, ShortText)
    assert isinstance(second, UnknownQuestion)
    assert second.clean("la la", form).value == "la la"


def test_a_value_cannot_be_changed() -> None:
    form = form_of(question("a", "note"))
    with pytest.raises(ValidationError, match="frozen"):
        form.title = "Another"  # type: ignore[misc] # that it can't be set is what the test shows
