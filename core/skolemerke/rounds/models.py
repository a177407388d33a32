"""The tables of rounds."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from skolemerke.agencies.models import Agency
from skolemerke.database import Base


class RoundRecord(Base):
    """What has been done with a round, and its name for the time when its plugin is missing."""

    __tablename__ = "round"

    round_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    title: Mapped[str] = mapped_column(String(200))
    plugin: Mapped[str] = mapped_column(String(80))
    opened_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]


class OverlayPlace(Base):
    """The place of an overlay in the order in which a round is adjusted."""

    __tablename__ = "overlay_place"
    __table_args__ = (UniqueConstraint("round_id", "overlay_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[str] = mapped_column(String(40), index=True)
    overlay_id: Mapped[str] = mapped_column(String(80))
    position: Mapped[int]
    added_at: Mapped[datetime]


class AgencyCalendar(Base):
    """Dates that an agency moved for a round, with the reason; the newest row counts, older ones are history."""

    __tablename__ = "agency_calendar"

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[str] = mapped_column(String(40), index=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    dates: Mapped[dict[str, Any]] = mapped_column(JSON)
    reason: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime]


class Edition(Base):
    """A round composed with the overlays of one agency, frozen. `agency_key` is 0 for the base edition.

    `content` is canonical JSON; `hash` is its SHA-256. It is never changed.
    """

    __tablename__ = "edition"
    __table_args__ = (UniqueConstraint("round_id", "agency_key", "hash"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[str] = mapped_column(String(40), index=True)
    agency_key: Mapped[int] = mapped_column(default=0)
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"))
    hash: Mapped[str] = mapped_column(String(64))
    content: Mapped[str] = mapped_column(Text)
    frozen_at: Mapped[datetime]
    agency: Mapped[Agency | None] = relationship()
