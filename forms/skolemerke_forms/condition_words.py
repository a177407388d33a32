"""A condition in words, for people who read a form on paper or look at what changed in it."""

from __future__ import annotations

from skolemerke_forms.conditions import Condition
from skolemerke_forms.definition import Form
from skolemerke_forms.expression_words import expression_said
from skolemerke_forms.phrases import AND, OR, Said, is_answered, is_one_of, lies_within, negated, together
from skolemerke_forms.questions import Choices, Group, Matrix, RegistryList
from skolemerke_forms.saying import Say


def condition_in_words(condition: Condition, form: Form, say: Say = str) -> str:
    """A condition as the second half of "only if …". The form is in the reader's language; `say` translates the
    words of the library."""
    return _said(condition, form, say).words


def _said(condition: Condition, form: Form, say: Say) -> Said:
    if condition.question is not None:
        return _of_answer(condition, form, say)
    if condition.not_ is not None:
        return negated(_said(condition.not_, form, say), say)
    if condition.cel:
        return expression_said(condition.cel, form, say)
    parts = condition.all_ or condition.any_
    return together([_said(part, form, say) for part in parts], AND if condition.all_ else OR, say)


def _of_answer(condition: Condition, form: Form, say: Say) -> Said:
    question = form.question(condition.question or "")
    label = question.label if question else condition.question or ""
    if condition.answered is not None:
        return is_answered(label, say, answered=condition.answered)
    if condition.is_:
        return is_one_of(question, label, condition.is_, form, say)
    counts = isinstance(question, Choices | Matrix | Group | RegistryList)
    return lies_within(label, condition.at_least, condition.at_most, say, counts=counts)
