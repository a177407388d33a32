"""What is done with people: signing in and out, sessions, second factors, accounts and roles."""

from __future__ import annotations

from typing import get_args

from sqlalchemy import select

from skolemerke import audit, database
from skolemerke.database import WriteSession
from skolemerke.people import (
    identities,
    verbs,  # noqa: F401 - declares the verbs of this room
)
from skolemerke.people.actors import Actor, RoleName
from skolemerke.people.identities import WhichPerson
from skolemerke.people.models import Account, Role
from skolemerke.people.rights import require
from skolemerke.people.sessions import end_others, end_session, note_use, open_session, set_shared, sign_out
from skolemerke.people.signing_in import (
    NotAnAddress,
    NotSignedIn,
    ask_sign_in,
    forget_old,
    normal_address,
    sign_in_by_code,
    sign_in_by_token,
    vouched_for,
)

__all__ = [
    "ROLES",
    "NotAnAddress",
    "NotSignedIn",
    "RoleRefusal",
    "WhichPerson",
    "ask_sign_in",
    "end_others",
    "end_session",
    "ensure_account",
    "forget_old",
    "grant_role",
    "normal_address",
    "note_use",
    "open_session",
    "revoke_role",
    "set_shared",
    "sign_in_by_code",
    "sign_in_by_token",
    "sign_out",
    "vouched_for",
]

ROLES: tuple[RoleName, ...] = get_args(RoleName)


class RoleRefusal(ValueError):
    """A role can't be given or taken so; the text says why."""


def ensure_account(email: str, name: str = "", language: str = "") -> Account:
    """The account of an address, made if there is none. Raises `NotAnAddress`."""
    address = normal_address(email)
    with database.write() as session:
        return identities.ensure_account(session, address, name, language)


def grant_role(actor: Actor, account_id: int, role: str, agency_id: int | None = None) -> bool:
    """Give a role; false when the account has it already. Raises `RoleRefusal` and `Refused`."""
    _check_role(role, agency_id)
    with database.write() as session:
        require(actor, "role.grant")
        # Two that give the same role at once wait for each other here.
        account = session.get(Account, account_id, with_for_update=True)
        if account is None:
            raise RoleRefusal("there is no such account")
        if _role(session, account_id, role, agency_id) is not None:
            return False
        session.add(Role(account_id=account_id, role=role, agency_id=agency_id))
        audit.record(
            session,
            "role.granted",
            f"account:{account_id}",
            actor=actor.ref,
            agency_id=agency_id,
            role=role,
            address=account.email,
        )
        return True


def revoke_role(actor: Actor, account_id: int, role: str, agency_id: int | None = None) -> bool:
    """Take a role away, from the next request on; false when the account does not have it. Raises `Refused`."""
    with database.write() as session:
        require(actor, "role.revoke")
        account = session.get(Account, account_id, with_for_update=True)
        found = _role(session, account_id, role, agency_id)
        if account is None or found is None:
            return False
        session.delete(found)
        audit.record(
            session,
            "role.revoked",
            f"account:{account_id}",
            actor=actor.ref,
            agency_id=agency_id,
            role=role,
            address=account.email,
        )
        return True


def _check_role(role: str, agency_id: int | None) -> None:
    if role not in ROLES:
        raise RoleRefusal(f"there is no role {role}: give {', '.join(ROLES)}")
    if role == "officer" and agency_id is None:
        raise RoleRefusal("an officer works for an agency: name it")
    if role != "officer" and agency_id is not None:
        raise RoleRefusal(f"the role {role} belongs to no agency: leave the agency out")


def _role(session: WriteSession, account_id: int, role: str, agency_id: int | None) -> Role | None:
    # Compared with `is_` where there is no agency: the database takes two absent values for different.
    agency = Role.agency_id.is_(None) if agency_id is None else Role.agency_id == agency_id
    return session.scalars(select(Role).where(Role.account_id == account_id, Role.role == role, agency)).first()
