"""The tables of invitations; the mails themselves lie in the outbox."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from skolemerke.database import Base


class InvitedSchool(Base):
    """A school that was invited to a round: it may apply, whatever a later run says."""

    __tablename__ = "invited_school"

    round_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id"), primary_key=True, autoincrement=False)
    run_id: Mapped[int] = mapped_column(ForeignKey("eligibility_run.id"))
    at: Mapped[datetime]


class ReminderOccasion(Base):
    """That an agency's schools were reminded on an occasion, such as `7@2021-02-08`: seven days before that end.

    `agency_key` is 0 for the schools of no agency.
    """

    __tablename__ = "reminder_occasion"

    round_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    agency_key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    occasion: Mapped[str] = mapped_column(String(40), primary_key=True)
    at: Mapped[datetime]
    queued: Mapped[int]


class MailWording(Base):
    """How an agency words a kind of mail in a language. The newest row counts, older ones are history; one without
    a text takes the agency's wording back."""

    __tablename__ = "mail_wording"
    __table_args__ = (Index("ix_mail_wording_of", "agency_id", "kind", "language"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    kind: Mapped[str] = mapped_column(String(40))
    language: Mapped[str] = mapped_column(String(20))
    subject: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime]
    changed_by: Mapped[str] = mapped_column(String(80))
