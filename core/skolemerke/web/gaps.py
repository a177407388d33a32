"""What is missing in an application, section by section, with the way to each question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from flask import url_for
from flask_babel import gettext as _
from skolemerke_forms.cleaning import messages_of
from skolemerke_forms.definition import Form

from skolemerke.applications import operations
from skolemerke.applications.queries import ApplicationStatus
from skolemerke.web.asked import anchor_of


@dataclass(frozen=True)
class Gap:
    """A question at which something is missing."""

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
    found = []
    for section_id, missing in groupby(missing_answers(status), key=lambda one: one.section):
        section = form.section(section_id)
        if section is not None:
            href = url_for("sections.show", public_id=status.application.public_id, section_id=section_id)
            by_question = groupby(missing, key=lambda one: one.question)
            questions = [_gap(form, name, list(group), href) for name, group in by_question]
            found.append(Gaps(section.title, href, [one for one in questions if one]))
    return found


def _gap(form: Form, question_id: str, missing: Sequence[operations.Missing], href: str) -> Gap | None:
    question = form.question(question_id)
    if question is None:
        return None
    problems = [one.problem for one in missing if one.problem]
    messages = [_(message) % figures for message, figures in messages_of(problems)]
    only_evidence = all(found.code == "no_evidence" for found in problems)
    anchor = f"evidence-{question_id}" if only_evidence else anchor_of(question, form)
    return Gap(question.label, f"{href}#{anchor}", messages)
