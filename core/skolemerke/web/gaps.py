"""What is missing in an application, section by section, with the way to each question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from skolemerke_forms.answers import Known
from skolemerke_forms.cleaning import messages_of
from skolemerke_forms.definition import Form
from skolemerke_forms.drawing import anchor_of

from skolemerke.applications import operations, queries
from skolemerke.applications.queries import ApplicationStatus
from skolemerke.web.asked import name_at


@dataclass(frozen=True)
class Gap:
    """A question, or a row or column of one, at which something is missing."""

    label: str
    href: str
    messages: list[str]


@dataclass(frozen=True)
class Gaps:
    """What is missing in one section."""

    title: str
    href: str
    questions: list[Gap]


def missing_answers(status: ApplicationStatus) -> list[operations.Missing]:
    """What is missing in the form."""
    return [one for one in status.missing if one.kind == "answer"]


def gaps_of(status: ApplicationStatus, form: Form) -> list[Gaps]:
    """What is missing in each section that is not whole."""
    application = status.application
    raw = {name: kept["raw"] for name, kept in application.answers.items()}
    known = queries.known_of(application)
    found = []
    for section_id, missing in groupby(missing_answers(status), key=lambda one: one.section):
        section = form.section(section_id)
        if section is not None:
            href = url_for("sections.show", public_id=application.public_id, section_id=section_id)
            by_place = groupby(missing, key=lambda one: (one.question, one.problem.place if one.problem else ""))
            whose = partial(_gap, form, raw, known, href)
            questions = [whose(place, list(group)) for place, group in by_place]
            found.append(Gaps(section.title, href, [one for one in questions if one]))
    return found


def _gap(  # noqa: PLR0917 - the first four are the same for a whole page
    form: Form,
    raw: Mapping[str, Any],
    known: Known,
    href: str,
    at: tuple[str, str],
    missing: Sequence[operations.Missing],
) -> Gap | None:
    question_id, place = at
    question = form.question(question_id)
    if question is None:
        return None
    problems = [one.problem for one in missing if one.problem]
    messages = [_(message) % figures for message, figures in messages_of(problems)]
    only_evidence = all(found.code == "no_evidence" for found in problems)
    anchor = f"evidence-{question_id}" if only_evidence else anchor_of(question, form, place, known)
    label = name_at(place, form, raw, known) if place else question.label
    return Gap(label or question.label, f"{href}#{anchor}", messages)
