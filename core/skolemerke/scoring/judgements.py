"""What was judged of submissions, as it stands and as it stood: read for scores, pages and the school."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from skolemerke.applications.models import Submission
from skolemerke.contract.scoring import NOT_JUDGED, Finding, Judgements
from skolemerke.scoring.models import Judgement


@dataclass(frozen=True)
class Judged:
    """The judgements of one submission as a score is made of them, up to the one of the number `up_to`."""

    up_to: int = 0
    findings: Judgements = field(default_factory=lambda: NOT_JUDGED)


NOTHING_JUDGED = Judged()


def judgements_of(session: Session, submission_id: int, up_to: int | None = None) -> dict[str, Judgement]:
    """The judgement that counts of each part of a submission; of those up to a number where one is given."""
    statement = select(Judgement).where(Judgement.submission_id == submission_id).order_by(Judgement.id)
    if up_to is not None:
        statement = statement.where(Judgement.id <= up_to)
    return {judgement.part: judgement for judgement in session.scalars(statement)}


def judged(session: Session, submission_id: int) -> Judged:
    """What was judged of one submission, as a score is made of it."""
    return judged_of_all(session, select(Submission.id).where(Submission.id == submission_id)).get(
        submission_id, NOTHING_JUDGED
    )


def judged_of_all(session: Session, submissions: Select[Any]) -> dict[int, Judged]:
    """What was judged of many submissions, by the statement for their ids; those of which nothing was are left out."""
    up_to: dict[int, int] = {}
    findings: dict[int, dict[str, Finding]] = {}
    statement = (
        select(Judgement.id, Judgement.submission_id, Judgement.part, Judgement.finding)
        .where(Judgement.submission_id.in_(submissions))
        .order_by(Judgement.id)
    )
    for row in session.execute(statement):
        up_to[row.submission_id] = row.id
        _take(findings.setdefault(row.submission_id, {}), row.part, row.finding)
    return {submission_id: Judged(last, findings[submission_id]) for submission_id, last in up_to.items()}


def findings_at(judgements: Iterable[tuple[int, str, str]], up_to: int) -> Judgements:
    """What stood up to a number, out of the number, part and finding of every judgement of a submission."""
    found: dict[str, Finding] = {}
    for number, part, finding in sorted(judgements):
        if number <= up_to:
            _take(found, part, finding)
    return found


def newest_judgement() -> Select[int, int]:
    """A statement for the number of the newest judgement of each submission that has one."""
    return select(Judgement.submission_id, func.max(Judgement.id).label("up_to")).group_by(Judgement.submission_id)


def earlier_judgements(session: Session, submission: Submission) -> Mapping[str, tuple[Submission, Judgement]]:
    """For each part the judgement that counted at the latest earlier submission of the application in which it was
    judged, with that submission."""
    found: dict[str, tuple[Submission, Judgement]] = {}
    before = (
        select(Submission, Judgement)
        .join(Judgement, Judgement.submission_id == Submission.id)
        .where(Submission.application_id == submission.application_id, Submission.number < submission.number)
        .order_by(Submission.number, Judgement.id)
    )
    for earlier, judgement in session.execute(before):
        found[judgement.part] = (earlier, judgement)
    return {part: pair for part, pair in found.items() if pair[1].finding}


def _take(findings: dict[str, Finding], part: str, finding: str) -> None:
    if finding:
        findings[part] = cast("Finding", finding)
    else:
        findings.pop(part, None)
