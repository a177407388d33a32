"""The tables of agencies."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from skolemerke.database import Base


class Agency(Base):
    """An agency. `texts` holds its own wording: language -> name of the text -> text.

    Its mails come from `sender_name` (none: its name) and are answered to `reply_to` (none: its contact).
    """

    __tablename__ = "agency"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    contact_email: Mapped[str] = mapped_column(String(320), default="")
    contact_url: Mapped[str] = mapped_column(String(500), default="")
    sender_name: Mapped[str] = mapped_column(String(200), default="")
    reply_to: Mapped[str] = mapped_column(String(320), default="")
    language: Mapped[str] = mapped_column(String(20), default="en")
    timezone: Mapped[str] = mapped_column(String(60), default="Europe/Brussels")
    texts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    countries: Mapped[list[AgencyCountry]] = relationship(back_populates="agency", cascade="all, delete-orphan")

    def __str__(self) -> str:
        return self.name


class AgencyCountry(Base):
    """A country that an agency answers for; each country has at most one."""

    __tablename__ = "agency_country"

    country: Mapped[str] = mapped_column(String(2), primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"), index=True)
    agency: Mapped[Agency] = relationship(back_populates="countries")
