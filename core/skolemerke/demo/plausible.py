"""Answers to any form, for a round that brings no examples."""

from __future__ import annotations

from skolemerke_forms.cleaning import Raw
from skolemerke_forms.definition import Form
from skolemerke_forms.questions import Choice, Choices, Date, Link, Number, Question, ScaleQuestion, YesNo

SENTENCE = "We planned this together, tried it in two classes, and talked about what we would do differently. "


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
    if isinstance(question, YesNo):
        return "yes"
    if isinstance(question, Date):
        return "2020-10-14"
    if isinstance(question, Link):
        return "https://www.example.org/etwinning"
    words = getattr(question, "min_words", 0)
    return (SENTENCE * (1 + words // 15)).strip()
