"""What is asked about mail: who gets none, and of which nobody knows whether it left."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, exists, func, select

from skolemerke import database, outbox
from skolemerke.mailing.models import ASKED, Suppression
from skolemerke.outbox import UNKNOWN, Mail


def standing(address: str) -> dict[str, Suppression]:
    """What keeps mail from an address now, by cause; empty when nothing does."""
    found = select(Suppression).where(Suppression.address == address.lower(), Suppression.lifted_at.is_(None))
    return {suppression.cause: suppression for suppression in database.read().scalars(found)}


def keeps(mail: Mail) -> Suppression | None:
    """What keeps a mail from being sent; none when nothing does."""
    known = outbox.of()
    if mail.kind in known.secret_kinds:
        return None
    causes = standing(mail.address)
    if mail.kind not in known.bulk_kinds:
        causes.pop(ASKED, None)
    return next(iter(causes.values()), None)


def wants_bulk(address: Any) -> ColumnElement[bool]:
    """The condition that nothing keeps mail of bulk kinds from the address of a column (in small letters)."""
    return ~exists().where(Suppression.address == address, Suppression.lifted_at.is_(None))


def unknown() -> list[Mail]:
    """The mails of which nobody knows whether they left, oldest first."""
    return list(database.read().scalars(select(Mail).where(Mail.state == UNKNOWN).order_by(Mail.id)))


def count_of(state: str, within: ColumnElement[bool]) -> int:
    """How many mails of a scope are in a state."""
    return database.read().scalar(select(func.count()).select_from(Mail).where(Mail.state == state, within)) or 0
