"""What stands beside a draft: evidence, submissions, declarations, changes of its form that nobody has read yet.

Each is read once for a request. A page that reads its application asks in the same statement which of them there are
(`there_are`), and nothing is asked for that is not there. An operation reads anew each time.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, bindparam, exists, literal, select
from sqlalchemy.orm import Session, aliased, joinedload

from skolemerke import database
from skolemerke.applications.models import Application, Declaration, EditionChange, Evidence, Submission, stands
from skolemerke.rounds.models import Edition


def standing_evidence(session: Session, application_id: int) -> Sequence[Evidence]:
    """The evidence that stands by the questions of a draft now, oldest first; not the signed paper."""
    return _once(session, "evidence", application_id, _STANDING)


def submissions_of(session: Session, application_id: int) -> Sequence[Submission]:
    """The submissions of an application, newest first."""
    return _once(session, "submissions", application_id, _SUBMISSIONS)


def latest_submission(session: Session, application_id: int) -> Submission | None:
    """The submission that counts."""
    if isinstance(session, database.ReadSession):
        return next(iter(submissions_of(session, application_id)), None)
    return session.scalars(_SUBMISSIONS.limit(1), {"application": application_id}).first()


def declarations_of(session: Session, application_id: int) -> Sequence[Declaration]:
    """Every declaration that was asked for or uploaded, newest first."""
    return _once(session, "declarations", application_id, _DECLARATIONS)


def unseen_changes(session: Session, application_id: int) -> Sequence[EditionChange]:
    """The changes of the form that the applicants have not read yet, oldest first."""
    return _once(session, "unseen", application_id, _UNSEEN)


def has_earlier(session: Session, application: Application) -> bool:
    """Whether its school submitted something in a round before this one."""
    asked = select(_sent_earlier(Application)).where(Application.id == application.id)
    return database.once(session, ("earlier", application.id), lambda: bool(session.scalar(asked)))


def there_are() -> list[ColumnElement[bool]]:
    """Columns of a statement that reads applications: which of these stand beside each."""
    beside = Application.id
    return [
        exists().where(Evidence.application_id == beside, stands()).label("evidence"),
        exists().where(Submission.application_id == beside).label("submissions"),
        exists().where(Declaration.application_id == beside).label("declarations"),
        exists().where(EditionChange.application_id == beside, EditionChange.seen_at.is_(None)).label("unseen"),
        _sent_earlier(Application).label("earlier"),
    ]


def noted(session: database.ReadSession, application_id: int, row: Any) -> None:
    """Keep for this request which of them a row of such a statement says that there are not."""
    for name in ("evidence", "submissions", "declarations", "unseen"):
        if not getattr(row, name):
            database.once(session, (name, application_id), tuple)
    database.once(session, ("earlier", application_id), lambda: bool(row.earlier))


def _sent_earlier(application: type[Application]) -> ColumnElement[bool]:
    other, sent = aliased(Application), aliased(Submission)
    return (
        exists(literal(1))
        .where(
            sent.application_id == other.id,
            other.school_id == application.school_id,
            other.id != application.id,
            sent.arrived_at < application.created_at,
        )
        .correlate(application)
    )


def _once(session: Session, what: str, application_id: int, statement: Any) -> Sequence[Any]:
    return database.once(
        session, (what, application_id), lambda: session.scalars(statement, {"application": application_id}).all()
    )


# Made once: what SQLAlchemy works out of a statement, it keeps with it.
_OF: ColumnElement[Any] = bindparam("application")
_STANDING = select(Evidence).where(Evidence.application_id == _OF, stands()).order_by(Evidence.id)
_SUBMISSIONS = (
    select(Submission)
    .where(Submission.application_id == _OF)
    .order_by(Submission.number.desc())
    # What an edition froze is mostly known already, by its hash.
    .options(joinedload(Submission.edition, innerjoin=True).defer(Edition.content))
)
_DECLARATIONS = select(Declaration).where(Declaration.application_id == _OF).order_by(Declaration.id.desc())
_UNSEEN = (
    select(EditionChange)
    .where(EditionChange.application_id == _OF, EditionChange.seen_at.is_(None))
    .order_by(EditionChange.id)
    .options(
        joinedload(EditionChange.before, innerjoin=True).defer(Edition.content),
        joinedload(EditionChange.after, innerjoin=True).defer(Edition.content),
    )
)
