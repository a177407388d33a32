"""What a signature holds for: the exact content, by its hash.

A declaration is valid for the draft or the submission whose content hash it bears; any change makes another hash.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy.orm import Session

from skolemerke.applications.beside import declarations_of, latest_submission, submissions_of
from skolemerke.applications.content import Frozen, freeze, still_stands
from skolemerke.applications.drafts import closed, dates_of, takes_changes, zone_of
from skolemerke.applications.models import Application, Declaration, Submission
from skolemerke.applications.refusals import Closed
from skolemerke.rounds.models import Edition
from skolemerke.rounds.stored import record_of
from skolemerke.speech import marked as _

ASKED, SIGNED, DECLINED, PAPER, RETURNED, OUTDATED = "asked", "signed", "declined", "paper", "returned", "outdated"
State = Literal["none", "asked", "signed", "declined", "paper", "returned", "outdated"]


@dataclass(frozen=True)
class Signable:
    """A content that can be signed: the draft as it is now, or the latest submission."""

    content: Frozen
    edition: Edition
    submission: Submission | None = None


@dataclass(frozen=True)
class DeclarationStatus:
    """Where the declaration of an application stands, and until when it can be signed."""

    state: State
    declaration: Declaration | None
    due: datetime | None


MARK = 16
"""So many digits of a content hash stand on paper, so that two pages can be compared by eye."""


def mark_of(content_hash: str) -> str:
    """The mark by which a sheet of paper names the content that is signed on it."""
    return content_hash[:MARK]


def of_draft(session: Session, application: Application) -> Signable:
    """The draft as it is now."""
    return Signable(freeze(session, application), application.edition)


def of_submission(submission: Submission) -> Signable:
    """What was submitted."""
    frozen = Frozen(
        submission.raw,
        submission.clean,
        submission.evidence,
        submission.known,
        submission.consent,
        submission.content_hash,
    )
    return Signable(frozen, submission.edition, submission)


def to_be_signed(session: Session, application: Application, at: datetime) -> Signable | None:
    """What the head of the school is asked to sign: the submission while the draft says the same or can't be sent
    any more, else the draft; none when the round has ended and nothing was submitted."""
    draft = of_draft(session, application)
    submission = latest_submission(session, application.id)
    is_open = takes_changes(session, application, at)
    if submission is None:
        return draft if is_open else None
    if not is_open or still_stands(application, draft.content, submission):
        return of_submission(submission)
    return draft


def content_under(session: Session, application: Application, declaration: Declaration) -> Signable | None:
    """The submission or the draft that a declaration speaks of; none when the content has gone on."""
    sent = submissions_of(session, application.id)
    submission = next((one for one in sent if one.content_hash == declaration.content_hash), None)
    if submission is not None:
        return of_submission(submission)
    draft = of_draft(session, application)
    return draft if draft.content.hash == declaration.content_hash else None


def holds(session: Session, application: Application, declaration: Declaration) -> bool:
    """Whether a declaration speaks of the draft as it is now or of the submission that counts."""
    submission = latest_submission(session, application.id)
    if submission is not None and submission.content_hash == declaration.content_hash:
        return True
    return of_draft(session, application).content.hash == declaration.content_hash


def signed_for(declarations: Sequence[Declaration], content_hash: str) -> Declaration | None:
    """The newest signature for exactly a content."""
    return next((d for d in declarations if d.state == SIGNED and d.content_hash == content_hash), None)


def declaration_status(session: Session, application: Application, at: datetime) -> DeclarationStatus:
    """Where the declaration of an application stands."""
    dates = dates_of(session, application.round_id, application.agency_id)
    due = dates.signatures_due if dates else None
    declarations = declarations_of(session, application.id)
    if not declarations:
        return DeclarationStatus("none", None, due)
    target = to_be_signed(session, application, at)
    wanted = target.content.hash if target else ""
    signed = signed_for(declarations, wanted)
    if signed is not None:
        return DeclarationStatus("signed", signed, due)
    newest = declarations[0]
    return DeclarationStatus(state_now(newest, newest.content_hash == wanted), newest, due)


def state_now(declaration: Declaration, is_current: bool) -> State:
    """The state of a declaration, given whether its content is still the one that counts."""
    states: dict[str, State] = {ASKED: "asked", SIGNED: "signed", DECLINED: "declined", PAPER: "paper"}
    if declaration.state == DECLINED:
        return "declined"
    if declaration.state == RETURNED:
        return "returned"
    return states.get(declaration.state, "outdated") if is_current else "outdated"


def require_signing(session: Session, application: Application, at: datetime) -> None:
    """Raise `Closed` unless signatures are taken: from the opening until the day on which they are due."""
    refusal = why_not_signing(session, application, at)
    if refusal is not None:
        raise refusal


def why_not_signing(session: Session, application: Application, at: datetime) -> Closed | None:
    """Why no signature is taken at an instant; none when it is. A paused round takes what it is sent."""
    round_id, agency_id = application.round_id, application.agency_id
    record = record_of(session, round_id)
    dates = dates_of(session, round_id, agency_id)
    if record is None or record.opened_at is None:
        return closed(session, round_id, agency_id, at)
    if dates is None:
        return None
    if at < dates.opens:
        return closed(session, round_id, agency_id, at)
    if at > dates.signatures_due:
        return Closed(
            _("Signatures were taken until %(due)s."), zone=zone_of(session, agency_id), due=dates.signatures_due
        )
    return None
