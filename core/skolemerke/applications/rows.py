"""The rows of a repeating group, and those typed besides a list of the registry: added, removed, put back.

The list of the rows is an answer of its own, with its version and its history. What was written in a row that is
removed stays in the draft, so that it can be put back; it counts nowhere meanwhile.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable

from skolemerke_forms.questions import MAX_ROWS, Group, RegistryList, row_ids

from skolemerke import clock, database
from skolemerke.applications.drafts import held_draft, require_open_now
from skolemerke.applications.lateness import noted_when_closed
from skolemerke.applications.refusals import ApplicationRefusal
from skolemerke.applications.saving import Save
from skolemerke.people.actors import Actor
from skolemerke.speech import marked as _


class RowsRefused(ApplicationRefusal):
    """A row can't be added or removed; the text says why."""


Rows = Group | RegistryList


def add_row(actor: Actor, application_id: int, question_id: str) -> str:
    """Put an empty row at the end; gives its id. Raises `RowsRefused`, `Closed`, `Refused`."""
    row = f"r{secrets.token_hex(6)}"

    def with_it(question: Rows, rows: list[str]) -> list[str]:
        _require_room(question, rows)
        if isinstance(question, RegistryList) and not question.may_add:
            raise RowsRefused(_("No row can be added here."))
        return [*rows, row]

    _change(actor, application_id, question_id, with_it)
    return row


def remove_row(actor: Actor, application_id: int, question_id: str, row: str) -> int:
    """Take a row off the list; gives the place where it stood, from 0. A row that is gone already is no fault.

    Raises `RowsRefused`, `Closed`, `Refused`.
    """
    stood = [0]

    def without(_question: Rows, rows: list[str]) -> list[str]:
        stood[0] = rows.index(row) if row in rows else len(rows)
        return [one for one in rows if one != row]

    _change(actor, application_id, question_id, without)
    return stood[0]


def put_back_row(actor: Actor, application_id: int, question_id: str, row: str, at: int) -> None:
    """Put a removed row where it stood, with what was written in it. Raises `RowsRefused`, `Closed`, `Refused`."""

    def again(question: Rows, rows: list[str]) -> list[str]:
        if row in rows:
            return rows
        _require_room(question, rows)
        if question.place_at(f"{question.id}.{row}.{_columns(question)[0]}") is None:
            raise RowsRefused(_("There is no such row."))
        return [*rows[:at], row, *rows[at:]]

    _change(actor, application_id, question_id, again)


@noted_when_closed("rows")
def _change(
    actor: Actor, application_id: int, question_id: str, change: Callable[[Rows, list[str]], list[str]]
) -> None:
    with database.write() as session:
        draft = held_draft(session, actor, "application.edit", application_id)
        now = clock.now()
        require_open_now(session, draft, now)
        save = Save(session, draft, actor, now)
        question = save.form.question(question_id)
        if not isinstance(question, Rows) or not question.takes_answer:
            raise RowsRefused(_("This question has no rows."))
        kept = save.answers.get(question.list_address)
        rows = list(row_ids(kept["raw"])) if kept else []
        changed = change(question, rows)
        if changed != rows:
            save.change(question.list_address, changed)
            save.store()


def _require_room(question: Rows, rows: list[str]) -> None:
    most = question.at_most if isinstance(question, Group) else MAX_ROWS
    if len(rows) >= most:
        raise RowsRefused(_("There can be at most %(most)s rows."), most=str(most))


def _columns(question: Rows) -> list[str]:
    return [column.id for column in question.columns] if isinstance(question, Group) else ["name"]
