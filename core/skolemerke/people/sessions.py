"""Sessions on the server: who holds one, what is still to be done before it opens anything, and ending them.

A session opens nothing while its holder owes a second factor. One of staff also ends when it was not used for
`staff_idle_minutes`, one at a computer that many use after `shared_idle_minutes`; every session ends `session_days`
after it began, at such a computer after `SHARED_LASTS`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import ColumnElement, bindparam, select, update

from skolemerke import audit, clock, database
from skolemerke.config import current_config
from skolemerke.database import WriteSession
from skolemerke.people import tokens
from skolemerke.people.actors import Actor
from skolemerke.people.models import Account, SecondFactor, SignInSession
from skolemerke.people.who import WHO, actor_in
from skolemerke.registry.queries import today

Step = Literal["whole", "second_factor", "set_up"]
"""What a session still needs: nothing, the second factor, or that one is set up."""

NOTED_EVERY = timedelta(hours=1)
"""How exactly it is noted when a session was last used; where it ends when it rests, to a tenth of that time."""


SHARED_LASTS = timedelta(hours=12)
"""How long a session lasts at most at a computer that many use."""


@dataclass(frozen=True)
class Standing:
    """A live session: whose it is and whether that is staff, what it still needs, whether its use should be noted, and
    whether many use the computer."""

    session_id: int
    actor: Actor
    has_role: bool
    step: Step
    is_to_be_noted: bool
    is_shared: bool


# Made once; who asks and how the session stands are one question to the database.
_OF_SESSION = (
    WHO.add_columns(SignInSession.id.label("session"), SignInSession.seen_at, SignInSession.second_factor_at)
    .add_columns(SecondFactor.confirmed_at, SignInSession.is_shared)
    .join(SignInSession, SignInSession.account_id == Account.id)
    .outerjoin(SecondFactor, SecondFactor.account_id == Account.id)
    .where(
        SignInSession.token_hash == bindparam("token"),
        SignInSession.ended_at.is_(None),
        SignInSession.expires_at > bindparam("now"),
    )
)


def standing_of(token: str | None) -> Standing | None:
    """How the session of a token stands; none when it never was, has run out, was ended, or staff let it rest."""
    if not token:
        return None
    rows = database.rows(_OF_SESSION, token=tokens.hash_of(token), now=clock.real(), day=today()).all()
    if not rows:
        return None
    first, has_role = rows[0], any(row.role for row in rows)
    config, rested = current_config(), clock.real() - first.seen_at
    limits = [(has_role, config.staff_idle_minutes), (first.is_shared, config.shared_idle_minutes)]
    idle = min((timedelta(minutes=minutes) for holds, minutes in limits if holds), default=None)
    if idle is not None and rested >= idle:
        return None
    step: Step = "whole"
    if first.second_factor_at is None and first.confirmed_at is not None:
        step = "second_factor"
    elif first.second_factor_at is None and has_role and config.second_factor_required:
        step = "set_up"
    is_to_be_noted = rested >= (min(idle / 10, NOTED_EVERY) if idle else NOTED_EVERY)
    return Standing(first.session, actor_in(rows), has_role, step, is_to_be_noted, first.is_shared)


def is_live() -> ColumnElement[bool]:
    """The condition that a session was not ended and has not run out."""
    return SignInSession.ended_at.is_(None) & (SignInSession.expires_at > clock.real())


def live_sessions(account_id: int) -> Sequence[SignInSession]:
    """Where an account is signed in, the last used first."""
    return (
        database.read()
        .scalars(
            select(SignInSession)
            .where(SignInSession.account_id == account_id, is_live())
            .order_by(SignInSession.seen_at.desc(), SignInSession.id.desc())
        )
        .all()
    )


def begin(session: WriteSession, account_id: int, way: str, device: str = "") -> str:
    """Begin a session within the operation that let somebody in; gives its token."""
    token, now = tokens.new_token(), clock.real()
    session.add(
        SignInSession(
            token_hash=tokens.hash_of(token),
            account_id=account_id,
            created_at=now,
            expires_at=now + timedelta(days=current_config().session_days),
            seen_at=now,
            device=device[:40],
        )
    )
    subject = f"account:{account_id}"
    audit.record(session, "account.signed_in", subject, actor=subject, by=way)
    return token


def open_session(account_id: int, device: str = "") -> str:
    """Begin a session of an account; gives its token. For the doors of a demo: whoever calls it has let them in."""
    with database.write() as session:
        return begin(session, account_id, "door", device)


def note_use(session_id: int) -> None:
    """Note that a session was used now."""
    with database.write() as session:
        session.execute(update(SignInSession).where(SignInSession.id == session_id).values(seen_at=clock.real()))


def set_shared(token: str, is_shared: bool) -> None:
    """Note whether many use the computer where a session is held: then it ends sooner."""
    with database.write() as session:
        row = session.scalars(
            select(SignInSession).where(SignInSession.token_hash == tokens.hash_of(token), is_live()).with_for_update()
        ).first()
        if row is not None:
            lasts = SHARED_LASTS if is_shared else timedelta(days=current_config().session_days)
            row.is_shared, row.expires_at = is_shared, row.created_at + lasts


def sign_out(token: str) -> None:
    """End a session on the server; its token is worth nothing afterwards."""
    with database.write() as session:
        _end(session, SignInSession.token_hash == tokens.hash_of(token), "account.signed_out")


def end_session(account_id: int, session_id: int) -> bool:
    """End one session of an account, at its next request; false when the account has no such session."""
    with database.write() as session:
        mine = (SignInSession.account_id == account_id) & (SignInSession.id == session_id)
        return _end(session, mine, "account.session_ended") > 0


def end_others(account_id: int, token: str) -> int:
    """End every session of an account but the one of this token; gives how many."""
    with database.write() as session:
        others = (SignInSession.account_id == account_id) & (SignInSession.token_hash != tokens.hash_of(token))
        return _end(session, others, "account.session_ended")


def end_all(session: WriteSession, account_id: int, actor: str) -> int:
    """End every session of an account, within the operation that demands it; gives how many."""
    return _end(session, SignInSession.account_id == account_id, "account.session_ended", actor)


def _end(session: WriteSession, which: ColumnElement[bool], verb: str, actor: str = "") -> int:
    rows = session.scalars(select(SignInSession).where(which, SignInSession.ended_at.is_(None)).with_for_update()).all()
    for row in rows:
        row.ended_at = clock.real()
        subject = f"account:{row.account_id}"
        audit.record(session, verb, subject, actor=actor or subject)
    return len(rows)


def renewed(session: WriteSession, token: str, at: datetime) -> tuple[SignInSession, str] | None:
    """The live session of a token, with a new token in place of the old and the second factor given at an instant."""
    row = session.scalars(
        select(SignInSession).where(SignInSession.token_hash == tokens.hash_of(token), is_live()).with_for_update()
    ).first()
    if row is None:
        return None
    fresh = tokens.new_token()
    row.token_hash, row.second_factor_at, row.seen_at = tokens.hash_of(fresh), at, at
    return row, fresh
