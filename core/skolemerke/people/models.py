"""The tables of people. Tokens and codes are kept as hashes only; their times are the world's."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from skolemerke.agencies.models import Agency
from skolemerke.database import Base


class Account(Base):
    """Somebody who has signed in, or was given a role. `email` is kept in small letters."""

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(320), unique=True)
    name: Mapped[str] = mapped_column(String(200), default="")
    language: Mapped[str] = mapped_column(String(20), default="")
    created_at: Mapped[datetime]
    roles: Mapped[list[Role]] = relationship(back_populates="account", cascade="all, delete-orphan")

    def __str__(self) -> str:
        return self.name or self.email


class Role(Base):
    """A role of staff: `officer` of an agency, `central` service, or `administrator` of the installation."""

    __tablename__ = "role"
    __table_args__ = (UniqueConstraint("account_id", "role", "agency_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    role: Mapped[str] = mapped_column(String(20))
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"))
    account: Mapped[Account] = relationship(back_populates="roles")
    agency: Mapped[Agency | None] = relationship()


class SignInToken(Base):
    """One asked-for sign-in: the mailed link and the typed code are two keys to the same row, used once."""

    __tablename__ = "sign_in_token"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(320), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    code_hash: Mapped[str] = mapped_column(String(64))
    browser_hash: Mapped[str] = mapped_column(String(64), index=True)
    created_at: Mapped[datetime] = mapped_column(index=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)


class SignInSession(Base):
    """A session on the server; the cookie holds the token, this row its hash."""

    __tablename__ = "sign_in_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    account: Mapped[Account] = relationship()
