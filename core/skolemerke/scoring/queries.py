"""What is asked about scores."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased, defer

from skolemerke import database
from skolemerke.applications import queries as applications
from skolemerke.applications.models import Application, Submission
from skolemerke.contract.scoring import ScoreSheet
from skolemerke.rounds.composition import host
from skolemerke.rounds.models import Edition
from skolemerke.rounds.queries import content
from skolemerke.scoring.models import StoredSheet
from skolemerke.scoring.scorer import Scorer


def provisional(application: Application) -> ScoreSheet:
    """What a draft would be given now; nothing is stored. Raises `CannotScore`."""
    scorer = Scorer(content(application.edition), host())
    return scorer.sheet_of(applications.answer_set(application))


def sheets_of(submission_id: int) -> Sequence[StoredSheet]:
    """The sheets of a submission, one for each edition with the newest judgements, that which counts first: the one
    under the newest edition."""
    session = database.read()
    statement = (
        select(StoredSheet)
        .where(StoredSheet.submission_id == submission_id)
        .order_by(StoredSheet.edition_id.desc(), StoredSheet.judged_up_to.desc())
    )
    newest: dict[int, StoredSheet] = {}
    for sheet in session.scalars(statement):
        newest.setdefault(sheet.edition_id, sheet)
    noted(session, submission_id, next(iter(newest), None))
    return list(newest.values())


def sheets_before_judging(submission_id: int) -> Sequence[StoredSheet]:
    """The sheets of a submission as they were before anything was judged: what its school may read before the
    release."""
    statement = (
        select(StoredSheet)
        .where(StoredSheet.submission_id == submission_id, StoredSheet.judged_up_to == 0)
        .order_by(StoredSheet.edition_id.desc())
    )
    return database.read().scalars(statement).all()


def counting_edition(session: Session, submission_id: int) -> Edition | None:
    """The edition of the sheet that counts for the decision; its text is read only where it is not known yet."""
    asked = select(newest_edition(submission_id))
    edition_id = database.once(session, _counting(submission_id), lambda: session.scalar(asked))
    return session.get(Edition, edition_id, options=[defer(Edition.content)]) if edition_id else None


def newest_edition(submission_id: Any) -> ColumnElement[int | None]:
    """A column of a statement over something that belongs to a submission: the number of that edition."""
    made = select(func.max(StoredSheet.edition_id)).where(StoredSheet.submission_id == submission_id)
    return made.scalar_subquery().label("counting_edition")


def noted(session: Session, submission_id: int, edition_id: int | None) -> None:
    """Keep for this request what such a column says of a submission."""
    database.once(session, _counting(submission_id), lambda: edition_id)


def _counting(submission_id: int) -> tuple[str, int]:
    return "counting edition", submission_id


def read_sheet(stored: StoredSheet) -> ScoreSheet:
    """A stored sheet as a value."""
    return ScoreSheet.model_validate_json(stored.sheet)


def latest_submissions(round_id: str) -> Select[Any]:
    """A statement for the ids of the submissions of a round that count: the latest of each application."""
    newest = (
        select(func.max(Submission.id))
        .join(Application, Application.id == Submission.application_id)
        .where(Application.round_id == round_id)
        .group_by(Submission.application_id)
    )
    return select(Submission.id).where(Submission.id.in_(newest))


def editions_submitted(round_id: str) -> Sequence[Edition]:
    """The editions under which the latest submissions of a round were made, the oldest first."""
    used = select(Submission.edition_id).where(Submission.id.in_(latest_submissions(round_id)))
    return database.read().scalars(select(Edition).where(Edition.id.in_(used)).order_by(Edition.id)).all()


def counting_sheets(round_id: str) -> Select[Any]:
    """A statement for the ids of the sheets that count, of all latest submissions of a round."""
    later = aliased(StoredSheet)
    is_newer = or_(
        later.edition_id > StoredSheet.edition_id,
        and_(later.edition_id == StoredSheet.edition_id, later.judged_up_to > StoredSheet.judged_up_to),
    )
    return select(StoredSheet.id).where(
        StoredSheet.submission_id.in_(latest_submissions(round_id)),
        ~exists().where(later.submission_id == StoredSheet.submission_id, is_newer),
    )


def newest_sheet_of(submission: InstrumentedAttribute[int]) -> Select[Any]:
    """A statement for the id of the sheet of one submission that counts, inside a statement over submissions."""
    of_submission = aliased(StoredSheet)
    return (
        select(of_submission.id)
        .where(of_submission.submission_id == submission)
        .order_by(of_submission.edition_id.desc(), of_submission.judged_up_to.desc(), of_submission.id.desc())
        .limit(1)
    )
