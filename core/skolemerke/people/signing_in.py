"""Signing in with what was mailed, or with an address that an identity provider vouches for.

What is mailed is a link, which opens a page with a button in any browser, and a code, which is typed in the browser
that asked. Both are two keys to one row and open it once. The code is short, so it is only taken from the browser
that asked, and only a few times.
"""

from __future__ import annotations

import re
from datetime import timedelta

from sqlalchemy import delete, func, select

from skolemerke import clock, database, outbox
from skolemerke.config import current_config
from skolemerke.database import WriteSession
from skolemerke.outbox import Mail
from skolemerke.people import identities, sessions, tokens
from skolemerke.people.mails import SIGN_IN
from skolemerke.people.models import SignInAsk, SignInSession, SignInToken
from skolemerke.people.queries import may_sign_in, usable

WINDOW = timedelta(hours=1)
"""The time in which asked-for mails are counted against the limits of the settings."""
WRONG_CODES = 5
KEPT = timedelta(days=1)
"""How long a sign-in that was asked for is kept; longer than a `WINDOW`, since the limits count them."""

MAIL, PROVIDER = "mail", "provider"
ADDRESS = re.compile(r"[^\s@<>,;:\"\\\x00-\x1f\x7f]{1,64}@[^\s@<>,;:\"\\\x00-\x1f\x7f]{1,189}")


class NotAnAddress(ValueError):
    """What was given can't be an e-mail address."""


class NotSignedIn(Exception):
    """The link or the code is wrong, used, or too old; which of these is told to nobody."""


def ask_sign_in(email: str, browser: str, language: str, source: str = "") -> None:
    """Mail a link and a code, if the address is known and no limit is reached. Raises `NotAnAddress`.

    `browser` is a random word that the asking browser keeps; the code works in it alone. `source` is the network
    address of who asks. What is answered, and what is done until then, is the same for every address: rows are
    written and, where no mail may leave, taken away.
    """
    address = normal_address(email)
    token, code = tokens.new_token(), tokens.new_code()
    now = clock.real()
    until = now + timedelta(minutes=current_config().sign_in_minutes)
    hashed = tokens.hash_of(token)
    with database.write() as session:
        database.alone(session, "sign_in.asked")
        wanted = all([may_sign_in(session, address), not _asked_too_often(session, address, source)])
        session.add(SignInAsk(source_hash=tokens.hash_of_source(source), at=now))
        session.add(_row(address, hashed, tokens.hash_of_code(code, hashed), browser, MAIL))
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


def vouched_for(email: str, browser: str) -> str:
    """Take an identity provider's word that whoever sits at this browser owns an address; gives a token that signs
    in once, as the link of a mail does. Raises `NotAnAddress`, and `NotSignedIn` when nobody registered has it."""
    address = normal_address(email)
    token = tokens.new_token()
    with database.write() as session:
        if not may_sign_in(session, address):
            raise NotSignedIn
        session.add(_row(address, tokens.hash_of(token), "", browser, PROVIDER))
    return token


def sign_in_by_token(token: str, browser: str = "", *, person: str = "", device: str = "") -> str:
    """Use a mailed link; gives the token of a new session. Raises `NotSignedIn`, and `WhichPerson` where several
    people share the address and `person` names none of them; then nothing was used up.

    Called for a pressed button, never for a visit: programs that look through mail visit links. The browser may be
    another than the one that asked, since mail is often read elsewhere.
    """
    with database.write() as session:
        row = session.scalars(
            select(SignInToken).where(SignInToken.token_hash == tokens.hash_of(token), usable()).with_for_update()
        ).first()
        opened = _use(session, row, _way(row, browser), person, device) if row else None
    if opened is None:
        raise NotSignedIn
    return opened


def sign_in_by_code(code: str, browser: str, *, person: str = "", device: str = "") -> str:
    """Use a typed code in the browser that asked; gives the token of a new session. Raises as `sign_in_by_token`."""
    with database.write() as session:
        rows = session.scalars(
            select(SignInToken)
            .where(
                SignInToken.browser_hash == tokens.hash_of(browser),
                SignInToken.attempts < WRONG_CODES,
                SignInToken.way == MAIL,
                usable(),
            )
            .order_by(SignInToken.id)
            .with_for_update()
        ).all()
        right = [row for row in rows if tokens.same(row.code_hash, tokens.hash_of_code(code, row.token_hash))]
        for row in rows:
            row.attempts += 1
        opened = _use(session, right[0], "code", person, device) if right else None
    # Raised only now: the wrong attempts must have been counted.
    if opened is None:
        raise NotSignedIn
    return opened


def forget_old() -> int:
    """Delete sign-ins that were asked for and sessions that ran out more than a day ago; gives how many."""
    before = clock.real() - KEPT
    with database.write() as session:
        old = [
            *session.scalars(delete(SignInToken).where(SignInToken.created_at < before).returning(SignInToken.id)),
            *session.scalars(delete(SignInAsk).where(SignInAsk.at < before).returning(SignInAsk.id)),
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


def _row(address: str, token_hash: str, code_hash: str, browser: str, way: str) -> SignInToken:
    now = clock.real()
    return SignInToken(
        email=address,
        token_hash=token_hash,
        code_hash=code_hash,
        browser_hash=tokens.hash_of(browser),
        created_at=now,
        expires_at=now + timedelta(minutes=current_config().sign_in_minutes),
        way=way,
    )


def _asked_too_often(session: WriteSession, address: str, source: str) -> bool:
    since, config = clock.real() - WINDOW, current_config()
    mailed = select(func.count()).select_from(SignInToken)
    mailed = mailed.where(SignInToken.created_at > since, SignInToken.way == MAIL)
    here = select(func.count()).select_from(SignInAsk)
    here = here.where(SignInAsk.source_hash == tokens.hash_of_source(source), SignInAsk.at > since)
    to_address, from_here, by_all = session.execute(
        select(
            mailed.where(SignInToken.email == address).scalar_subquery(),
            here.scalar_subquery(),
            mailed.scalar_subquery(),
        )
    ).one()
    return bool(
        to_address >= config.sign_in_mails_per_address
        or (source and from_here >= config.sign_in_mails_per_network)
        or by_all >= config.sign_in_mails_per_hour
    )


def _way(row: SignInToken, browser: str) -> str:
    if row.way == PROVIDER:
        return PROVIDER
    return "link" if tokens.same(row.browser_hash, tokens.hash_of(browser)) else "link in another browser"


def _use(session: WriteSession, row: SignInToken, way: str, person: str, device: str) -> str | None:
    """Use a row up and begin a session, unless its address is no longer that of anybody registered."""
    row.used_at = clock.real()
    account = identities.account_behind(session, row.email, person)
    if account is None:
        return None
    return sessions.begin(session, account.id, way, device)
