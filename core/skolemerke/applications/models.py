"""The tables of step two. A draft is one document; what was submitted is frozen beside it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ColumnElement, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from skolemerke.agencies.models import Agency
from skolemerke.database import Base, coded
from skolemerke.registry.models import School
from skolemerke.rounds.models import Edition


class Application(Base):
    """A school's application in a round. `public_id` is what addresses name.

    `answers` maps an address of the form (the id of a question; `<id>.<row>` or `<id>.<row>.<column>` in one of
    several places) to `{"raw", "version", "by", "at"}`: the text as typed, how often it was changed, by which
    account, when. `consent` is `yes`, `no` or not yet asked (empty). From `settled_at` on, when the label was
    granted, nothing is changed or sent any more.
    """

    __tablename__ = "application"
    __table_args__ = (UniqueConstraint("round_id", "school_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(40), unique=True)
    round_id: Mapped[str] = mapped_column(String(40), index=True)
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id"), index=True)
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"), index=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    answers: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    consent: Mapped[str] = mapped_column(String(3), default="")
    created_at: Mapped[datetime]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    saved_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    school: Mapped[School] = relationship()
    agency: Mapped[Agency | None] = relationship()
    edition: Mapped[Edition] = relationship()


class AnswerChange(Base):
    """One saved version of one answer; nothing is ever taken out."""

    __tablename__ = "answer_change"
    __table_args__ = (Index("ix_answer_change_application_id_question_id", "application_id", "question_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    question_id: Mapped[str] = mapped_column(String(250))
    version: Mapped[int]
    raw: Mapped[Any] = mapped_column(JSON)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime]


class Evidence(Base):
    """A file or link that stands by a question. A file lies outside the web root under `stored_as`."""

    __tablename__ = "evidence"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(40), unique=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    question_id: Mapped[str] = mapped_column(String(250))
    link: Mapped[str] = mapped_column(Text, default="")
    name: Mapped[str] = mapped_column(String(255), default="")
    stored_as: Mapped[str] = mapped_column(String(80), default="")
    media_type: Mapped[str] = mapped_column(String(100), default="")
    size: Mapped[int] = mapped_column(default=0)
    sha256: Mapped[str] = mapped_column(String(64), default="")
    added_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    added_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]


PAPER = ""
"""The question of a signed paper: it stands by the declaration, not by a question."""


def stands() -> ColumnElement[bool]:
    """The condition that a piece of evidence stands by a question now."""
    return Evidence.removed_at.is_(None) & (Evidence.question_id != PAPER)


class Upload(Base):
    """A file that is sent in pieces by one account, to stand by a question (`uploads`). Its times are the world's.

    `size` and `sha256` are what the browser said of the file when it began; what has arrived lies among the evidence
    under `stored_as`, and its length says how much that is. `evidence_id` is what the whole file became.
    """

    __tablename__ = "upload"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(40), unique=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    question_id: Mapped[str] = mapped_column(String(250))
    name: Mapped[str] = mapped_column(String(255))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    stored_as: Mapped[str] = mapped_column(String(80))
    began_at: Mapped[datetime] = mapped_column(index=True)
    evidence_id: Mapped[int | None] = mapped_column(ForeignKey("evidence.id"))


class EditionChange(Base):
    """A draft was carried to another edition: what changed, in sentences by language, until it was seen."""

    __tablename__ = "edition_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    from_edition: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    to_edition: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    changes: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    at: Mapped[datetime]
    seen_at: Mapped[datetime | None]
    before: Mapped[Edition] = relationship(foreign_keys=from_edition)
    after: Mapped[Edition] = relationship(foreign_keys=to_edition)


class Submission(Base):
    """One frozen, numbered sending. `content_hash` is that of the exact text and answers, which is signed too.

    `arrived_at` is the round's time at which the whole request had been read.
    """

    __tablename__ = "submission"
    __table_args__ = (
        UniqueConstraint("application_id", "number"),
        UniqueConstraint("application_id", "idempotency_key"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    number: Mapped[int]
    receipt: Mapped[str] = mapped_column(String(40), unique=True)
    idempotency_key: Mapped[str] = mapped_column(String(80))
    arrived_at: Mapped[datetime]
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    language: Mapped[str] = mapped_column(String(20))
    raw: Mapped[dict[str, Any]] = mapped_column(JSON)
    clean: Mapped[dict[str, Any]] = mapped_column(JSON)
    evidence: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    known: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    consent: Mapped[str] = mapped_column(String(3))
    content_hash: Mapped[str] = mapped_column(String(64), index=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    application: Mapped[Application] = relationship()
    edition: Mapped[Edition] = relationship()


class Declaration(Base):
    """The principal was asked to sign. `state`: asked, signed, declined, paper (uploaded), returned (the
    paper was given back by an officer), or outdated.

    `content_hash` is that of the exact text and answers which were shown; `origin` says whose word the address
    is: the registry's (`registry`), the applicant's who names a new one (`applicant`), or the applicants' own (`own`):
    that of a teacher of the school.
    """

    __tablename__ = "declaration"

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    state: Mapped[str] = mapped_column(String(10))
    content_hash: Mapped[str] = mapped_column(String(64))
    language: Mapped[str] = mapped_column(String(20))
    head_name: Mapped[str] = mapped_column(String(200), default="")
    head_email: Mapped[str] = mapped_column(String(320), default="")
    origin: Mapped[str] = mapped_column(String(10))
    asked_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    asked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    signer_name: Mapped[str] = mapped_column(String(200), default="")
    signer_role: Mapped[str] = mapped_column(String(20), default="")
    note: Mapped[str] = mapped_column(Text, default="")
    evidence_id: Mapped[int | None] = mapped_column(ForeignKey("evidence.id"))


STANDING = ("asked", "signed", "paper")
"""The states of a declaration of which a change of the content takes its worth."""


# How the list of applications is sorted and searched; SQLite has an index of the names as they are.
Index("ix_application_created_at_id", Application.created_at, Application.id)
Index("ix_application_public_id_coded", coded(Application.public_id), Application.id).ddl_if(dialect="postgresql")
