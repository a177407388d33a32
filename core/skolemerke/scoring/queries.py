"""What is asked about scores."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from skolemerke import database
from skolemerke.applications import queries as applications
from skolemerke.applications.models import Application, Submission
from skolemerke.contract.scoring import ScoreSheet
from skolemerke.rounds.composition import host
from skolemerke.rounds.queries import content
from skolemerke.scoring.models import StoredSheet
from skolemerke.scoring.scorer import Scorer


def provisional(application: Application) -> ScoreSheet:
    """What a draft would be given now; nothing is stored. Raises `CannotScore`."""
    scorer = Scorer(content(application.edition), host())
    return scorer.sheet_of(applications.answer_set(application))


def sheets_of(submission_id: int) -> Sequence[StoredSheet]:
    """The sheets of a submission, that which counts first: the one under the newest edition."""
    statement = (
        select(StoredSheet).where(StoredSheet.submission_id == submission_id).order_by(StoredSheet.edition_id.desc())
    )
    return database.read().scalars(statement).all()


def counting_sheet(submission_id: int) -> StoredSheet | None:
    """The sheet that counts for the decision: the one under the newest edition."""
    return next(iter(sheets_of(submission_id)), None)


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


def counting_sheets(round_id: str) -> Select[Any]:
    """A statement for the ids of the sheets that count, of all latest submissions of a round."""
    newest = (
        select(StoredSheet.submission_id, func.max(StoredSheet.edition_id).label("edition_id"))
        .where(StoredSheet.submission_id.in_(latest_submissions(round_id)))
        .group_by(StoredSheet.submission_id)
        .subquery()
    )
    return select(StoredSheet.id).join(
        newest,
        (newest.c.submission_id == StoredSheet.submission_id) & (newest.c.edition_id == StoredSheet.edition_id),
    )


def newest_sheet_of(submission: InstrumentedAttribute[int]) -> Select[Any]:
    """A statement for the id of the sheet of one submission that counts, inside a statement over submissions."""
    of_submission = aliased(StoredSheet)
    return (
        select(of_submission.id)
        .where(of_submission.submission_id == submission)
        .order_by(of_submission.edition_id.desc(), of_submission.id.desc())
        .limit(1)
    )
