"""Signing in and out, accounts and roles.

One signs in with what was mailed to a known address: a link that opens a page with a button, in any browser, or a
code that is typed in the browser that asked. Both are two keys to one row and open it once. The code is short, so
it is only taken from the browser that asked, and only a few times.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import get_args

from sqlalchemy import delete, func, select
from sqlalchemy.dialects import postgresql, sqlite

from skolemerke import audit, clock, database, outbox
from skolemerke.config import current_config
from skolemerke.database import WriteSession
from skolemerke.outbox import Mail
from skolemerke.people import (
    tokens,
    verbs,  # noqa: F401 - declares the verbs of this room
)
from skolemerke.people.actors import Actor, RoleName
from skolemerke.people.mails import SIGN_IN
from skolemerke.people.models import Account, Role, SignInSession, SignInToken
from skolemerke.people.queries import may_sign_in, usable
from skolemerke.people.rights import require
from skolemerke.registry.models import Teacher
from skolemerke.registry.queries import serving, today

ROLES: tuple[RoleName, ...] = get_args(RoleName)
WINDOW = timedelta(hours=1)
PER_ADDRESS = 5
FOR_ALL = 6000
"""How many sign-in mails an installation sends in a `WINDOW`, whatever is asked of it."""
WRONG_CODES = 5
KEPT = timedelta(days=1)
"""How long a sign-in that was asked for is kept; longer than a `WINDOW`, since the limits count them."""

ADDRESS = re.compile(r"[^\s@<>,;:\"\\\x00-\x1f\x7f]{1,64}@[^\s@<>,;:\"\\\x00-\x1f\x7f]{1,189}")


class NotAnAddress(ValueError):
    """What was given can't be an e-mail address."""


class NotSignedIn(Exception):
    """The link or the code is wrong, used, or too old; which of these is told to nobody."""


class RoleRefusal(ValueError):
    """A role can't be given or taken so; the text says why."""


def ask_sign_in(email: str, browser: str, language: str) -> None:
    """Mail a link and a code, if the address is known and has not had too many. Raises `NotAnAddress`.

    `browser` is a random word that the asking browser keeps; the code works in it alone. What is answered, and what
    is done until then, is the same for every address: rows are written and, where no mail may leave, taken away.
    """
    address = normal_address(email)
    token, code = tokens.new_token(), tokens.new_code()
    now = clock.real()
    until = now + timedelta(minutes=current_config().sign_in_minutes)
    hashed = tokens.hash_of(token)
    with database.write() as session:
        database.alone(session, "sign_in.asked")
        wanted = all([may_sign_in(session, address), not _asked_too_often(session, address)])
        session.add(
            SignInToken(
                email=address,
                token_hash=hashed,
                code_hash=tokens.hash_of_code(code, hashed),
                browser_hash=tokens.hash_of(browser),
                created_at=now,
                expires_at=until,
            )
        )
        session.flush()
        outbox.queue(
            session,
            SIGN_IN,
            f"{SIGN_IN}:{hashed}",
            address=address,
            language=language,
            token=token,
            code=code,
            until=until.isoformat(),
        )
        unwanted = "" if wanted else hashed
        session.execute(delete(SignInToken).where(SignInToken.token_hash == unwanted))
        session.execute(delete(Mail).where(Mail.dedupe_key == f"{SIGN_IN}:{unwanted}"))


def sign_in_by_token(token: str, browser: str = "") -> str:
    """Use a mailed link; gives the token of a new session. Raises `NotSignedIn`.

    Called for a pressed button, never for a visit: programs that look through mail visit links. The browser may be
    another than the one that asked, since mail is often read elsewhere.
    """
    with database.write() as session:
        row = session.scalars(
            select(SignInToken).where(SignInToken.token_hash == tokens.hash_of(token), usable()).with_for_update()
        ).first()
        here = row is not None and tokens.same(row.browser_hash, tokens.hash_of(browser))
        opened = _use(session, row, "link" if here else "link in another browser") if row else None
    if opened is None:
        raise NotSignedIn
    return opened


def sign_in_by_code(code: str, browser: str) -> str:
    """Use a typed code in the browser that asked; gives the token of a new session. Raises `NotSignedIn`."""
    with database.write() as session:
        rows = session.scalars(
            select(SignInToken)
            .where(SignInToken.browser_hash == tokens.hash_of(browser), SignInToken.attempts < WRONG_CODES, usable())
            .order_by(SignInToken.id)
            .with_for_update()
        ).all()
        right = [row for row in rows if tokens.same(row.code_hash, tokens.hash_of_code(code, row.token_hash))]
        for row in rows:
            row.attempts += 1
        opened = _use(session, right[0], "code") if right else None
    # Raised only now: the wrong attempts must have been counted.
    if opened is None:
        raise NotSignedIn
    return opened


def open_session(account_id: int) -> str:
    """Begin a session of an account; gives its token. For the doors of a demo: whoever calls it has let them in."""
    with database.write() as session:
        return _begin(session, account_id, "door")


def sign_out(token: str) -> None:
    """End a session on the server; its token is worth nothing afterwards."""
    with database.write() as session:
        row = session.scalars(
            select(SignInSession)
            .where(SignInSession.token_hash == tokens.hash_of(token), SignInSession.ended_at.is_(None))
            .with_for_update()
        ).first()
        if row is not None:
            row.ended_at = clock.real()
            subject = f"account:{row.account_id}"
            audit.record(session, "account.signed_out", subject, actor=subject)


def ensure_account(email: str, name: str = "", language: str = "") -> Account:
    """The account of an address, made if there is none. Raises `NotAnAddress`."""
    address = normal_address(email)
    with database.write() as session:
        return _ensure_account(session, address, name, language)


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


def forget_old() -> int:
    """Delete sign-ins that were asked for and sessions that ran out more than a day ago; gives how many."""
    before = clock.real() - KEPT
    with database.write() as session:
        old = [
            *session.scalars(delete(SignInToken).where(SignInToken.created_at < before).returning(SignInToken.id)),
            *session.scalars(
                delete(SignInSession).where(SignInSession.expires_at < before).returning(SignInSession.id)
            ),
        ]
    return len(old)


def normal_address(email: str) -> str:
    """An address as it is stored, in small letters. Raises `NotAnAddress`."""
    address = email.strip().lower()
    if not ADDRESS.fullmatch(address):
        raise NotAnAddress(f"{email[:80]!r} is no e-mail address")
    return address


def _asked_too_often(session: WriteSession, address: str) -> bool:
    since = clock.real() - WINDOW
    asked, by_all = session.execute(
        select(
            select(func.count())
            .select_from(SignInToken)
            .where(SignInToken.email == address, SignInToken.created_at > since)
            .scalar_subquery(),
            select(func.count()).select_from(SignInToken).where(SignInToken.created_at > since).scalar_subquery(),
        )
    ).one()
    return bool(asked >= PER_ADDRESS or by_all >= FOR_ALL)


def _use(session: WriteSession, row: SignInToken, way: str) -> str | None:
    """Use a row up and begin a session, unless its address is no longer that of anybody registered."""
    row.used_at = clock.real()
    if not may_sign_in(session, row.email):
        return None
    teacher = session.scalars(
        select(Teacher).where(Teacher.email == row.email, serving(today())).order_by(Teacher.id)
    ).first()
    account = _ensure_account(session, row.email, teacher.name if teacher else "", teacher.language if teacher else "")
    return _begin(session, account.id, way)


def _begin(session: WriteSession, account_id: int, way: str) -> str:
    token, now = tokens.new_token(), clock.real()
    days = timedelta(days=current_config().session_days)
    session.add(
        SignInSession(token_hash=tokens.hash_of(token), account_id=account_id, created_at=now, expires_at=now + days)
    )
    subject = f"account:{account_id}"
    audit.record(session, "account.signed_in", subject, actor=subject, by=way)
    return token


def _ensure_account(session: WriteSession, address: str, name: str, language: str) -> Account:
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    values = {"email": address, "name": name, "language": language, "created_at": clock.now()}
    session.execute(insert(Account).values(**values).on_conflict_do_nothing(index_elements=["email"]))
    account = session.scalars(select(Account).where(Account.email == address)).one()
    account.name = account.name or name
    account.language = account.language or language
    return account


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
