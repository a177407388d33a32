"""The tables of scoring. A judgement is never changed, as no sheet is: a later one of the same part counts in its
place."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from skolemerke.applications.models import Submission
from skolemerke.database import Base


class ScoringRun(Base):
    """The scoring of all submissions of a round at one time."""

    __tablename__ = "scoring_run"
    __table_args__ = (UniqueConstraint("round_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[str] = mapped_column(String(40), index=True)
    number: Mapped[int]
    at: Mapped[datetime]
    counts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


class Judgement(Base):
    """What an officer found of one part (a section) of one submission: `fulfilled`, `not_fulfilled`, or empty, which is
    not judged yet.

    `feedback` is what the school reads once its result is released; `note` is for colleagues and never leaves the
    agency. `confirms` is the judgement of an earlier submission that this one took over.
    """

    __tablename__ = "judgement"

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"), index=True)
    part: Mapped[str] = mapped_column(String(250))
    finding: Mapped[str] = mapped_column(String(20))
    feedback: Mapped[str] = mapped_column(Text, default="")
    note: Mapped[str] = mapped_column(Text, default="")
    confirms: Mapped[int | None] = mapped_column(ForeignKey("judgement.id"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    made_at: Mapped[datetime]


class StoredSheet(Base):
    """A score sheet: of one submission under one edition, with the judgements up to the one of the number
    `judged_up_to`. `sheet` is its canonical text, `hash` its SHA-256.

    `code` names the kind of scoring, its version and owner with the owner's hash: replaying needs that code.
    """

    __tablename__ = "score_sheet"
    __table_args__ = (UniqueConstraint("submission_id", "edition_id", "judged_up_to"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"), index=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    judged_up_to: Mapped[int] = mapped_column(default=0)
    run_id: Mapped[int | None] = mapped_column(ForeignKey("scoring_run.id"))
    sheet: Mapped[str] = mapped_column(Text)
    hash: Mapped[str] = mapped_column(String(64))
    outcome: Mapped[str | None] = mapped_column(String(20))
    points: Mapped[str | None] = mapped_column(String(20))
    code: Mapped[dict[str, Any]] = mapped_column(JSON)
    made_at: Mapped[datetime]
    submission: Mapped[Submission] = relationship()
