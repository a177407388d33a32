"""Answers to any form, for a round that brings no examples."""

from __future__ import annotations

from skolemerke_forms.cleaning import Raw
from skolemerke_forms.definition import Form
from skolemerke_forms.questions import Choice, Choices, Number, Question, ScaleQuestion

SENTENCE = "We planned this together, tried it in two classes, and talked about what we would do differently. "
SIMPLE = {"yes_no": "yes", "date": "2020-10-14", "link": "https://www.example.org/etwinning"}


def plausible(form: Form) -> dict[str, Raw]:
    """An answer to every question that a school with a good practice could have given."""
    return {question.id: _answer(question, form) for question in form.questions() if question.asks}


def _answer(question: Question, form: Form) -> Raw:
    if isinstance(question, ScaleQuestion):
        return form.scale(question.scale).levels[-1].value
    if isinstance(question, Choice | Choices):
        return question.options[-1].value if isinstance(question, Choice) else [question.options[0].value]
    if isinstance(question, Number):
        return str(question.minimum or 1)
    words = getattr(question, "min_words", 0)
    return SIMPLE.get(question.type, (SENTENCE * (1 + words // 15)).strip())
