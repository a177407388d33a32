"""Sends the mail that is due.

A row is claimed by one write that only one worker can win; then it is written and handed over outside any
transaction; then it is settled by a second write. A worker that dies in between leaves the row in `sending`: nobody
knows whether that mail left, so it is listed for a human and not sent again by itself. A mail that is tried again
has the same Message-ID.
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
from skolemerke.outbox import FAILED, QUEUED, SENDING, SENT, UNKNOWN, Mail
from skolemerke.worker import letters, transport

WAITS = (1, 2, 5, 15, 60, 120, 240, 480, 480, 480, 480)
"""Minutes before each further attempt: somewhat less than two days in all."""
LOST_AFTER = timedelta(minutes=10)
LOST = "a worker ended while it was sending this mail; whether it left is not known"
MAX_ERROR = 2000
AT_ONCE = 25
"""How many rows are looked up at once. A sign-in mail that comes in meanwhile waits for at most so many others."""

log = logging.getLogger("skolemerke.worker")


@dataclass(frozen=True)
class SendReport:
    """What one run did; `unknown` are mails that an earlier run left without telling whether it had sent them."""

    sent: int = 0
    failed: int = 0
    retried: int = 0
    unknown: int = 0


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
    report = SendReport(**_settle_lost())
    before = _tried(report)
    with transport.opened() as post:
        while not stopping.is_set():
            found = _due(AT_ONCE if limit is None else min(AT_ONCE, limit - _tried(report) + before))
            for mail_id in found:
                _pace.wait(stopping)
                if stopping.is_set():
                    break
                try:
                    report = _count(report, _send(mail_id, post))
                except transport.NoServer as error:
                    log.warning("mail waits: %s", error)
                    return _count(report, "retried")
            if not found:
                break
    return report


def lost() -> list[Mail]:
    """The mails of which nobody knows whether they left, oldest first."""
    return list(database.read().scalars(select(Mail).where(Mail.state == UNKNOWN).order_by(Mail.id)))


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
        message = _message(mail_id)
    except Exception as error:  # noqa: BLE001 - whatever is wrong with one mail must not keep the others
        log.warning("mail %d can't be written: %s", mail_id, type(error).__name__)
        return _settle(claim, FAILED, f"can't be written: {type(error).__name__}: {error}")
    try:
        post.send(message, mail_id)
    except transport.Never as error:
        return _settle(claim, FAILED, str(error))
    except transport.TryLater as error:
        settled = _put_back(claim, str(error))
        if isinstance(error, transport.NoServer):
            raise
        return settled
    return _settle(claim, SENT, "")


def _message(mail_id: int) -> EmailMessage:
    session = database.read()
    mail = session.get_one(Mail, mail_id)
    message = letters.message_of(mail, outbox.render(mail))
    # No snapshot is held while the server is talked to.
    session.rollback()
    return message


def _claim(mail_id: int) -> Claim | None:
    """Take a row for this worker. `due_at` then says since when it is being sent."""
    taken = (
        update(Mail)
        .where(_still_queued(mail_id))
        .values(state=SENDING, attempts=Mail.attempts + 1, due_at=clock.real(), error="")
        .returning(Mail.id, Mail.kind, Mail.attempts)
    )
    with database.write() as session:
        row = session.execute(taken).one_or_none()
    return Claim(row.id, row.attempts, row.kind in outbox.of().secret_kinds) if row else None


def _still_queued(mail_id: int) -> ColumnElement[bool]:
    return (Mail.id == mail_id) & (Mail.state == QUEUED)


def _settle(claim: Claim, state: str, error: str) -> str:
    """Note how it ended, and wipe what a secret kind carried."""
    values: dict[str, object] = {"state": state, "error": error[:MAX_ERROR]}
    if state == SENT:
        values["sent_at"] = clock.now()
    if claim.is_secret:
        values["payload"] = {}
    _change(Mail.id == claim.mail_id, values)
    return state


def _put_back(claim: Claim, error: str) -> str:
    """Let a mail wait for its next attempt, or give up after the last."""
    if claim.attempts > len(WAITS):
        return _settle(claim, FAILED, f"given up after {claim.attempts} attempts: {error}")
    due = clock.real() + timedelta(minutes=WAITS[claim.attempts - 1])
    _change(Mail.id == claim.mail_id, {"state": QUEUED, "due_at": due, "error": error[:MAX_ERROR]})
    return "retried"


def _settle_lost() -> dict[str, int]:
    """Settle what a worker that died left behind. Whoever waited for a sign-in mail has asked again by now."""
    left = (Mail.state == SENDING) & (Mail.due_at < clock.real() - LOST_AFTER)
    session = database.read()
    session.rollback()
    rows = session.execute(select(Mail.id, Mail.kind).where(left)).all()
    session.rollback()
    counts = {"failed": 0, "unknown": 0}
    for mail_id, kind in rows:
        values: dict[str, object] = {"state": UNKNOWN, "error": LOST}
        if kind in outbox.of().secret_kinds:
            values |= {"state": FAILED, "payload": {}}
        if _change((Mail.id == mail_id) & left, values):
            counts[str(values["state"])] += 1
    return counts


def _change(condition: ColumnElement[bool], values: dict[str, object]) -> bool:
    """Change the row of a condition; false when there is none."""
    with database.write() as session:
        changed = session.scalar(update(Mail).where(condition).values(**values).returning(Mail.id))
    return changed is not None


def _count(report: SendReport, outcome: str) -> SendReport:
    return replace(report, **{outcome: getattr(report, outcome) + 1}) if outcome else report


def _tried(report: SendReport) -> int:
    return report.sent + report.failed + report.retried
