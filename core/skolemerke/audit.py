"""The audit chain: a line for each change of state, chained by hashes, appended last in its transaction.

A line hashes its number, time, who, what, of what, and a salted commitment to its details. The details lie in
a side table, so that they can be erased without breaking the chain.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from skolemerke_forms.values import canonical_json, sha256_of
from sqlalchemy import JSON, ForeignKey, Index, String, Text, event, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from skolemerke import clock
from skolemerke.database import Base, WriteSession, coded

SYSTEM = "system"
GENESIS = "0" * 64
PENDING = "skolemerke_audit_pending"


class AuditLine(Base):
    """One line. `subject` is `kind:id`, such as `application:12`; `agency_id` scopes who may read it."""

    __tablename__ = "audit_line"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(80))
    verb: Mapped[str] = mapped_column(String(80))
    subject: Mapped[str] = mapped_column(String(120), index=True)
    agency_id: Mapped[int | None] = mapped_column(index=True)
    commitment: Mapped[str] = mapped_column(String(64))
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


# How the list of changes is searched; SQLite has an index of the subjects as they are.
Index("ix_audit_line_verb_coded", coded(AuditLine.verb), AuditLine.number)
Index("ix_audit_line_actor_coded", coded(AuditLine.actor), AuditLine.number)
Index("ix_audit_line_subject_coded", coded(AuditLine.subject), AuditLine.number).ddl_if(dialect="postgresql")


class AuditDetails(Base):
    """What a line commits to; may be erased."""

    __tablename__ = "audit_details"

    number: Mapped[int] = mapped_column(ForeignKey("audit_line.number"), primary_key=True, autoincrement=False)
    salt: Mapped[str] = mapped_column(String(64))
    details: Mapped[dict[str, Any]] = mapped_column(JSON)


class AuditHead(Base):
    """The end of the chain: one row, locked while lines are appended."""

    __tablename__ = "audit_head"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))
    note: Mapped[str] = mapped_column(Text, default="")


@dataclass(frozen=True)
class Break:
    """The first place where the chain does not hold."""

    number: int
    reason: str


def record(
    session: WriteSession,
    verb: str,
    subject: str,
    *,
    actor: str = SYSTEM,
    agency_id: int | None = None,
    **details: Any,
) -> None:
    """Note a change of state; the line is appended when the transaction commits.

    `details` must be JSON data; personal data belongs there and nowhere else in the line.
    """
    line = {"at": clock.now(), "verb": verb, "subject": subject, "actor": actor, "agency_id": agency_id}
    session.info.setdefault(PENDING, []).append((line, details))


@event.listens_for(WriteSession, "before_commit")
def _append(session: Session) -> None:
    pending = session.info.pop(PENDING, [])
    if not pending:
        return
    session.flush()
    head = session.scalars(select(AuditHead).where(AuditHead.id == 1).with_for_update()).one()
    for line, details in pending:
        salt = secrets.token_hex(32)
        number = head.number + 1
        commitment = sha256_of(salt + canonical_json(details))
        made = AuditLine(number=number, commitment=commitment, previous=head.hash, hash="", **line)
        made.hash = hash_of(made)
        session.add(made)
        session.flush()
        session.add(AuditDetails(number=number, salt=salt, details=details))
        head.number, head.hash = number, made.hash


@event.listens_for(WriteSession, "after_rollback")
def _drop(session: Session) -> None:
    session.info.pop(PENDING, None)


def hash_of(line: AuditLine) -> str:
    """The hash that a line must have."""
    return sha256_of(
        canonical_json(
            [
                line.number,
                line.at.isoformat(timespec="microseconds"),
                line.actor,
                line.verb,
                line.subject,
                line.agency_id,
                line.commitment,
                line.previous,
            ]
        )
    )


def breaks(session: Session) -> Iterator[Break]:
    """Every place where the chain does not hold, in its order; none when it is whole."""
    previous, expected = GENESIS, 1
    rows = session.execute(
        select(AuditLine, AuditDetails)
        .outerjoin(AuditDetails, AuditDetails.number == AuditLine.number)
        .order_by(AuditLine.number)
        .execution_options(yield_per=1000)
    )
    for line, details in rows:
        if line.number != expected:
            yield Break(expected, f"line {expected} is missing")
        elif line.previous != previous or line.hash != hash_of(line):
            yield Break(line.number, f"line {line.number} was altered")
        elif details is not None and sha256_of(details.salt + canonical_json(details.details)) != line.commitment:
            yield Break(line.number, f"the details of line {line.number} were altered")
        previous, expected = line.hash, line.number + 1
    head = session.get(AuditHead, 1)
    if head is None or head.number != expected - 1 or head.hash != previous:
        yield Break(expected, "the end of the chain is not where its head says")
