"""The evidence that came with a section: it is added after the answers were saved, and nothing typed is lost."""

from __future__ import annotations

from flask import request
from flask_babel import gettext as _
from skolemerke_forms.definition import Section
from skolemerke_forms.questions import Question

from skolemerke.applications import operations
from skolemerke.web import guard
from skolemerke.web.arriving import stream_of
from skolemerke.web.asked import Attempt
from skolemerke.web.filling import said

BUTTON = "evidence:"


def change_evidence(application_id: int, section: Section, attempt: Attempt) -> str:
    """Add every file and link that was sent, whichever button was pressed, and remove what was asked to go.

    Gives the question whose evidence the reader was busy with, if any. What could not be added is noted in
    `attempt`. Raises `Closed`.
    """
    remove = request.form.get("remove", "")
    removed = operations.remove_evidence(guard.actor(), remove).question_id if remove else ""
    for question in section.questions:
        if question.evidence != "none":
            _add_file(application_id, question, attempt)
            _add_link(application_id, question, attempt)
            _add_again(application_id, question, attempt)
    wanted = _pressed()
    if wanted and wanted not in attempt.errors and not _has_sent(wanted):
        attempt.errors[wanted] = _("Choose a file, or write the address of a page.")
    return wanted or removed


def _pressed() -> str:
    """The question whose button for evidence was pressed; empty for another button."""
    then = request.form.get("then", "")
    return then.removeprefix(BUTTON) if then.startswith(BUTTON) else ""


def _add_file(application_id: int, question: Question, attempt: Attempt) -> None:
    sent = request.files.get(f"file_{question.id}")
    if sent is None or not sent.filename:
        return
    try:
        operations.add_file(guard.actor(), application_id, question.id, stream_of(sent), sent.filename)
    except operations.EvidenceRefused as refusal:
        attempt.note(question.id, f"{sent.filename}: {said(refusal)}")


def _add_link(application_id: int, question: Question, attempt: Attempt) -> None:
    link = request.form.get(f"link_{question.id}", "").strip()
    if not link:
        return
    try:
        operations.add_link(guard.actor(), application_id, question.id, link)
    except operations.EvidenceRefused as refusal:
        attempt.note(question.id, said(refusal))
        attempt.links[question.id] = link


def _add_again(application_id: int, question: Question, attempt: Attempt) -> None:
    chosen = request.form.get(f"again_{question.id}", "")
    if not chosen:
        return
    try:
        operations.add_again(guard.actor(), application_id, question.id, chosen)
    except operations.EvidenceRefused as refusal:
        attempt.note(question.id, said(refusal))


def _has_sent(question_id: str) -> bool:
    sent = request.files.get(f"file_{question_id}")
    typed = (request.form.get(f"{kind}_{question_id}", "").strip() for kind in ("link", "again"))
    return bool((sent and sent.filename) or any(typed))
