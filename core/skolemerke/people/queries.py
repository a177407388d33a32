"""What is asked about people: who acts, and whether a mailed link still works."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session, selectinload

from skolemerke import clock, database
from skolemerke.people import tokens
from skolemerke.people.actors import Actor
from skolemerke.people.identities import Identity, behind
from skolemerke.people.models import Account, Role, SignInToken
from skolemerke.people.rights import require
from skolemerke.people.sessions import standing_of
from skolemerke.people.who import WHO, actor_in
from skolemerke.registry.models import School, Teacher
from skolemerke.registry.queries import serving, today


def actor_of_session(token: str | None) -> Actor | None:
    """Who holds the session of this token; none when it never was, has run out, was ended, or still needs a second
    factor.

    Roles and schools are those of this moment: a teacher who left a school has lost it at the next request.
    """
    standing = standing_of(token)
    return standing.actor if standing is not None and standing.step == "whole" else None


def actor_of_account(account_id: int) -> Actor:
    """The actor that an account is now. Raises `KeyError` when there is no such account."""
    rows = database.read().execute(WHO.where(Account.id == account_id), {"day": today()}).all()
    if not rows:
        raise KeyError(account_id)
    return actor_in(rows)


def account_of(email: str) -> Account | None:
    """The account of an address; where several people share it, that of the address itself, if there is one."""
    return next(iter(accounts_of(email)), None)


def accounts_of(email: str) -> Sequence[Account]:
    """Every account of an address; there are several where people share a mailbox."""
    return (
        database.read()
        .scalars(select(Account).where(Account.email == email.strip().lower()).order_by(Account.teacher_id))
        .all()
    )


def staff(actor: Actor) -> Sequence[Account]:
    """The accounts that have a role, by address. Raises `Refused`."""
    require(actor, "account.list")
    return (
        database.read()
        .scalars(
            select(Account)
            .where(Account.roles.any())
            .options(selectinload(Account.roles).joinedload(Role.agency))
            .order_by(Account.email)
        )
        .all()
    )


@dataclass(frozen=True)
class MailedLink:
    """A link that still works: to whom it was mailed (masked), whether this browser asked for it, and who stands
    behind the address, where there are several."""

    address: str
    is_from_here: bool
    people: tuple[Identity, ...] = ()


def link_of(token: str, browser: str) -> MailedLink | None:
    """What a mailed link leads to; none when it does not work, or no longer does. Uses nothing up."""
    row = (
        database.read().scalars(select(SignInToken).where(SignInToken.token_hash == tokens.hash_of(token), usable()))
    ).first()
    if row is None:
        return None
    people = behind(database.read(), row.email)
    is_from_here = tokens.same(row.browser_hash, tokens.hash_of(browser))
    return MailedLink(masked(row.email), is_from_here, tuple(people) if len(people) > 1 else ())


def masked(email: str) -> str:
    """An address of which its owner knows it, and nobody learns it."""
    name, _, host = email.rpartition("@")
    return f"{name[:1]}…@{host}"


def usable() -> ColumnElement[bool]:
    """The condition that what was mailed still works."""
    return SignInToken.used_at.is_(None) & (SignInToken.expires_at > clock.real())


def may_sign_in(session: Session, email: str) -> bool:
    """Whether an address belongs to somebody registered: a teacher who serves at a school, or a person with a role."""
    teaches = exists().where(
        Teacher.email == email, serving(today()), Teacher.school_id == School.id, School.gone.is_(False)
    )
    has_role = exists().where(Account.email == email, Role.account_id == Account.id)
    return bool(session.scalar(select(or_(teaches, has_role))))
