"""The tables of decisions. A decision is never changed: a later one of the same level counts in its place."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from skolemerke.applications.models import Submission
from skolemerke.database import Base
from skolemerke.scoring.models import Judgement


class Decision(Base):
    """What was decided of a submission at one level (`agency` or `central`): `granted` or `refused`, and why.

    `feedback` is what the school reads. It is the school's to see from `released_at` on.
    """

    __tablename__ = "decision"

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"), index=True)
    level: Mapped[str] = mapped_column(String(10))
    outcome: Mapped[str] = mapped_column(String(10))
    reasons: Mapped[str] = mapped_column(Text)
    feedback: Mapped[str] = mapped_column(Text, default="")
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    made_at: Mapped[datetime]
    released_at: Mapped[datetime | None]
    submission: Mapped[Submission] = relationship()
    judgements: Mapped[list[Judgement]] = relationship(
        primaryjoin=lambda: Decision.submission_id == foreign(Judgement.submission_id),
        order_by=lambda: Judgement.id,
        viewonly=True,
    )
    """Everything that was judged of the submission, the newest last."""


class Publication(Base):
    """One release of decisions of a round."""

    __tablename__ = "publication"

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[str] = mapped_column(String(40), index=True)
    at: Mapped[datetime]
    counts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
