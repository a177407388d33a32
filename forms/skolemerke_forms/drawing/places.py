"""What a place of an answer is called, and where on its page its first control stands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from skolemerke_forms.answers import Known
from skolemerke_forms.definition import Form
from skolemerke_forms.drawing import words
from skolemerke_forms.drawing.rows import ROW_NAME
from skolemerke_forms.fields import answer_name
from skolemerke_forms.questions import File, Group, Matrix, Question, RegistryList, row_ids
from skolemerke_forms.saying import options_of


def _(message: str) -> str:
    """Mark a message for translation; it is translated where it is shown."""
    return message


TYPED = _("Not in the registry")


def label_at(
    address: str, form: Form, raw: Mapping[str, Any], known: Known, say: Callable[[str], str] = str
) -> tuple[str, ...]:
    """What a place is called: the label of its question, then that of its row and of its column.

    Empty for an address that the form does not have.
    """
    question = form.question(address.split(".", maxsplit=1)[0])
    if question is None or question.place_at(address) is None:
        return (question.label,) if question is not None and address == getattr(question, "list_address", "") else ()
    if isinstance(question, Matrix):
        return question.label, *(row.label for row in question.rows if question.address_of(row) == address)
    if isinstance(question, Group):
        _id, row, column = address.split(".")
        return question.label, _row_name(row, question, raw, say), *_column(question, column)
    if isinstance(question, RegistryList) and address != question.id:
        _id, row, kind = address.split(".")
        if kind == "remark":
            return question.label, _listed(row, question, known), say(words.REMARK)
        return question.label, say(TYPED), say(words.NAME)
    return (question.label,)


def anchor_of(question: Question, form: Form, place: str = "", known: Known | None = None) -> str:
    """The id of the first control of a place on the page of its section; `place` is an address, or empty for the
    question as a whole."""
    found = question.place_at(place) if place else None
    if found is not None and place != question.id:
        return _first_of(found.question, found.address, form)
    if isinstance(question, File):
        return f"evidence-{question.id}"
    if isinstance(question, Matrix):
        return f"{answer_name(question.address_of(question.rows[0]))}-0"
    if isinstance(question, Group):
        return f"{answer_name(question.id)}-label"
    if isinstance(question, RegistryList):
        has_rows = known is not None and known.lists.get(question.source)
        return f"{answer_name(question.id)}-0" if has_rows else f"{answer_name(question.id)}-label"
    return _first_of(question, question.id, form)


def _first_of(question: Question, address: str, form: Form) -> str:
    is_group = bool(options_of(question, form))
    return f"{answer_name(address)}-0" if is_group else answer_name(address)


def _row_name(row: str, question: Group, raw: Mapping[str, Any], say: Callable[[str], str]) -> str:
    rows = row_ids(raw.get(question.list_address))
    if row not in rows:
        return say(_("A row that was removed"))
    return say(ROW_NAME) % {"number": rows.index(row) + 1}


def _column(question: Group, column: str) -> tuple[str, ...]:
    return tuple(one.label for one in question.columns if one.id == column)


def _listed(row: str, question: RegistryList, known: Known) -> str:
    return next((one.label for one in known.lists.get(question.source, ()) if one.id == row), "")
