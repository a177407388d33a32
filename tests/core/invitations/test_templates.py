import pytest
from skolemerke.invitations import templates
from skolemerke.invitations.templates import WordingFault

KNOWN = ("name", "school", "stop", "contact")


def test_facts_are_put_in_as_they_are_and_never_read_as_a_template():
    facts = {"name": "{school}", "school": "%(name)s {{ 7 * 7 }} <b>", "stop": "S"}
    assert templates.read("{name}/{school}\n\n{stop}").filled(facts) == "{school}/%(name)s {{ 7 * 7 }} <b>\n\nS"


def test_a_paragraph_without_its_fact_is_left_out_unless_it_is_kept():
    facts = {"name": "Kim", "contact": "", "stop": "S"}
    text = "Dear {name},\r\n\r\nWrite to {contact}.\r\n\r\n\r\nAsk {contact} or {stop}"
    assert templates.read(text).filled(facts, ("stop",)) == "Dear Kim,\n\nAsk  or S"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Hi\n  {nmae}", "text, line 2, column 3: there is no placeholder {nmae}; there are {contact}, {name}"),
        ("a {name.__class__}", "line 1, column 3: there is no placeholder {name.__class__}"),
        ("a {name!r}", "line 1, column 3: there is no placeholder {name!r}"),
        ("{}", "line 1, column 1: there is no placeholder {}"),
        ("a\r\nb } c", "line 2, column 3: a brace stands alone"),
        ("{name", "line 1, column 1: a brace stands alone"),
        ("{{name}}", "line 1, column 1: a brace stands alone"),
    ],
)
def test_what_is_no_placeholder_is_refused_with_its_place(text, words):
    with pytest.raises(WordingFault) as refused:
        templates.check(text, KNOWN, "text")
    assert words in str(refused.value)


def test_a_text_is_read_once():
    assert templates.read("Hei {name}") is templates.read("Hei {name}")
