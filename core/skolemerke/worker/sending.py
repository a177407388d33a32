"""Sends the mail that is due.

A row is claimed by one write that only one worker can win; then it is written and handed over outside any
transaction; then it is settled by a second write. A worker that dies in between leaves the row in `sending`: the next
one queues it again, so that nobody is left out, at the price of a second copy for at most one reader for each death.
A mail server that took the whole mail and never answered leaves it `unknown`: it is listed, and sent again by hand or
after `mail.resend_unknown_minutes`. Whatever is sent again has the same Message-ID.
"""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass, replace
from datetime import timedelta
from email.message import EmailMessage
from typing import NamedTuple

from sqlalchemy import ColumnElement, select, update

from skolemerke import clock, database, outbox
from skolemerke.config import current_config
from skolemerke.mailing import operations as mailing
from skolemerke.mailing import queries as mail_queries
from skolemerke.mailing.models import ASKED, REFUSED, Suppression
from skolemerke.outbox import FAILED, QUEUED, SENDING, SENT, UNKNOWN, Mail
from skolemerke.worker import alive, letters, transport

WAITS = (1, 2, 5, 15, 60, 120, 240, 480, 480, 480, 480)
"""Minutes before each further attempt: somewhat less than two days in all."""
LOST_AFTER = timedelta(minutes=10)
"""After so long a worker counts as dead also where it can't be asked."""
LOST = "a worker ended while it was sending this mail; it is sent again with the same Message-ID"
LOST_TOO_OFTEN = "workers ended %d times while they were sending this mail; whether it left is not known"
DEATHS = 3
"""A mail at which so many workers in a row have died may be what kills them."""
MAX_ERROR = 2000
AT_ONCE = 25
"""How many rows are looked up at once. A sign-in mail that comes in meanwhile waits for at most so many others."""

log = logging.getLogger("skolemerke.worker")


@dataclass(frozen=True)
class SendReport:
    """What one run did. `withheld` were not sent because their address gets no mail; of the `unknown` nobody knows
    whether they left."""

    sent: int = 0
    failed: int = 0
    retried: int = 0
    unknown: int = 0
    withheld: int = 0


class Claim(NamedTuple):
    """A row that this worker alone may send now."""

    mail_id: int
    attempts: int
    is_secret: bool


class Pace:
    """Keeps to so many mails a minute, over all runs of this process."""

    def __init__(self) -> None:
        self._next = 0.0
        self._lock = threading.Lock()

    def wait(self, stopping: threading.Event) -> None:
        """Wait until the next mail may leave. Files may leave at any time."""
        settings = current_config().mail
        if not settings.server:
            return
        with self._lock:
            now = clock.real().timestamp()
            step = 60 / settings.per_minute
            # Never more than a step ahead: the world's clock may be set back.
            turn = min(max(self._next, now), now + step)
            self._next = turn + step
        stopping.wait(turn - now)


_pace = Pace()


def send_due(limit: int | None = None, stopping: threading.Event | None = None) -> SendReport:
    """Send what is due, those of secret kinds first; ends early when `stopping` is set or the mail server is away."""
    stopping = stopping or threading.Event()
    report = SendReport(unknown=_take_up_lost())
    _resend_unknown()
    tried = 0
    with transport.opened() as post:
        while not stopping.is_set():
            found = _due(AT_ONCE if limit is None else min(AT_ONCE, limit - tried))
            for mail_id in found:
                _pace.wait(stopping)
                if stopping.is_set():
                    break
                try:
                    outcome = _send(mail_id, post)
                except transport.NoServer as error:
                    log.warning("mail waits: %s", error)
                    return _count(report, "retried")
                report = _count(report, outcome)
                tried += bool(outcome)
            if not found:
                break
    return report


def _due(count: int) -> list[int]:
    """The next rows; sign-in mails come before all others, since somebody waits for them."""
    if count <= 0:
        return []
    secret = Mail.kind.in_(sorted(outbox.of().secret_kinds))
    due = select(Mail.id).where(Mail.state == QUEUED, Mail.due_at <= clock.real()).order_by(Mail.due_at, Mail.id)
    session = database.read()
    # What other workers have taken meanwhile must not be read from an old snapshot.
    session.rollback()
    found = session.scalars(due.where(secret).limit(count)).all() or session.scalars(due.limit(count)).all()
    session.rollback()
    return list(found)


def _send(mail_id: int, post: transport.Post) -> str:
    """Send one mail, unless another worker has taken it; gives what became of it. Raises `NoServer`."""
    claim = _claim(mail_id)
    if claim is None:
        return ""
    try:
        mail, message = _message(mail_id)
    except _Withheld as reason:
        _settle(claim, FAILED, str(reason))
        return "withheld"
    except Exception as error:  # noqa: BLE001 - whatever is wrong with one mail must not keep the others
        log.warning("mail %d can't be written: %s", mail_id, type(error).__name__)
        return _settle(claim, FAILED, f"can't be written: {type(error).__name__}: {error}")
    return _hand_over(claim, mail, message, post)


def _hand_over(claim: Claim, mail: Mail, message: EmailMessage, post: transport.Post) -> str:
    try:
        post.send(message, claim.mail_id)
    except transport.Never as error:
        if error.no_mailbox:
            mailing.note_refused(mail, str(error)[:MAX_ERROR])
        return _settle(claim, FAILED, str(error))
    except transport.Unsure as error:
        return _settle(claim, FAILED if claim.is_secret else UNKNOWN, str(error))
    except transport.TryLater as error:
        settled = _put_back(claim, str(error))
        if isinstance(error, transport.NoServer):
            raise
        return settled
    settled = _settle(claim, SENT, "")
    if claim.is_secret and REFUSED in mail_queries.standing(mail.address):
        mailing.note_accepted(mail)
    return settled


class _Withheld(Exception):
    """The address of a mail gets none; the text says why."""


def _message(mail_id: int) -> tuple[Mail, EmailMessage]:
    session = database.read()
    mail = session.get_one(Mail, mail_id)
    kept = mail_queries.keeps(mail)
    if kept is not None:
        raise _Withheld(_why_withheld(kept))
    message = letters.message_of(mail, outbox.render(mail))
    session.expunge(mail)
    # No snapshot is held while the server is talked to.
    session.rollback()
    return mail, message


def _why_withheld(kept: Suppression) -> str:
    if kept.cause == ASKED:
        return "not sent: this person asked for no more mail of this sort"
    return f"not sent: mail to this address is stopped ({kept.cause}: {kept.detail})"


def _claim(mail_id: int) -> Claim | None:
    """Take a row for this worker. `due_at` then says since when it is being sent."""
    taken = (
        update(Mail)
        .where(_still_queued(mail_id))
        .values(
            state=SENDING,
            attempts=Mail.attempts + 1,
            due_at=clock.real(),
            error="",
            claimed_by=alive.name_here(current_config().instance),
        )
        .returning(Mail.id, Mail.kind, Mail.attempts)
    )
    with database.write() as session:
        row = session.execute(taken).one_or_none()
    return Claim(row.id, row.attempts, row.kind in outbox.of().secret_kinds) if row else None


def _still_queued(mail_id: int) -> ColumnElement[bool]:
    return (Mail.id == mail_id) & (Mail.state == QUEUED)


def _settle(claim: Claim, state: str, error: str) -> str:
    """Note how it ended, and wipe what a secret kind carried."""
    values: dict[str, object] = {"state": state, "error": error[:MAX_ERROR], "claimed_by": ""}
    if state == SENT:
        values["sent_at"] = clock.now()
    if state == UNKNOWN:
        values["due_at"] = clock.real()
    if claim.is_secret:
        values["payload"] = {}
    _change(Mail.id == claim.mail_id, values)
    return state


def _put_back(claim: Claim, error: str) -> str:
    """Let a mail wait for its next attempt, or give up after the last."""
    if claim.attempts > len(WAITS):
        return _settle(claim, FAILED, f"given up after {claim.attempts} attempts: {error}")
    due = clock.real() + timedelta(minutes=WAITS[claim.attempts - 1])
    values: dict[str, object] = {"state": QUEUED, "due_at": due, "error": error[:MAX_ERROR], "claimed_by": ""}
    _change(Mail.id == claim.mail_id, values)
    return "retried"


def _take_up_lost() -> int:
    """Queue what a worker that died left behind; gives how many are listed instead, since it happened too often.

    A sign-in mail that came too late says so itself when it is written.
    """
    instance = current_config().instance
    session = database.read()
    session.rollback()
    sending = select(Mail.id, Mail.attempts, Mail.due_at, Mail.claimed_by).where(Mail.state == SENDING)
    rows = session.execute(sending).all()
    session.rollback()
    dead = {name for name in {row.claimed_by for row in rows} if alive.is_dead(instance, name)}
    listed = 0
    for row in rows:
        if row.claimed_by not in dead and row.due_at >= clock.real() - LOST_AFTER:
            continue
        values: dict[str, object] = {"state": QUEUED, "error": LOST, "due_at": clock.real(), "claimed_by": ""}
        if row.attempts >= DEATHS:
            values |= {"state": UNKNOWN, "error": LOST_TOO_OFTEN % row.attempts}
        # Another worker may have taken it up meanwhile, and a slow one may have settled it.
        same = (Mail.id == row.id) & (Mail.state == SENDING) & (Mail.attempts == row.attempts)
        if _change(same, values) and values["state"] == UNKNOWN:
            listed += 1
    for name in dead:
        alive.clear(instance, name)
    return listed


def _resend_unknown() -> None:
    """Queue what has been unknown for as long as the setting says, where it says so."""
    minutes = current_config().mail.resend_unknown_minutes
    if not minutes:
        return
    waited = (Mail.state == UNKNOWN) & (Mail.due_at <= clock.real() - timedelta(minutes=minutes))
    with database.write() as session:
        session.execute(
            update(Mail).where(waited, Mail.attempts <= len(WAITS)).values(state=QUEUED, due_at=clock.real())
        )


def _change(condition: ColumnElement[bool], values: dict[str, object]) -> bool:
    """Change the row of a condition; false when there is none."""
    with database.write() as session:
        changed = session.scalar(update(Mail).where(condition).values(**values).returning(Mail.id))
    return changed is not None


def _count(report: SendReport, outcome: str) -> SendReport:
    return replace(report, **{outcome: getattr(report, outcome) + 1}) if outcome else report
