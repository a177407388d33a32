"""Submitting: one transaction that checks arrival, right and content, freezes everything, and gives a receipt."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from skolemerke_forms.answers import lacks
from skolemerke_forms.definition import Form
from sqlalchemy import select
from sqlalchemy.orm import Session

from skolemerke import audit, database
from skolemerke.applications.authors import authors, tell
from skolemerke.applications.beside import latest_submission
from skolemerke.applications.content import Frozen, answers_with, freeze, still_stands
from skolemerke.applications.drafts import closed_to, held, too_late
from skolemerke.applications.identifiers import new_receipt
from skolemerke.applications.models import Application, Submission
from skolemerke.applications.refusals import ApplicationRefusal, Missing, NotReady
from skolemerke.people.actors import Actor
from skolemerke.rounds.queries import UnknownRound, accepts, content

MAX_KEY = 80


@dataclass(frozen=True)
class _Arrival:
    """Who sent a draft, with which key, when it had arrived, and in which language it was written."""

    actor: Actor
    key: str
    at: datetime
    language: str


def submit(actor: Actor, application_id: int, *, key: str, arrived_at: datetime, language: str) -> Submission:
    """Submit a draft that arrived, as a whole request, at `arrived_at` (the round's time).

    `key` is made once for each page with the button: the same key gives the same submission, however often it
    comes. So does another key while nothing has changed since. A submission after a change gets the next number.
    Raises `NotReady`, `Closed` (both leave a line in the audit chain), `Refused`, `ValueError` for an unusable key.
    """
    if not 0 < len(key) <= MAX_KEY:
        raise ValueError(f"an idempotency key has 1 to {MAX_KEY} characters")
    arrival = _Arrival(actor, key, arrived_at, language)
    with database.write() as session:
        application = held(session, actor, "application.submit", application_id)
        draft = freeze(session, application)
        submission = _same(session, application, draft, key)
        refusal = None if submission else _refusal(session, application, draft, arrived_at)
        if refusal is not None:
            _note_refusal(session, arrival, application, draft, refusal)
        elif submission is None:
            submission = _insert(session, arrival, application, draft)
    if submission is None:
        # Raised after the transaction, so that the line in the audit chain stays.
        raise refusal or NotReady(())
    return database.read().get_one(Submission, submission.id)


def missing_of(form: Form, draft: Frozen) -> tuple[Missing, ...]:
    """What keeps a draft from being submitted, in the order of the form; the consent last."""
    found = [
        Missing("answer", lack.section, lack.question, lack.requirement, lack.problem)
        for lack in lacks(form, answers_with(draft.raw, draft.evidence, draft.known))
    ]
    if not draft.consent:
        found.append(Missing("consent"))
    return tuple(found)


def _same(session: Session, application: Application, draft: Frozen, key: str) -> Submission | None:
    """The submission that was sent with this key, or the latest one when the draft still says the same."""
    sent = session.scalars(
        select(Submission).where(Submission.application_id == application.id, Submission.idempotency_key == key)
    ).one_or_none()
    if sent is not None:
        return sent
    latest = latest_submission(session, application.id)
    return latest if latest is not None and still_stands(application, draft, latest) else None


def _refusal(
    session: Session, application: Application, draft: Frozen, arrived_at: datetime
) -> ApplicationRefusal | None:
    if application.settled_at is not None:
        return closed_to(session, application, arrived_at)
    round_id, agency_id = application.round_id, application.agency_id
    try:
        in_time = accepts(round_id, agency_id, arrived_at, session=session)
    except UnknownRound:
        # Without the plugin nobody can say whether this was in time.
        in_time = False
    if not in_time:
        return too_late(session, application, arrived_at)
    missing = missing_of(content(application.edition).form, draft)
    return NotReady(missing) if missing else None


def _insert(session: database.WriteSession, arrival: _Arrival, application: Application, draft: Frozen) -> Submission:
    latest = latest_submission(session, application.id)
    submission = Submission(
        application_id=application.id,
        number=latest.number + 1 if latest else 1,
        receipt=_unused_receipt(session, application.round_id),
        idempotency_key=arrival.key,
        arrived_at=arrival.at,
        edition_id=application.edition_id,
        language=arrival.language,
        raw=draft.raw,
        clean=draft.clean,
        evidence=draft.evidence,
        known=draft.known,
        consent=draft.consent,
        content_hash=draft.hash,
        account_id=arrival.actor.account_id,
    )
    session.add(submission)
    session.flush()
    audit.record(
        session,
        "application.submitted",
        f"application:{application.id}",
        actor=arrival.actor.ref,
        agency_id=application.agency_id,
        number=submission.number,
        receipt=submission.receipt,
        arrived_at=arrival.at.isoformat(),
        content_hash=draft.hash,
    )
    _send_receipts(session, application, submission)
    return submission


def _send_receipts(session: database.WriteSession, application: Application, submission: Submission) -> None:
    for account in authors(session, application.id):
        tell(
            session,
            application,
            account,
            "receipt",
            f"receipt:{submission.id}:{account.id}",
            language=submission.language if account.id == submission.account_id else "",
            submission=submission.id,
        )


def _note_refusal(
    session: database.WriteSession,
    arrival: _Arrival,
    application: Application,
    draft: Frozen,
    refusal: ApplicationRefusal,
) -> None:
    audit.record(
        session,
        "application.submission_refused",
        f"application:{application.id}",
        actor=arrival.actor.ref,
        agency_id=application.agency_id,
        arrived_at=arrival.at.isoformat(),
        content_hash=draft.hash,
        reason=str(refusal),
    )


def _unused_receipt(session: Session, round_id: str) -> str:
    while True:
        receipt = new_receipt(round_id)
        if session.scalar(select(Submission.id).where(Submission.receipt == receipt)) is None:
            return receipt
