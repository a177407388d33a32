"""The tables of invitations; the mails themselves lie in the outbox."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from skolemerke.database import Base


class InvitedSchool(Base):
    """A school that was invited to a round: it may apply, whatever a later run says."""

    __tablename__ = "invited_school"

    round_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id"), primary_key=True, autoincrement=False)
    run_id: Mapped[int] = mapped_column(ForeignKey("eligibility_run.id"))
    at: Mapped[datetime]
