"""What changed from one form to another is said part by part, and classed by whom it helps."""

from typing import Any

import pytest
from skolemerke_forms.comparing import Change, form_differences, sentence_of
from skolemerke_forms.definition import Form
from support.a_form import SCALE, form_of, question

OPTIONS = [{"value": "pupils", "label": "Pupils"}, {"value": "parents", "label": "Parents"}]
MORE_OPTIONS = [*OPTIONS, {"value": "nobody", "label": "Nobody"}]
ROWS = [{"value": "rules", "label": "We have rules"}, {"value": "talks", "label": "We talk"}]
IF_YES = {"question": "first", "is": "yes"}
FIRST = question("first", "yes_no")


def told(old: Form, new: Form) -> list[tuple[str, str]]:
    """Class and sentence of each change."""
    return [(change.kind, sentence_of(change, old, new)) for change in form_differences(old, new)]


def changed(before: dict[str, Any], after: dict[str, Any], type: str = "short_text") -> list[tuple[str, str]]:
    return told(*(form_of(FIRST, question("a", type, **one)) for one in (before, after)))


def both_ways(before: dict[str, Any], after: dict[str, Any], type: str) -> list[list[str]]:
    """The classes of the changes there, and of those back."""
    return [[kind for kind, _sentence in changed(*pair, type)] for pair in ((before, after), (after, before))]


@pytest.mark.parametrize(
    ("type", "before", "after", "there", "back"),
    [
        ("long_text", {"max_words": 300}, {"max_words": 200}, "narrowing", "widening"),
        ("long_text", {"min_words": 10}, {"min_words": 20}, "narrowing", "widening"),
        ("short_text", {"max_length": 200}, {"max_length": 100}, "narrowing", "widening"),
        ("number", {"minimum": 3}, {"minimum": 5}, "narrowing", "widening"),
        ("number", {"minimum": 3}, {}, "widening", "narrowing"),
        ("number", {"minimum": -5}, {}, "narrowing", "widening"),
        ("number", {"maximum": 10}, {}, "widening", "narrowing"),
        ("short_text", {}, {"required": True}, "narrowing", "widening"),
        ("short_text", {}, {"evidence": "one"}, "narrowing", "widening"),
        ("short_text", {"evidence": "one"}, {"evidence": "several"}, "widening", "narrowing"),
        ("short_text", {}, {"prefill": "school.name"}, "widening", "widening"),
        ("short_text", {"prefill": "school.name"}, {"prefill": "school.name", "read_only": True}, *["narrowing"] * 2),
        ("choice", {"options": OPTIONS}, {"options": MORE_OPTIONS}, "widening", "narrowing"),
        ("choice", {"options": OPTIONS}, {"options": OPTIONS[::-1]}, "wording", "wording"),
        ("choices", {"options": OPTIONS}, {"options": MORE_OPTIONS}, "widening", "narrowing"),
        (
            "choice",
            {"options": OPTIONS},
            {"options": [OPTIONS[0], {**OPTIONS[1], "points": 2}]},
            "score_changing",
            "score_changing",
        ),
        (
            "choice",
            {"options": OPTIONS},
            {"options": [*OPTIONS, {**MORE_OPTIONS[2], "points": 1}]},
            "score_changing",
            "narrowing",
        ),
        ("scale", {"scale": "steps"}, {"scale": "steps", "may_not_apply": True}, "widening", "narrowing"),
        ("scale", {"scale": "steps"}, {"scale": "steps", "descriptors": {"none": "Not at all"}}, *["wording"] * 2),
        (
            "matrix",
            {"scale": "steps", "rows": ROWS},
            {"scale": "steps", "rows": ROWS[:1]},
            "score_changing",
            "score_changing",
        ),
        (
            "matrix",
            {"scale": "steps", "required": True, "rows": ROWS},
            {"scale": "steps", "required": True, "rows": ROWS[:1]},
            "score_changing",
            "narrowing",
        ),
        ("matrix", {"scale": "steps", "rows": ROWS}, {"scale": "steps", "rows": ROWS[::-1]}, "wording", "wording"),
        ("registry_list", {"source": "teachers"}, {"source": "projects"}, "narrowing", "narrowing"),
        ("registry_list", {"source": "teachers"}, {"source": "teachers", "may_add": False}, "narrowing", "widening"),
        ("registry_list", {"source": "teachers"}, {"source": "teachers", "at_least": 2}, "narrowing", "widening"),
        ("short_text", {"label": "One"}, {"label": "Two"}, "wording", "wording"),
        ("short_text", {}, {"help": "Say more."}, "wording", "wording"),
        ("short_text", {}, {"texts": {"nb": {"label": "Spørsmål"}}}, "wording", "wording"),
        ("declaration", {"statement": "We will."}, {"statement": "We shall."}, "narrowing", "narrowing"),
        ("computed", {"value": "1.0"}, {"value": "2.0"}, "narrowing", "narrowing"),
        ("short_text", {}, {"when": IF_YES}, "widening", "widening"),
        ("short_text", {"required": True}, {"required": True, "when": IF_YES}, "widening", "narrowing"),
        ("scale", {"scale": "steps"}, {"scale": "steps", "when": IF_YES}, "score_changing", "score_changing"),
    ],
)
def test_a_change_of_a_question_is_classed_by_whom_it_helps(
    type: str, before: dict[str, Any], after: dict[str, Any], there: str, back: str
) -> None:
    assert both_ways(before, after, type) == [[there], [back]]


def test_each_change_of_a_question_has_its_sentence() -> None:
    before = {"options": OPTIONS, "required": True}
    after = {"options": [OPTIONS[1], MORE_OPTIONS[2]], "when": IF_YES, "evidence": "one"}
    assert changed(before, after, "choice") == [
        ("widening", "“Label of a” is asked only if “Label of first” is “Yes”."),
        ("widening", "“Label of a” need not be answered any more."),
        ("narrowing", "“Label of a” asks for one file or link as evidence."),
        ("narrowing", "“Label of a”: the answer “Pupils” is not offered any more."),
        ("widening", "“Label of a”: the answer “Nobody” is offered too."),
    ]


def test_another_type_is_narrowing_whatever_else_changed() -> None:
    old, new = (form_of(question("a", type)) for type in ("short_text", "long_text"))
    assert told(old, new) == [("narrowing", "“Label of a” is answered in another way now.")]


def test_a_changed_column_is_said_with_its_group() -> None:
    def group(*columns: dict[str, Any]) -> dict[str, Any]:
        return {"columns": list(columns)}

    name, role = question("name", "short_text"), question("role", "short_text", required=True)
    assert changed(group(name), group({**name, "max_length": 20}, role), "group") == [
        ("narrowing", "“Label of a – Label of name”: at most 20 characters; it was 200."),
        ("narrowing", "“Label of a”: the column “Label of role” is new."),
    ]
    assert changed(group(name, role), group(role, name), "group") == [
        ("wording", "The columns of “Label of a” stand in another order.")
    ]


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        (IF_YES, {"question": "first", "is": ["yes", "no"]}, "narrowing"),
        ({"question": "first", "is": ["yes", "no"]}, IF_YES, "widening"),
        (IF_YES, {"question": "first", "answered": "true"}, "narrowing"),
        (IF_YES, {"question": "first", "answered": "false"}, "narrowing"),
        (IF_YES, {"all": [IF_YES, {"question": "size", "at_least": 3}]}, "widening"),
        ({"any": [IF_YES, {"question": "size", "at_least": 3}]}, IF_YES, "widening"),
        ({"question": "size", "at_least": 3}, {"question": "size", "at_least": 5}, "widening"),
        ({"question": "size", "at_least": 3}, {"question": "size", "at_least": 1}, "narrowing"),
        ({"not": {"question": "size", "at_least": 3}}, {"not": {"question": "size", "at_least": 1}}, "widening"),
        ({"all": [IF_YES]}, IF_YES, "wording"),
        ({"cel": "first == 'yes'"}, IF_YES, "narrowing"),
    ],
)
def test_a_condition_is_classed_by_whether_more_or_fewer_schools_are_asked(before: Any, after: Any, kind: str) -> None:
    old, new = (
        form_of(FIRST, question("size", "number"), question("a", "short_text", required=True, when=when))
        for when in (before, after)
    )
    assert [found for found, _sentence in told(old, new)] == [kind]


def test_hiding_a_question_that_others_depend_on_is_narrowing() -> None:
    other = question("b", "short_text", required=True, when={"question": "a", "answered": "false"})
    old, new = (form_of(FIRST, question("a", "short_text", **more), other) for more in ({}, {"when": IF_YES}))
    assert [kind for kind, _sentence in told(old, new)] == ["narrowing"]


def sectioned(*sections: tuple[str, list[dict[str, Any]]], **more: Any) -> Form:
    return form_of(
        sections=[{"id": name, "title": f"Part {name}", "questions": questions} for name, questions in sections], **more
    )


def test_parts_and_questions_that_move_come_and_go_are_said() -> None:
    a, b, c, d = (question(name, "short_text") for name in "abcd")
    old = sectioned(("one", [a, b, c]), ("two", [d]), ("three", []))
    new = sectioned(("two", [d, b]), ("one", [c, a]), ("four", [question("e", "short_text", required=True)]))
    assert told(old, new) == [
        ("wording", "“Label of a” stands in another place."),
        ("wording", "The part “Part three” was dropped."),
        ("wording", "The part “Part four” is new."),
        ("wording", "The part “Part one” stands in another place."),
        ("wording", "“Label of b” stands in the part “Part two” now."),
        ("narrowing", "The question “Label of e” is new."),
    ]


def test_a_part_that_gets_a_condition_hides_its_questions() -> None:
    def part(**more: Any) -> Form:
        asked = {"id": "two", "title": "Two", "questions": [question("a", "short_text", required=True)], **more}
        return form_of(sections=[{"id": "one", "title": "One", "questions": [FIRST]}, asked])

    assert told(part(), part(when=IF_YES)) == [
        ("widening", "The part “Two” is for schools for which “Label of first” is “Yes”.")
    ]
    assert told(part(when=IF_YES), part()) == [("narrowing", "The part “Two” is for every school now.")]


def test_a_rule_that_forbids_less_widens() -> None:
    def ruled(least: int, **more: Any) -> Form:
        rule = {
            "id": "r",
            "must": {"question": "size", "at_least": least},
            "message": "Too few.",
            "questions": ["size"],
        }
        return form_of(question("size", "number"), rules=[{**rule, **more}])

    assert told(ruled(3), ruled(2)) == [("widening", "A rule changed: “Too few.”")]
    assert told(ruled(2), ruled(3)) == [("narrowing", "A rule changed: “Too few.”")]
    assert told(ruled(2), ruled(2, message="Fewer than two.")) == [
        ("wording", "The wording of a rule changed: “Fewer than two.”")
    ]
    assert told(ruled(2), form_of(question("size", "number"))) == [("widening", "A rule was dropped: “Too few.”")]


def test_levels_of_a_scale_move_points() -> None:
    levels: Any = SCALE["levels"]
    more = {"value": "all", "points": 5, "label": "All"}
    asked = question("a", "scale", scale="steps")
    old = form_of(asked)
    new = form_of(asked, scales=[{"id": "steps", "levels": [{**levels[0], "points": 1}, levels[1], more]}])
    assert told(old, new) == [
        ("score_changing", "The level “Not yet” of a scale gives 1 points instead of 0."),
        ("narrowing", "The level “The whole school” of a scale was dropped."),
        ("score_changing", "The level “All” of a scale is new."),
    ]


def test_texts_of_the_whole_form_are_wording() -> None:
    asked = question("a", "short_text")
    old = form_of(asked)
    assert told(old, form_of(asked, title="Other", declaration={"text": "We sign."})) == [
        ("wording", "The text of the declaration or of the consent changed."),
        ("wording", "The title or the introduction of the form changed."),
    ]
    translated = {"text": "We agree.", "texts": {"nb": {"text": "Vi er enige."}}}
    assert told(old, form_of(asked, consent=translated)) == [
        ("wording", "A translation of the declaration or of the consent changed.")
    ]


def test_a_key_that_a_plugin_brought_is_narrowing() -> None:
    from skolemerke_forms.questions import ShortText

    class Coloured(ShortText):
        colour: str = "red"

    def coloured(colour: str) -> Form:
        form = form_of(question("a", "short_text"))
        painted = Coloured(id="a", type="short_text", label="A", colour=colour)
        section = form.sections[0].model_copy(update={"questions": (painted,)})
        return form.model_copy(update={"sections": (section,)})

    assert told(coloured("red"), coloured("blue")) == [("narrowing", "What “A” asks for changed.")]


def test_a_change_can_be_said_in_another_language() -> None:
    old, new = form_of(question("a", "short_text")), form_of(question("a", "short_text", required=True))
    [change] = form_differences(old, new)
    assert sentence_of(change, old, new, lambda message: message.upper().replace("%(NAME)S", "%(name)s")) == (
        "“Label of a” HAS TO BE ANSWERED NOW."
    )
    assert Change.model_validate(change.model_dump()) == change


def test_conditions_that_are_nested_very_deep_are_compared_at_once() -> None:
    def deep(innermost: dict[str, Any]) -> dict[str, Any]:
        for at in range(46):
            innermost = {("all", "any")[at % 2]: [innermost]}
        return innermost

    old, new = (
        form_of(FIRST, question("a", "short_text", when=deep({"question": "first", "is": value})))
        for value in ("yes", "no")
    )
    assert [kind for kind, _sentence in told(old, new)] == ["narrowing"]
