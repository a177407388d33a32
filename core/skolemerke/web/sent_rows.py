"""The rows that a button of a section adds, removes or puts back, after its answers were saved."""

from __future__ import annotations

from dataclasses import dataclass

from skolemerke_forms.definition import Form
from skolemerke_forms.drawing import Removed, anchor_of
from skolemerke_forms.drawing.rows import ADD, PUT_BACK, REMOVE
from skolemerke_forms.questions import Group

from skolemerke.applications import operations
from skolemerke.web import guard
from skolemerke.web.asked import Attempt
from skolemerke.web.filling import said


@dataclass(frozen=True)
class Changed:
    """What became of the rows: where the page goes on, and the row that was removed, as an address tells it."""

    anchor: str = ""
    removed: str = ""


def change_rows(application_id: int, form: Form, then: str, attempt: Attempt) -> Changed:
    """Do what the pressed button says; nothing for another button. What is refused is noted in `attempt`.

    Raises `Closed`.
    """
    verb, _colon, what = then.partition(":")
    question_id, _point, rest = what.partition(".")
    try:
        if f"{verb}:" == ADD:
            return Changed(_first_control(form, question_id, operations.add_row(guard.actor(), application_id, what)))
        if f"{verb}:" == REMOVE:
            at = operations.remove_row(guard.actor(), application_id, question_id, rest)
            return Changed("removed", f"{question_id}.{rest}.{at}")
        found = removed_row(what) if f"{verb}:" == PUT_BACK else None
        if found is not None:
            operations.put_back_row(guard.actor(), application_id, found.question, found.row, found.at)
            return Changed(_first_control(form, found.question, found.row))
    except operations.RowsRefused as refusal:
        attempt.refused[question_id] = said(refusal)
    return Changed()


def removed_row(told: str) -> Removed | None:
    """The row that an address or a button speaks of: its question, its id, and where it stood."""
    parts = told.split(".")
    if len(parts) != 3 or not (parts[2].isascii() and parts[2].isdigit() and len(parts[2]) < 4):
        return None
    return Removed(parts[0], parts[1], int(parts[2]))


def _first_control(form: Form, question_id: str, row: str) -> str:
    question = form.question(question_id)
    if question is None:
        return ""
    column = question.columns[0].id if isinstance(question, Group) else "name"
    return anchor_of(question, form, f"{question_id}.{row}.{column}")
