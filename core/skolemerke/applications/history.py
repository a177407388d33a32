"""Every version of an answer: nothing that was saved is ever taken out, and any of them can be put back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from skolemerke_forms.cleaning import Raw
from sqlalchemy import Text, cast, func, select

from skolemerke import database
from skolemerke.applications.models import AnswerChange, Application
from skolemerke.applications.refusals import ApplicationRefusal, Saved
from skolemerke.applications.saving import save_answers
from skolemerke.people.actors import Actor
from skolemerke.people.models import Account
from skolemerke.speech import marked as _

SHOWN = 50
"""So many versions stand on a page, the newest first."""

PAUSE = timedelta(minutes=10)
"""Versions of one writer that lie closer together are saves of one time of writing."""


@dataclass(frozen=True)
class Version:
    """One version of an answer as it was typed, whose it is (empty where nobody is known), and when it was saved.

    It stands for so many saves (`saves`), itself the last of them.
    """

    number: int
    raw: Raw
    by: str
    at: datetime
    saves: int


@dataclass(frozen=True)
class Versions:
    """A page of the versions of an answer, the newest first; the number of that which stands now, 0 where none does;
    and the number before which the next page begins, where there is one."""

    shown: Sequence[Version]
    standing: int
    older: int | None


def versions_of(application: Application, address: str, *, before: int | None = None, every: bool = False) -> Versions:
    """The versions of the answer at an address, those with a smaller number than `before`.

    Of the saves of one time of writing the last is shown, since a script saves every few seconds, and each after which
    much was taken out; with `every` all of them.
    """
    saves = _saves(application, address)
    ends = [(number, 1) for number, _ends in saves] if every else _times(saves)
    left = [(number, count) for number, count in ends if before is None or number < before]
    shown, rest = left[:SHOWN], left[SHOWN:]
    return Versions(
        _read(application, address, dict(shown)),
        standing=saves[0][0] if saves else 0,
        older=shown[-1][0] - shown[-1][1] + 1 if rest else None,
    )


def _saves(application: Application, address: str) -> list[tuple[int, bool]]:
    """The number of each save, the newest first, and whether it is the last of a time of writing."""
    statement = (
        select(AnswerChange.version, AnswerChange.account_id, AnswerChange.at)
        .add_columns(func.length(cast(AnswerChange.raw, Text)).label("long"))
        .where(AnswerChange.application_id == application.id, AnswerChange.question_id == address)
        .order_by(AnswerChange.version.desc())
    )
    found, later = [], None
    for row in database.read().execute(statement):
        found.append((row.version, later is None or _is_apart(row, later)))
        later = row
    return found


def _is_apart(row: Any, later: Any) -> bool:
    """Whether a save is shown besides the one after it."""
    return bool(row.account_id != later.account_id or later.at - row.at >= PAUSE or later.long * 2 < row.long)


def _times(saves: Sequence[tuple[int, bool]]) -> list[tuple[int, int]]:
    """The number of the last save of each time of writing, and how many saves that was."""
    found: list[tuple[int, int]] = []
    for number, is_last in saves:
        if is_last:
            found.append((number, 1))
        else:
            found[-1] = (found[-1][0], found[-1][1] + 1)
    return found


def _read(application: Application, address: str, numbers: Mapping[int, int]) -> list[Version]:
    statement = (
        select(AnswerChange.version, AnswerChange.raw, AnswerChange.at, Account)
        .outerjoin(Account, Account.id == AnswerChange.account_id)
        .where(AnswerChange.application_id == application.id, AnswerChange.question_id == address)
        .where(AnswerChange.version.in_(numbers))
        .order_by(AnswerChange.version.desc())
    )
    return [
        Version(row.version, row.raw, str(row.Account) if row.Account else "", row.at, numbers[row.version])
        for row in database.read().execute(statement)
    ]


def restore(actor: Actor, application_id: int, address: str, number: int, seen: int) -> Saved:
    """Put an earlier version of an answer back as the newest one. `seen` is the version that the reader saw standing.

    Raises `Conflict` when it stands no more, `ApplicationRefusal` for a version that is none, `Closed`, `Refused`.
    """
    statement = select(AnswerChange.raw).where(
        AnswerChange.application_id == application_id,
        AnswerChange.question_id == address,
        AnswerChange.version == number,
    )
    found = database.read().execute(statement).first()
    if found is None:
        raise ApplicationRefusal(_("There is no such version of this answer."))
    return save_answers(actor, application_id, {address: found.raw}, {address: seen}, are_all_meant=True)
