"""The examples of a round: answers that its author wrote down, with the sheet that they must give."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from skolemerke_forms.cleaning import Raw
from skolemerke_forms.definition import Form
from skolemerke_forms.questions import DeclarationQuestion


def typed(form: Form, answers: Mapping[str, Any]) -> dict[str, Raw]:
    """The answers of an example as they would have been typed, by address; those the form has no place for are left
    out.

    `yes` to a declaration stands for its text as it is now, so that no example has to name a fingerprint.
    """
    return {address: _raw(form, address, value) for address, value in answers.items() if _has_place(form, address)}


def _has_place(form: Form, address: str) -> bool:
    question = form.question(address.split(".", maxsplit=1)[0])
    if question is None or not question.takes_answer:
        return False
    return address == getattr(question, "list_address", None) or question.place_at(address) is not None


def _raw(form: Form, address: str, value: Any) -> Raw:
    question = form.question(address)
    if isinstance(question, DeclarationQuestion) and value == "yes":
        return question.fingerprint
    return [str(item) for item in value] if isinstance(value, list) else str(value)
