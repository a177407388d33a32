from decimal import Decimal
from typing import Any

import pytest
from skolemerke_forms.cleaning import Raw
from skolemerke_forms.questions import MAX_TEXT, plain_number, row_ids
from support.a_form import form_of, question

OPTIONS = [
    {"value": "pupils", "label": "Pupils", "points": 1},
    {"value": "parents", "label": "Parents", "points": "0.5"},
    {"value": "nobody", "label": "Nobody"},
]


def read(raw: Raw, type: str, **more: Any) -> str | tuple[str, ...] | None:
    """What a question makes of an answer: its clean value, or the code of what is wrong in brackets."""
    form = form_of(question("a", type, **more))
    cleaned = form.sections[0].questions[0].clean(raw, form)
    return f"[{cleaned.problems[0].code}]" if cleaned.problems else cleaned.value


TABLE: list[tuple[str, dict[str, Any], Raw, str | tuple[str, ...] | None]] = [
    ("short_text", {}, "  One line ", "One line"),
    ("short_text", {}, "   ", None),
    ("short_text", {}, None, None),
    ("short_text", {}, "two\nlines", "[one_line]"),
    ("short_text", {"max_length": 3}, "abc", "abc"),
    ("short_text", {"max_length": 3}, "abcd", "[too_long]"),
    ("long_text", {}, " a\r\nb ", "a\nb"),
    ("long_text", {"max_words": 2}, "one two", "one two"),
    ("long_text", {"max_words": 2}, "one two three", "[too_many_words]"),
    ("long_text", {"min_words": 2}, "one", "[too_few_words]"),
    ("long_text", {"min_words": 2}, "", None),
    ("long_text", {}, "x" * (MAX_TEXT + 1), "[too_long]"),
    ("number", {}, "12", "12"),
    ("number", {}, "3,50", "3.5"),
    ("number", {}, "1 200", "1200"),
    ("number", {}, "1\N{NO-BREAK SPACE}200", "1200"),
    ("number", {}, "007", "7"),
    ("number", {}, "0", "0"),
    ("number", {}, "-0", "0"),
    ("number", {}, "three", "[not_a_number]"),
    ("number", {}, "3 teachers", "[not_a_number]"),
    ("number", {}, "NaN", "[not_a_number]"),
    ("number", {}, "Infinity", "[not_a_number]"),
    ("number", {}, "1e3", "1000"),
    ("number", {}, "1e300", "[not_a_number]"),
    ("number", {}, "-1", "[too_small]"),
    ("number", {"minimum": -5}, "-1", "-1"),
    # Two teachers are a true answer; that it does not document the requirement is another matter.
    ("number", {"minimum": 3}, "2", "2"),
    ("number", {"maximum": 10}, "10", "10"),
    ("number", {"maximum": 10}, "10.5", "[too_large]"),
    ("date", {}, "24.11.2020", "2020-11-24"),
    ("date", {}, "4/1/2021", "2021-01-04"),
    ("date", {}, "2020-11-24", "2020-11-24"),
    ("date", {}, "29.2.2020", "2020-02-29"),
    ("date", {}, "29.2.2021", "[not_a_date]"),
    ("date", {}, "last spring", "[not_a_date]"),
    ("date", {}, "", None),
    ("yes_no", {}, "yes", "yes"),
    ("yes_no", {}, "no", "no"),
    ("yes_no", {}, "maybe", "[not_offered]"),
    ("yes_no", {}, "", None),
    ("choice", {"options": OPTIONS}, "pupils", "pupils"),
    ("choice", {"options": OPTIONS}, "teachers", "[not_offered]"),
    ("choice", {"options": OPTIONS}, "", None),
    ("choices", {"options": OPTIONS}, ("parents", "pupils"), ("pupils", "parents")),
    ("choices", {"options": OPTIONS}, ("pupils", "pupils", ""), ("pupils",)),
    ("choices", {"options": OPTIONS}, "pupils", ("pupils",)),
    ("choices", {"options": OPTIONS}, (), None),
    ("choices", {"options": OPTIONS}, ("pupils", "teachers"), "[not_offered]"),
    ("scale", {"scale": "steps"}, "some", "some"),
    ("scale", {"scale": "steps"}, "most", "[not_offered]"),
    ("scale", {"scale": "steps"}, None, None),
    ("link", {}, "https://www.example.org/etwinning", "https://www.example.org/etwinning"),
    ("link", {}, "http://skole.example/æøå", "http://skole.example/æøå"),
    ("link", {}, "www.example.org", "[not_a_link]"),
    ("link", {}, "javascript:alert(1)//a.b", "[not_a_link]"),
    ("link", {}, "ftp://example.org/x", "[not_a_link]"),
    ("link", {}, "https://localhost/x", "[not_a_link]"),
    ("link", {}, "https://example.org/a b", "[not_a_link]"),
    ("link", {}, "https://[::1", "[not_a_link]"),
    ("link", {}, "https://example.org/" + "x" * 2000, "[too_long]"),
    ("link", {}, "https://kari:secret@example.org/x", "[link_with_password]"),
    ("link", {}, "https://example.org/@kari", "https://example.org/@kari"),
    ("note", {}, "whatever is sent", None),
]


@pytest.mark.parametrize(("type", "more", "raw", "expected"), TABLE)
def test_an_answer_is_read_as_its_question_understands_it(
    type: str, more: dict[str, Any], raw: Raw, expected: str | tuple[str, ...] | None
) -> None:
    assert read(raw, type, **more) == expected


@pytest.mark.parametrize(("type", "more", "raw", "expected"), TABLE)
def test_what_was_understood_is_understood_in_the_same_way_again(
    type: str, more: dict[str, Any], raw: Raw, expected: str | tuple[str, ...] | None
) -> None:
    if isinstance(expected, tuple) or (expected and not expected.startswith("[")):
        assert read(expected, type, **more) == expected


@pytest.mark.parametrize(
    ("type", "more", "raw", "documents"),
    [
        ("number", {"minimum": 3}, "3", True),
        ("number", {"minimum": 3}, "2", False),
        ("number", {"minimum": 3}, "", False),
        ("number", {}, "0", True),
        ("yes_no", {}, "yes", True),
        ("yes_no", {}, "no", False),
        ("short_text", {}, "x", True),
        ("short_text", {}, "two\nlines", False),
        ("choices", {"options": OPTIONS}, (), False),
    ],
)
def test_an_answer_documents_a_requirement_when_it_is_good_enough(
    type: str, more: dict[str, Any], raw: Raw, documents: bool
) -> None:
    form = form_of(question("a", type, **more))
    asked = form.sections[0].questions[0]
    assert asked.documents(asked.clean(raw, form)) is documents


@pytest.mark.parametrize(
    ("type", "more", "raw", "points", "most"),
    [
        ("scale", {"scale": "steps"}, "whole", Decimal(3), Decimal(3)),
        ("scale", {"scale": "steps"}, "none", Decimal(0), Decimal(3)),
        ("scale", {"scale": "steps"}, None, Decimal(0), Decimal(3)),
        ("choice", {"options": OPTIONS}, "parents", Decimal("0.5"), Decimal(1)),
        ("choice", {"options": OPTIONS}, None, Decimal(0), Decimal(1)),
        ("choices", {"options": OPTIONS}, ("pupils", "parents"), Decimal("1.5"), Decimal("1.5")),
        ("long_text", {}, "many words", None, Decimal(0)),
    ],
)
def test_an_answer_is_worth_the_points_that_the_form_states(
    type: str, more: dict[str, Any], raw: Raw, points: Decimal | None, most: Decimal
) -> None:
    form = form_of(question("a", type, **more))
    asked = form.sections[0].questions[0]
    assert (asked.points(asked.clean(raw, form), form), asked.most_points(form)) == (points, most)


def test_a_choice_whose_options_give_nothing_gives_no_points() -> None:
    form = form_of(question("a", "choice", options=[{"value": "x", "label": "X"}, {"value": "y", "label": "Y"}]))
    asked = form.sections[0].questions[0]
    assert asked.points(asked.clean("x", form), form) is None


@pytest.mark.parametrize(
    ("number", "text"),
    [("1.50", "1.5"), ("100", "100"), ("-0", "0"), ("0.00", "0"), ("1E+3", "1000"), ("-2.5", "-2.5")],
)
def test_equal_numbers_have_one_text(number: str, text: str) -> None:
    assert plain_number(Decimal(number)) == text


def test_rows_are_those_whose_ids_can_stand_in_an_address() -> None:
    assert row_ids(["n1", "{% raw %}", "n1", "", "a b", "x" * 41, "1f_2-A"]) == ("n1", "1f_2-A")
    assert (row_ids("n1"), row_ids("a b"), row_ids(None)) == (("n1",), (), ())
