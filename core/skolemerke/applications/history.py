"""Every version of an answer: nothing that was saved is ever taken out, and any of them can be put back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from skolemerke_forms.cleaning import Raw
from sqlalchemy import select

from skolemerke import database
from skolemerke.applications.models import AnswerChange, Application
from skolemerke.applications.refusals import ApplicationRefusal, Saved
from skolemerke.applications.saving import save_answers
from skolemerke.people.actors import Actor
from skolemerke.people.models import Account
from skolemerke.speech import marked as _

SHOWN = 100
"""So many versions are shown, newest first; older ones stay stored."""


@dataclass(frozen=True)
class Version:
    """One version of an answer as it was typed, whose it is (empty where nobody is known), and when it was saved."""

    number: int
    raw: Raw
    by: str
    at: datetime


def versions_of(application: Application, address: str) -> Sequence[Version]:
    """The versions of the answer at an address, newest first; the first is the one that stands now."""
    statement = (
        select(AnswerChange.version, AnswerChange.raw, AnswerChange.at, Account)
        .outerjoin(Account, Account.id == AnswerChange.account_id)
        .where(AnswerChange.application_id == application.id, AnswerChange.question_id == address)
        .order_by(AnswerChange.version.desc())
        .limit(SHOWN)
    )
    return [
        Version(row.version, row.raw, str(row.Account) if row.Account else "", row.at)
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
    return save_answers(actor, application_id, {address: found.raw}, {address: seen})
