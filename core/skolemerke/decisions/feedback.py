"""What was judged of each part of an application, as its school reads it: with the released result, never before."""

from __future__ import annotations

from dataclasses import dataclass

from skolemerke import database
from skolemerke.applications.content import form_said
from skolemerke.decisions.models import Decision
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
        if section.id in found and (found[section.id].finding or found[section.id].feedback)
    )
