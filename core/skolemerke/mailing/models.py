"""The table of addresses that get no mail."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from skolemerke.database import Base, coded

REFUSED, ASKED, STAFF = "refused", "asked", "staff"
CAUSES = (REFUSED, ASKED, STAFF)
"""A mail server said that there is no such mailbox; the person asked for no more; an officer stopped it."""

NOT_LIFTED = text("lifted_at IS NULL")


class Suppression(Base):
    """An address, in small letters, that gets no mail until it is lifted.

    The person's own wish (`asked`) holds for mail of bulk kinds, invitations and reminders; the other causes for all
    kinds but those that somebody waits for at a page.
    """

    __tablename__ = "suppression"
    __table_args__ = (
        Index(
            "uq_suppression_standing",
            "address",
            "cause",
            unique=True,
            sqlite_where=NOT_LIFTED,
            postgresql_where=NOT_LIFTED,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    address: Mapped[str] = mapped_column(String(320))
    cause: Mapped[str] = mapped_column(String(10))
    detail: Mapped[str] = mapped_column(Text, default="")
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"), index=True)
    mail_id: Mapped[int | None]
    at: Mapped[datetime]
    lifted_at: Mapped[datetime | None]
    lifted_by: Mapped[str] = mapped_column(String(80), default="")
    lift_reason: Mapped[str] = mapped_column(Text, default="")


Index("ix_suppression_address_coded", coded(Suppression.address), Suppression.id)
