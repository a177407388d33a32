"""An expression in words: simple ones as a structured condition, everything else by the questions that it reads."""

import pytest
from skolemerke_forms.condition_words import condition_in_words
from skolemerke_forms.conditions import Condition
from skolemerke_forms.expressions import expression
from support.a_form import form_of, question

FIRST = question("first", "yes_no")
OPTIONS = [{"value": "a", "label": "Apple"}, {"value": "b", "label": "Pear"}]
ROWS = [{"value": "one", "label": "Row one"}, {"value": "two", "label": "Row two"}]

FORM = form_of(
    FIRST,
    question("size", "number"),
    question("more", "number"),
    question("who", "choices", options=OPTIONS),
    question("table", "matrix", scale="steps", rows=ROWS),
    question("day", "date"),
    question("line", "short_text"),
    question("people", "registry_list", source="teachers"),
)


def said(**condition):
    return condition_in_words(Condition.model_validate(condition), FORM)


@pytest.mark.parametrize(
    ("source", "structured"),
    [
        ("first == 'yes'", {"question": "first", "is": "yes"}),
        ('"yes" == first', {"question": "first", "is": "yes"}),
        ("first != 'yes'", {"not": {"question": "first", "is": "yes"}}),
        ("first in ['yes', 'no']", {"question": "first", "is": ["yes", "no"]}),
        ("'a' in who", {"question": "who", "is": "a"}),
        ("first != null", {"question": "first", "answered": "true"}),
        ("first == null", {"question": "first", "answered": "false"}),
        ("size >= 3.0", {"question": "size", "at_least": 3}),
        ("3.5 >= size", {"question": "size", "at_most": "3.5"}),
        ("size(who) >= 2", {"question": "who", "at_least": 2}),
        ("who.size() > 1", {"question": "who", "at_least": 2}),
        ("double(size(who)) < 3.0", {"question": "who", "at_most": 2}),
        ("size(people) > 0", {"question": "people", "answered": "true"}),
        ("size(people) == 0", {"question": "people", "answered": "false"}),
        ("size != null && size >= 3.0", {"question": "size", "at_least": 3}),
        (
            "first == 'yes' && (size >= 3.0 || size == null)",
            {
                "all": [
                    {"question": "first", "is": "yes"},
                    {"any": [{"question": "size", "at_least": 3}, {"question": "size", "answered": "false"}]},
                ]
            },
        ),
        (
            "!(first == 'yes' || size <= 3.0)",
            {"not": {"any": [{"question": "first", "is": "yes"}, {"question": "size", "at_most": 3}]}},
        ),
    ],
)
def test_a_simple_expression_is_said_as_the_structured_condition(source, structured):
    assert said(cel=source) == said(**structured)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("size > 3.0", "“Label of size” is more than 3"),
        ("size < -1.5", "“Label of size” is less than -1.5"),
        ("size == 3.0", "“Label of size” is 3"),
        ("size <= more", "“Label of size” is at most “Label of more”"),
        ("size(people) == 3", "“Label of people” has exactly 3 answers"),
        ('day >= "2024-01-01"', "“Label of day” is 2024-01-01 or later"),
        ('day < "2024-01-01"', "“Label of day” is earlier than 2024-01-01"),
        ("has(table.one)", "“Label of table – Row one” is answered"),
        ("table['one'] == 'whole'", "“Label of table – Row one” is “The whole school”"),
    ],
)
def test_what_structured_conditions_can_not_say_has_words_of_its_own(source, words):
    assert said(cel=source) == words


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("size * 2.0 > 3.0", "the answer to “Label of size” calls for it"),
        (
            "size > 2.0 ? first == 'yes' : first == 'no'",
            "the answers to “Label of first” and “Label of size” call for it",
        ),
        ("people.exists(row, row.name == 'x')", "the answer to “Label of people” calls for it"),
        ("size(line) > 3", "the answer to “Label of line” calls for it"),
        ("who == ['a']", "the answer to “Label of who” calls for it"),
        ("line.contains('x') && size > 1.0 && first == 'no'", None),
        ("line > 'a'", "the answer to “Label of line” calls for it"),
        ("line == 'a\\\\n'", "the answer to “Label of line” calls for it"),
        ("(size > 1.0) == true", "the answer to “Label of size” calls for it"),
    ],
)
def test_what_is_not_simple_names_the_questions_that_it_reads(source, words):
    expression(source)
    three = "the answers to “Label of first”, “Label of size” and “Label of line” call for it"
    assert said(cel=source) == (words or three)


def test_an_expression_within_another_condition_keeps_its_brackets():
    found = said(all=[{"question": "first", "is": "yes"}, {"cel": "size > 3.0 || more > 3.0"}])
    assert found == "“Label of first” is “Yes” and (“Label of size” is more than 3 or “Label of more” is more than 3)"
