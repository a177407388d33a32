"""What was judged of each part of an application, as its school reads it: with the released result, never before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from skolemerke import database
from skolemerke.applications.content import form_said
from skolemerke.decisions.models import Decision
from skolemerke.scoring.models import Judgement
from skolemerke.scoring.queries import counting_edition


@dataclass(frozen=True)
class PartFeedback:
    """A part of the form with what was found of it (`fulfilled`, `not_fulfilled`, or empty) and the words for the
    school. The note for colleagues is not among it."""

    part: str
    title: str
    finding: str
    feedback: str


def released_feedback(decision: Decision | None, language: str) -> tuple[PartFeedback, ...]:
    """The judged parts of the submission of a released decision, in the order of the form; none before the release."""
    if decision is None or decision.released_at is None:
        return ()
    read = database.read()
    found = {judgement.part: judgement for judgement in decision.judgements}
    if not found:
        return ()
    edition = counting_edition(read, decision.submission_id) or decision.submission.edition
    return tuple(
        PartFeedback(section.id, section.title, found[section.id].finding, found[section.id].feedback)
        for section in form_said(edition, language).sections
        if section.id in found and _is_told(found[section.id].finding, found[section.id].feedback)
    )


def with_feedback(session: Session, submissions: Sequence[int]) -> set[int]:
    """Those of some submissions (a few hundred ids at most) of which a school will read something part by part."""
    rows = session.execute(
        select(Judgement.submission_id, Judgement.part, Judgement.finding, Judgement.feedback)
        .where(Judgement.submission_id.in_(submissions))
        .order_by(Judgement.id)
    )
    told = {(row.submission_id, row.part): _is_told(row.finding, row.feedback) for row in rows}
    return {submission for (submission, _part), is_told in told.items() if is_told}


def _is_told(finding: str, feedback: str) -> bool:
    return bool(finding or feedback)
