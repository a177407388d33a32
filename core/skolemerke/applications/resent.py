"""What a later submission says differently, part by part."""

from __future__ import annotations

from typing import Any

from skolemerke_forms.definition import Section

from skolemerke.applications.content import form_said
from skolemerke.applications.models import Submission


def changed_sections(earlier: Submission, later: Submission, language: str) -> frozenset[str]:
    """The sections of the later submission in which an answer, a piece of evidence or what the registry says is not as
    it was in the earlier one."""
    form = form_said(later.edition, language)
    return frozenset(section.id for section in form.sections if _said(earlier, section) != _said(later, section))


def _said(submission: Submission, section: Section) -> tuple[Any, ...]:
    asked = {question.id for question in section.questions}
    raw, clean = (
        {at: value for at, value in answers.items() if at.split(".", maxsplit=1)[0] in asked}
        for answers in (submission.raw, submission.clean)
    )
    return raw, clean, [piece for piece in submission.evidence if piece["question_id"] in asked]
