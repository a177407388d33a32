"""The second factor of staff: codes of an app (TOTP, RFC 6238), and codes on paper for when the app is gone.

A code of the app is taken once: neither it nor an older one is taken again. After `WRONG` wrong codes in a `WINDOW`
none is looked at until the window is over. The secret is enciphered with the secret key of the installation, so that
a copy of the database alone opens nothing.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, select

from skolemerke import audit, clock, database
from skolemerke.config import current_config
from skolemerke.database import WriteSession
from skolemerke.people import sessions, tokens
from skolemerke.people.actors import Actor
from skolemerke.people.models import Account, RecoveryCode, SecondFactor, SignInSession
from skolemerke.people.rights import Refused, require

if TYPE_CHECKING:
    from cryptography.fernet import Fernet
    from pyotp import TOTP

WRONG = 10
WINDOW = timedelta(minutes=15)
RECOVERY_CODES = 10
STEP = 30
DRIFT = (-1, 0, 1)
"""Which time steps are tried around now: clocks of telephones differ, and typing takes time."""

Telling = Callable[[str, str], tuple[str, list[str]]]
"""What is done with a session's token and a code, and tells a new token and codes for the paper."""

Change = Callable[[WriteSession, SecondFactor], list[str]]


class WrongCode(Exception):
    """The code is wrong, was used before, or is too old."""


class TooManyWrong(WrongCode):
    """So many wrong codes came that for some minutes none is looked at."""


class NotNow(Exception):
    """There is nothing to set up or to confirm: it was done before, or never begun."""


def begin_set_up(token: str) -> None:
    """Make a secret for the holder of a session, in place of one that was never confirmed. Raises `NotNow` where a
    second factor is set up already, and `Refused` for others than staff."""
    with database.write() as session:
        account = _holder(session, token)
        if not account.roles:
            raise Refused(f"account:{account.id} is no staff: it needs no second factor")
        row = session.get(SecondFactor, account.id, with_for_update=True)
        if row is not None and row.confirmed_at is not None:
            raise NotNow
        made = row or SecondFactor(account_id=account.id)
        made.secret, made.made_at = _new_secret(), clock.real()
        made.last_step, made.wrong, made.wrong_since = 0, 0, None
        session.add(made)


def secret_to_set_up(account_id: int) -> str | None:
    """The secret that awaits its first code; none when there is no such."""
    row = database.read().get(SecondFactor, account_id)
    return _secret(row) if row is not None and row.confirmed_at is None else None


def address_for_app(secret: str, email: str) -> str:
    """What the square on the page tells an app."""
    return _app(secret).provisioning_uri(name=email, issuer_name="eTwinning School Label")


def is_set_up(account_id: int) -> bool:
    """Whether an account has a second factor."""
    row = database.read().get(SecondFactor, account_id)
    return row is not None and row.confirmed_at is not None


def recovery_codes_left(account_id: int) -> int:
    """How many codes on paper an account has not used."""
    unused = select(func.count()).select_from(RecoveryCode)
    unused = unused.where(RecoveryCode.account_id == account_id, RecoveryCode.used_at.is_(None))
    return database.read().scalar(unused) or 0


def confirm(token: str, code: str) -> tuple[str, list[str]]:
    """Set the second factor up with a first code of the app; gives a new token of the session, and the codes for the
    paper, which are told this once. Raises `WrongCode` and `NotNow`."""
    return _checked(token, code, _confirm, confirmed=False)


def give(token: str, code: str) -> str:
    """Give the second factor, a code of the app or of the paper; gives a new token of the session. Raises
    `WrongCode` and `NotNow`."""
    return _checked(token, code, lambda *_: [], confirmed=True)[0]


def renew_recovery_codes(token: str, code: str) -> tuple[str, list[str]]:
    """Give new codes for the paper in place of the old ones; see `confirm`."""
    return _checked(token, code, _renew, confirmed=True)


def remove(token: str, code: str) -> None:
    """Take the second factor off. Where it is required it must be set up anew before anything else."""
    _checked(token, code, _remove, confirmed=True)


def reset(actor: Actor, account_id: int) -> bool:
    """Take the second factor off for somebody who lost it, and end all their sessions; false when there was none.
    Raises `Refused`."""
    with database.write() as session:
        require(actor, "second_factor.reset")
        row = session.get(SecondFactor, account_id, with_for_update=True)
        _forget(session, account_id)
        if row is not None:
            audit.record(session, "second_factor.reset", f"account:{account_id}", actor=actor.ref)
            sessions.end_all(session, account_id, actor.ref)
    return row is not None


def _checked(token: str, code: str, change: Change, *, confirmed: bool) -> tuple[str, list[str]]:
    """Do what a right code allows, and renew the session. A wrong one is counted, and then raised."""
    fault: WrongCode | None = None
    with database.write() as session:
        account = _holder(session, token)
        row = session.get(SecondFactor, account.id, with_for_update=True)
        if row is None or (row.confirmed_at is not None) is not confirmed:
            raise NotNow
        fault = _fault_of(session, row, code)
        if fault is None:
            told = change(session, row)
            renewed = sessions.renewed(session, token, clock.real())
            if renewed is None:
                raise NotNow
            fresh = renewed[1]
    # Raised only now: the wrong code must have been counted.
    if fault is not None:
        raise fault
    return fresh, told


def _confirm(session: WriteSession, row: SecondFactor) -> list[str]:
    row.confirmed_at = clock.real()
    _note(session, "second_factor.set_up", row.account_id)
    return _new_codes(session, row.account_id)


def _renew(session: WriteSession, row: SecondFactor) -> list[str]:
    _note(session, "second_factor.codes_renewed", row.account_id)
    return _new_codes(session, row.account_id)


def _remove(session: WriteSession, row: SecondFactor) -> list[str]:
    _note(session, "second_factor.removed", row.account_id)
    _forget(session, row.account_id)
    return []


def _note(session: WriteSession, verb: str, account_id: int) -> None:
    subject = f"account:{account_id}"
    audit.record(session, verb, subject, actor=subject)


def _holder(session: WriteSession, token: str) -> Account:
    account = session.scalars(
        select(Account)
        .join(SignInSession, SignInSession.account_id == Account.id)
        .where(SignInSession.token_hash == tokens.hash_of(token), sessions.is_live())
    ).first()
    if account is None:
        raise NotNow
    return account


def _fault_of(session: WriteSession, row: SecondFactor, code: str) -> WrongCode | None:
    """Why a code is not taken; none when it is, and then it is used up."""
    now = clock.real()
    if row.wrong_since is None or now - row.wrong_since >= WINDOW:
        row.wrong, row.wrong_since = 0, None
    if row.wrong >= WRONG:
        return TooManyWrong()
    if _takes_step(row, code) or (row.confirmed_at is not None and _takes_paper(session, row.account_id, code)):
        row.wrong, row.wrong_since = 0, None
        return None
    row.wrong, row.wrong_since = row.wrong + 1, row.wrong_since or now
    return WrongCode()


def _takes_step(row: SecondFactor, code: str) -> bool:
    typed, secret = "".join(code.split()), _secret(row)
    if secret is None or len(typed) != _app(secret).digits:
        return False
    app, step = _app(secret), int(clock.real().timestamp()) // STEP
    for candidate in (step + away for away in DRIFT):
        if candidate > row.last_step and tokens.same(app.generate_otp(candidate), typed):
            row.last_step = candidate
            return True
    return False


def _takes_paper(session: WriteSession, account_id: int, code: str) -> bool:
    wanted = tokens.hash_of_code(code, f"recovery:{account_id}")
    rows = session.scalars(
        select(RecoveryCode).where(RecoveryCode.account_id == account_id, RecoveryCode.used_at.is_(None))
    ).all()
    found = [row for row in rows if tokens.same(row.code_hash, wanted)]
    for row in found:
        row.used_at = clock.real()
        _note(session, "second_factor.recovery_code_used", account_id)
    return bool(found)


def _new_codes(session: WriteSession, account_id: int) -> list[str]:
    session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account_id))
    codes = [f"{tokens.new_code()}-{tokens.new_code()[:4]}" for _ in range(RECOVERY_CODES)]
    session.add_all(
        RecoveryCode(account_id=account_id, code_hash=tokens.hash_of_code(code, f"recovery:{account_id}"))
        for code in codes
    )
    return codes


def _forget(session: WriteSession, account_id: int) -> None:
    session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account_id))
    session.execute(delete(SecondFactor).where(SecondFactor.account_id == account_id))


def _app(secret: str) -> TOTP:
    import pyotp  # noqa: PLC0415 - few requests come to a second factor, and a restart must not wait for it

    return pyotp.TOTP(secret)


def _new_secret() -> str:
    """A secret of an app, enciphered."""
    import pyotp  # noqa: PLC0415 - the same

    return _cipher().encrypt(pyotp.random_base32().encode()).decode()


def _secret(row: SecondFactor) -> str | None:
    """The secret in the clear; none when the key of the installation was changed since: then it must be reset."""
    from cryptography.fernet import InvalidToken  # noqa: PLC0415 - the same

    try:
        return _cipher().decrypt(row.secret.encode()).decode()
    except InvalidToken:
        return None


def _cipher() -> Fernet:
    from cryptography.fernet import Fernet  # noqa: PLC0415 - the same

    key = sha256(b"second factor:" + current_config().secret_key.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))
