"""Mail that must leave: a row in the transaction that caused it, unique by the sender's `dedupe_key`.

The address and the language are frozen with the row; the text is made when it is sent, by what the room that
owns the kind registered here. A worker sends (`skolemerke.worker`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from flask import Flask, current_app
from sqlalchemy import JSON, Index, String, Text, event
from sqlalchemy.orm import Mapped, Session, mapped_column

from skolemerke import clock, database
from skolemerke.database import Base, WriteSession, read

EXTENSION = "skolemerke.outbox"
QUEUED, SENDING, SENT, FAILED, UNKNOWN = "queued", "sending", "sent", "failed", "unknown"
STATES = (QUEUED, SENDING, SENT, FAILED, UNKNOWN)


class Mail(Base):
    """One mail to one person. `message_id` is stable, so that a second sending is recognised as the same.

    While it is being sent, `claimed_by` names the process that does it, and `due_at` says since when.
    """

    __tablename__ = "mail"
    __table_args__ = (Index("ix_mail_state_due", "state", "due_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    dedupe_key: Mapped[str] = mapped_column(String(200), unique=True)
    kind: Mapped[str] = mapped_column(String(40), index=True)
    address: Mapped[str] = mapped_column(String(320))
    name: Mapped[str] = mapped_column(String(200), default="")
    language: Mapped[str] = mapped_column(String(20))
    agency_id: Mapped[int | None] = mapped_column(index=True)
    round_id: Mapped[str | None] = mapped_column(String(40), index=True)
    school_id: Mapped[int | None] = mapped_column(index=True)
    application_id: Mapped[int | None]
    payload: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    message_id: Mapped[str] = mapped_column(String(200), default=lambda: uuid4().hex)
    state: Mapped[str] = mapped_column(String(10), default=QUEUED)
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(Text, default="")
    claimed_by: Mapped[str] = mapped_column(String(40), default="")


@dataclass(frozen=True)
class Letter:
    """A mail as it is read: the subject in one line, and the text; `language` when it is not the mail's own."""

    subject: str
    text: str
    language: str = ""


Renderer = Callable[[Mail], Letter]


class Outbox:
    """How each kind of mail is written, by kind; and what is told when mail was queued."""

    def __init__(self) -> None:
        self.renderers: dict[str, Renderer] = {}
        self.secret_kinds: set[str] = set()
        self.bulk_kinds: set[str] = set()
        self.on_queued: Callable[[], None] | None = None

    def register(self, kind: str, renderer: Renderer, *, secret: bool = False, bulk: bool = False) -> None:
        """Say how a kind is written. What a `secret` kind carries is wiped when it was sent; a `bulk` kind goes to
        many who did not ask for it, so that everybody can say to want no more of it."""
        self.renderers[kind] = renderer
        if secret:
            self.secret_kinds.add(kind)
        if bulk:
            self.bulk_kinds.add(kind)


def of(app: Flask | None = None) -> Outbox:
    """The outbox of an application."""
    outbox: Outbox = (app or current_app).extensions[EXTENSION]
    return outbox


def queue(
    session: WriteSession,
    kind: str,
    dedupe_key: str,
    *,
    address: str,
    language: str,
    name: str = "",
    agency_id: int | None = None,
    round_id: str | None = None,
    school_id: int | None = None,
    application_id: int | None = None,
    **payload: Any,
) -> bool:
    """Put a mail into the outbox, within the operation that causes it; false when it is there already."""
    values = {
        "dedupe_key": dedupe_key,
        "kind": kind,
        "address": address,
        "name": name,
        "language": language,
        "agency_id": agency_id,
        "round_id": round_id,
        "school_id": school_id,
        "application_id": application_id,
        "payload": payload,
        "message_id": uuid4().hex,
        "state": QUEUED,
        "attempts": 0,
        "error": "",
        "claimed_by": "",
        "created_at": clock.now(),
        "due_at": clock.real(),
    }
    statement = database.insert(session, Mail).values(**values).on_conflict_do_nothing(index_elements=["dedupe_key"])
    added = session.scalar(statement.returning(Mail.id)) is not None
    note_queued(session)
    return added


def note_queued(session: WriteSession) -> None:
    """Say that this transaction queued mail, so that the worker is called when it has committed."""
    session.info["skolemerke_mail_queued"] = True


def render(mail: Mail) -> Letter:
    """Write a mail in its language. Raises `KeyError` for a kind that no room registered."""
    return of().renderers[mail.kind](mail)


def get(mail_id: int) -> Mail | None:
    """One mail."""
    return read().get(Mail, mail_id)


@event.listens_for(WriteSession, "after_commit")
def _call_worker(session: Session) -> None:
    if session.info.pop("skolemerke_mail_queued", False):
        call = of().on_queued
        if call is not None:
            call()
