"""What is asked about people: who acts, and whether a mailed link still works."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session, selectinload

from skolemerke import clock, database
from skolemerke.people import tokens
from skolemerke.people.actors import Actor
from skolemerke.people.models import Account, Role, SignInSession, SignInToken
from skolemerke.people.rights import require
from skolemerke.registry.models import School, Teacher
from skolemerke.registry.queries import serving, today


def actor_of_session(token: str | None) -> Actor | None:
    """Who holds the session of this token; none when it never was, has run out or was ended.

    Roles and schools are those of this moment: a teacher who left a school has lost it at the next request.
    """
    if not token:
        return None
    account = (
        database.read()
        .scalars(
            select(Account)
            .join(SignInSession, SignInSession.account_id == Account.id)
            .where(
                SignInSession.token_hash == tokens.hash_of(token),
                SignInSession.ended_at.is_(None),
                SignInSession.expires_at > clock.real(),
            )
            .options(selectinload(Account.roles))
        )
        .first()
    )
    return _actor(account) if account else None


def actor_of_account(account_id: int) -> Actor:
    """The actor that an account is now. Raises `KeyError` when there is no such account."""
    account = database.read().get(Account, account_id, options=[selectinload(Account.roles)])
    if account is None:
        raise KeyError(account_id)
    return _actor(account)


def account_of(email: str) -> Account | None:
    """The account of an address."""
    return database.read().scalars(select(Account).where(Account.email == email.strip().lower())).first()


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


def address_of_link(token: str) -> str | None:
    """The address to which a link was mailed, masked; none when it does not work, or no longer does."""
    found = database.read().scalar(
        select(SignInToken.email).where(SignInToken.token_hash == tokens.hash_of(token), usable())
    )
    return masked(found) if found else None


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


def _actor(account: Account) -> Actor:
    schools = database.read().scalars(
        select(Teacher.school_id)
        .join(School, School.id == Teacher.school_id)
        .where(Teacher.email == account.email, serving(today()), School.gone.is_(False))
    )
    roles = {role.role for role in account.roles}
    return Actor(
        account_id=account.id,
        email=account.email,
        name=account.name,
        language=account.language,
        schools=frozenset(schools),
        agencies=frozenset(
            role.agency_id for role in account.roles if role.role == "officer" and role.agency_id is not None
        ),
        is_central="central" in roles,
        is_administrator="administrator" in roles,
    )
