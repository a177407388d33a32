"""The tables of people. Tokens and codes are kept as hashes only; their times are the world's."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from skolemerke.agencies.models import Agency
from skolemerke.database import Base


class Account(Base):
    """Somebody who has signed in, or was given a role. `email` is kept in small letters.

    `teacher_id` is empty, except where several teachers of the register share the address: then each has an account
    of their own, and it is the register's id of the one.
    """

    __tablename__ = "account"
    __table_args__ = (UniqueConstraint("email", "teacher_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(320))
    teacher_id: Mapped[str] = mapped_column(String(80), default="")
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
    """One proof that somebody has an address, used once. `way`: `mail`, where the mailed link and the typed code are
    two keys to the row, or `provider`, where an identity provider vouched for the address."""

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
    way: Mapped[str] = mapped_column(String(10), default="mail")


class SignInAsk(Base):
    """That a sign-in mail was asked for from somewhere, whether one was sent or not. `source_hash` tells network
    addresses apart and can't be turned back into one."""

    __tablename__ = "sign_in_ask"
    __table_args__ = (Index("ix_sign_in_ask_source_hash_at", "source_hash", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    source_hash: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]


class SignInSession(Base):
    """A session on the server; the cookie holds the token, this row its hash.

    `device` names browser and system roughly, such as `firefox/windows`; `is_shared` says that many use the computer.
    `second_factor_at` is when its holder gave
    the second factor, where one was asked for.
    """

    __tablename__ = "sign_in_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    seen_at: Mapped[datetime]
    device: Mapped[str] = mapped_column(String(40), default="")
    is_shared: Mapped[bool] = mapped_column(default=False)
    second_factor_at: Mapped[datetime | None]
    account: Mapped[Account] = relationship()


class SecondFactor(Base):
    """The secret that an account shares with an app on its holder's telephone, enciphered with the installation's key.

    `last_step` is the time step of the last code that was taken: that code and older ones are refused. Wrong codes
    are counted from `wrong_since`.
    """

    __tablename__ = "second_factor"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True, autoincrement=False)
    secret: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    last_step: Mapped[int] = mapped_column(default=0)
    wrong: Mapped[int] = mapped_column(default=0)
    wrong_since: Mapped[datetime | None]


class RecoveryCode(Base):
    """A code on paper that stands in for the second factor, once."""

    __tablename__ = "recovery_code"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    code_hash: Mapped[str] = mapped_column(String(64))
    used_at: Mapped[datetime | None]
