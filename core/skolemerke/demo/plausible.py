"""Answers to any form, for a round that brings no examples."""

from __future__ import annotations

from skolemerke_forms.answers import Known
from skolemerke_forms.cleaning import Raw
from skolemerke_forms.definition import Form
from skolemerke_forms.questions import (
    Choice,
    Choices,
    DeclarationQuestion,
    Group,
    Matrix,
    Number,
    Question,
    RegistryList,
    ScaleQuestion,
)

SENTENCE = "We planned this together, tried it in two classes, and talked about what we would do differently. "
SIMPLE = {"yes_no": "yes", "date": "2020-10-14", "link": "https://www.example.org/etwinning"}
TICKED = 4
"""So many rows of a list of the registry are ticked, where more are not needed."""


def plausible(form: Form, known: Known) -> dict[str, Raw]:
    """An answer to every question that a school with a good practice could have given, by address."""
    found: dict[str, Raw] = {}
    for question in form.questions():
        if not question.takes_answer:
            continue
        if isinstance(question, Group):
            found |= _rows(question, form)
        elif isinstance(question, RegistryList):
            found |= ticked(question, known)
        else:
            found |= {place.address: _answer(place.question, form) for place in question.places({})}
    return found


def from_registry(form: Form, known: Known, answers: dict[str, Raw]) -> dict[str, Raw]:
    """The same answers with the school's own teachers, projects and events in place of those that were typed."""
    lists = [question for question in form.questions() if isinstance(question, RegistryList)]
    names = {question.id for question in lists}
    kept = {address: raw for address, raw in answers.items() if address.split(".", maxsplit=1)[0] not in names}
    for question in lists:
        kept |= ticked(question, known)
    return kept


def ticked(question: RegistryList, known: Known) -> dict[str, Raw]:
    """The first rows that the registry knows; what is missing to the number that is needed is typed."""
    rows = [row.id for row in known.lists.get(question.source, ())][: max(TICKED, question.at_least)]
    others = [f"other{at}" for at in range(1, question.at_least - len(rows) + 1)]
    found: dict[str, Raw] = {}
    if rows:
        found[question.id] = rows
    if others:
        found[question.list_address] = others
    return found | {f"{question.id}.{row}.name": f"{question.label[:60]} ({row})" for row in others}


def _rows(group: Group, form: Form) -> dict[str, Raw]:
    rows = [f"row{at}" for at in range(1, max(1, group.at_least) + 1)]
    cells = {group.address_of(row, column): _answer(column, form) for row in rows for column in group.columns}
    return {group.list_address: rows, **cells}


def _answer(question: Question, form: Form) -> Raw:
    if isinstance(question, ScaleQuestion | Matrix):
        return form.scale(question.scale).levels[-1].value
    if isinstance(question, Choice | Choices):
        return question.options[-1].value if isinstance(question, Choice) else [question.options[0].value]
    if isinstance(question, Number):
        return str(question.minimum or 1)
    if isinstance(question, DeclarationQuestion):
        return question.fingerprint
    text = SIMPLE.get(question.type, (SENTENCE * (1 + getattr(question, "min_words", 0) // 15)).strip())
    return text[: getattr(question, "max_length", len(text))].strip()
