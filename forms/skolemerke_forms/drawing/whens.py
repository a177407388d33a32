"""Conditions as a page's script reads them, so that a question is shown or hidden at once.

The script is only a help: the server decides what counts. What it can't know (an expression in CEL, a question of
another page) is decided by the server when the page is drawn.
"""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from skolemerke_forms.answers import Reading
from skolemerke_forms.conditions import Condition
from skolemerke_forms.definition import Section
from skolemerke_forms.questions import (
    Choices,
    Date,
    DeclarationQuestion,
    Group,
    Matrix,
    Number,
    Question,
    RegistryList,
)

SCRIPTED: tuple[tuple[type[Question], str], ...] = (
    (Matrix, "matrix"),
    (Group, "group"),
    (RegistryList, "list"),
    (Choices, "several"),
    (Number, "number"),
    (Date, "date"),
    (DeclarationQuestion, "confirmed"),
)


def is_scripted(condition: Condition) -> bool:
    """Whether a script can decide a condition, given what the server knows of other pages."""
    return not any(term.cel for term in condition.terms())


def asks_elsewhere(condition: Condition, section: Section) -> bool:
    """Whether it asks about a question that can't be answered on the page of a section."""
    here = {question.id for question in section.questions if question.takes_answer}
    return bool(condition.names() - here)


def as_data(condition: Condition, section: Section, reading: Reading | None = None) -> str:
    """A condition as JSON; what is not on the page of the section stands in it as `{"known": …}`."""
    return json.dumps(_data(condition, section, reading), ensure_ascii=False, separators=(",", ":"))


def _data(condition: Condition, section: Section, reading: Reading | None) -> dict[str, Any]:
    if condition.question is None:
        if condition.not_ is not None:
            return {"not": _data(condition.not_, section, reading)}
        parts = [_data(part, section, reading) for part in condition.all_ or condition.any_]
        return {"all" if condition.all_ else "any": parts}
    question = next((one for one in section.questions if one.id == condition.question and one.takes_answer), None)
    if question is None:
        return {"known": reading.truth(condition) if reading else None}
    found: dict[str, Any] = {"question": question.id, "kind": kind_of(question)}
    if isinstance(question, Number):
        found |= _limits(question)
    if condition.is_:
        return {**found, "is": list(condition.is_)}
    if condition.answered is not None:
        return {**found, "answered": condition.answered}
    return {**found, **_bounds(condition.at_least, condition.at_most)}


def kind_of(question: Question) -> str:
    """How a script finds the answer to a question."""
    return next((kind for of, kind in SCRIPTED if isinstance(question, of)), "one")


def _limits(question: Number) -> dict[str, Any]:
    """Beyond these a number is no answer."""
    most = {} if question.maximum is None else {"most": float(question.maximum)}
    return {**most, "least": 0} if question.minimum is None or question.minimum >= 0 else most


def _bounds(least: Decimal | None, most: Decimal | None) -> dict[str, float]:
    found = {"at_least": least, "at_most": most}
    return {name: float(bound) for name, bound in found.items() if bound is not None}
