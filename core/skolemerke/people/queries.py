"""What is asked about people: who acts, and whether a mailed link still works."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, cast

from sqlalchemy import ColumnElement, Date, and_, bindparam, exists, or_, select
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
    return _actor(_OF_SESSION, token=tokens.hash_of(token), now=clock.real())


def actor_of_account(account_id: int) -> Actor:
    """The actor that an account is now. Raises `KeyError` when there is no such account."""
    found = _actor(_OF_ACCOUNT, account=account_id)
    if found is None:
        raise KeyError(account_id)
    return found


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


# The day is a parameter of the statement.
_serving = serving(cast("date", bindparam("day", type_=Date)))

# An account with each of its roles and each school where it teaches now. Every page asks it first: it is made once.
_WHO = (
    select(Account.id, Account.email, Account.name, Account.language)
    .add_columns(Role.role, Role.agency_id, School.id.label("school"))
    .outerjoin(Role, Role.account_id == Account.id)
    .outerjoin(Teacher, and_(Teacher.email == Account.email, _serving))
    .outerjoin(School, and_(School.id == Teacher.school_id, School.gone.is_(False)))
)
_OF_ACCOUNT = _WHO.where(Account.id == bindparam("account"))
_OF_SESSION = _WHO.join(SignInSession, SignInSession.account_id == Account.id).where(
    SignInSession.token_hash == bindparam("token"),
    SignInSession.ended_at.is_(None),
    SignInSession.expires_at > bindparam("now"),
)


def _actor(who: Any, **named: object) -> Actor | None:
    rows = database.read().execute(who, {"day": today(), **named}).all()
    if not rows:
        return None
    roles = {(row.role, row.agency_id) for row in rows}
    names = {role for role, _agency in roles}
    return Actor(
        account_id=rows[0].id,
        email=rows[0].email,
        name=rows[0].name,
        language=rows[0].language,
        schools=frozenset(row.school for row in rows if row.school is not None),
        agencies=frozenset(agency for role, agency in roles if role == "officer" and agency is not None),
        is_central="central" in names,
        is_administrator="administrator" in names,
    )
