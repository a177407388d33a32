from typing import Any

import pytest
from skolemerke_forms.answers import AnswerSet
from skolemerke_forms.cleaning import Raw
from skolemerke_forms.saying import in_words, options_of, words_of_typed
from support.a_form import form_of, question

OPTIONS = [{"value": "pupils", "label": "Pupils"}, {"value": "parents", "label": "Parents"}]


@pytest.mark.parametrize(
    ("type", "more", "raw", "words"),
    [
        ("short_text", {}, " One line ", "One line"),
        ("long_text", {}, "a\r\nb", "a\nb"),
        ("number", {}, "3,50", "3.5"),
        ("number", {}, "about three", "about three"),
        ("date", {}, "4.1.2021", "day 2021-01-04"),
        ("date", {}, "last spring", "last spring"),
        ("yes_no", {}, "yes", "JA"),
        ("choice", {"options": OPTIONS}, "pupils", "Pupils"),
        ("choice", {"options": OPTIONS}, "cats", "cats"),
        ("choices", {"options": OPTIONS}, ("parents", "pupils"), "Pupils\nParents"),
        ("choices", {"options": OPTIONS}, ("cats", "dogs"), "cats\ndogs"),
        ("scale", {"scale": "steps"}, "some", "Started"),
        ("scale", {"scale": "steps", "descriptors": {"some": "Now and then."}}, "some", "Started – Now and then."),
        ("long_text", {}, None, ""),
        ("choices", {"options": OPTIONS}, (), ""),
    ],
)
def test_an_answer_is_said_as_a_reader_understands_it(type: str, more: dict[str, Any], raw: Raw, words: str) -> None:
    form = form_of(question("a", type, **more))
    asked = form.sections[0].questions[0]
    reading = AnswerSet.of({"a": raw}).under(form)
    spoken: dict[str, Any] = {"say": lambda _: "JA", "say_day": lambda iso: f"day {iso}"}
    assert in_words(asked, reading, **spoken) == words
    assert words_of_typed(asked, form, raw, **spoken) == words


def test_a_question_that_is_answered_in_writing_offers_nothing() -> None:
    form = form_of(question("a", "number"))
    assert options_of(form.sections[0].questions[0], form) == []
