"""The check before submitting, the submission itself, and its receipt."""

from __future__ import annotations

import secrets
from contextlib import suppress
from dataclasses import dataclass

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from skolemerke import clock, database
from skolemerke.applications import operations, queries
from skolemerke.applications.models import Application, Submission
from skolemerke.applications.queries import ApplicationStatus
from skolemerke.decisions.models import Decision
from skolemerke.decisions.queries import releases_one_by_one
from skolemerke.rounds.models import Edition
from skolemerke.rounds.queries import content
from skolemerke.scoring import operations as scoring_operations
from skolemerke.scoring import queries as scoring
from skolemerke.scoring.scorer import CannotScore
from skolemerke.web import guard, sheet_words
from skolemerke.web.filling import (
    application_or_404,
    buffer_key,
    deadline_words,
    form_of,
    frame,
    may_edit,
    moment_at,
    said,
    why_closed,
)
from skolemerke.web.gaps import gaps_of, missing_answers
from skolemerke.web.languages import current_language
from skolemerke.web.not_sent import not_sent_words
from skolemerke.web.steps import Step, consent_step, declaration_step
from skolemerke.web.told_results import told_result

blueprint = Blueprint("submitting", __name__, url_prefix="/applications")


@blueprint.get("/<public_id>/check")
@guard.signed_in
def check(public_id: str) -> ResponseReturnValue:
    """What is missing, with the way to each question, and the provisional score sheet."""
    application = application_or_404(public_id)
    status = queries.status(application, current_language())
    return render_template(
        "applications/check.html",
        **frame(application, _("What is missing")),
        gaps=gaps_of(status, form_of(application)),
        missing=len(missing_answers(status)),
        steps=_obstacles(status, with_form=False),
        is_open=may_edit(application),
        sheet=_provisional(application),
    )


@blueprint.get("/<public_id>/submit")
@guard.signed_in
def submit(public_id: str) -> ResponseReturnValue:
    """What is about to be sent, and one button."""
    application = application_or_404(public_id)
    return _submit_page(application)


@blueprint.post("/<public_id>/submit")
@guard.signed_in
def send(public_id: str) -> ResponseReturnValue:
    """Send the application; sending the same page twice gives one submission."""
    key = request.form.get("key", "")
    # The form has been read to its end: this is when it arrived.
    arrived_at = clock.now()
    application = application_or_404(public_id)
    try:
        submission = operations.submit(
            guard.actor(), application.id, key=key, arrived_at=arrived_at, language=current_language()
        )
    except ValueError:
        # The page always brings a key; whoever sent this made the form themselves.
        abort(400)
    except operations.NotReady:
        return _submit_page(application), 422
    except operations.Closed as refusal:
        return _submit_page(application, refusal=said(refusal)), 409
    with suppress(CannotScore):
        # A policy that can't be had now is asked again by the worker; what was sent is safe.
        scoring_operations.score_submission(submission.id)
    return redirect(url_for(".receipt", public_id=public_id))


@blueprint.get("/<public_id>/receipt")
@guard.signed_in
def receipt(public_id: str) -> ResponseReturnValue:
    """The receipt of the submission that counts, what comes next, and its score sheets."""
    application = application_or_404(public_id)
    submission = queries.latest_submission(application.id)
    if submission is None:
        return redirect(url_for("applications.task_list", public_id=public_id))
    status = queries.status(application, current_language())
    told = told_result(application, status)
    number = [(_("Receipt number"), submission.receipt)] if told.decided else []
    return render_template(
        "applications/receipt.html",
        **frame(application, _("Receipt")),
        submission=submission,
        buffer_key=buffer_key(application),
        rows=[*number, *_receipt_rows(submission, status)],
        next=_what_comes(status),
        sheets=_sheets(submission, told.decided),
        changed=_changed_words(status, submission),
        told=told,
    )


def _changed_words(status: ApplicationStatus, submission: Submission) -> str:
    """That the application was changed after it was sent, and what counts; nothing when it was not."""
    if not status.changed_since:
        return ""
    if not status.is_open:
        return not_sent_words(status.application, submission)
    told = _("The application was changed after it was submitted. What was submitted counts until you submit again.")
    return str(told)


def _submit_page(application: Application, refusal: str = "") -> str:
    status = queries.status(application, current_language())
    is_open = may_edit(application) and not refusal
    sent = status.submission
    return render_template(
        "applications/submit.html",
        **frame(application, _("Submit the application")),
        tells_deadline=True,
        is_open=is_open,
        why_closed="" if is_open else refusal or why_closed(application),
        obstacles=_obstacles(status, with_form=True),
        **deadline_words(status),
        rows=_summary(application, status),
        is_sent=sent is not None and not status.changed_since,
        again=told_result(application, status).again,
        earlier=moment_at(sent.arrived_at, application.agency) if sent else "",
        key=secrets.token_urlsafe(24),
        buffer_key=buffer_key(application),
    )


def _summary(application: Application, status: ApplicationStatus) -> list[tuple[str, ...]]:
    public_id = application.public_id
    done, total = sum(part.done for part in status.sections), sum(part.total for part in status.sections)
    pieces = len(queries.evidence_of(application.id))
    change = _("Change")
    consent, declaration = consent_step(status), declaration_step(status)
    documented = [one.label for one in status.requirements if one.documented and one.state != "fixed"]
    return [
        (_("School"), application.school.name),
        (_("Answers"), _("%(done)s of %(total)s answered", done=done, total=total)),
        (_("Documented"), ", ".join(documented) or _("None yet")),
        (_("Evidence"), ngettext("One file or link", "%(num)s files and links", pieces) if pieces else _("None")),
        (consent.name, consent.sentence, url_for("declarations.consent", public_id=public_id), change),
        (declaration.name, declaration.sentence or declaration.word, declaration.href, _("Open")),
    ]


def _obstacles(status: ApplicationStatus, *, with_form: bool) -> list[Step]:
    """The steps that keep the application from being sent."""
    found = []
    answers = missing_answers(status)
    if with_form and answers:
        told = ngettext("One thing is missing.", "%(num)s things are missing.", len(answers))
        href = url_for("submitting.check", public_id=status.application.public_id)
        found.append(Step(_("The form"), href, "", "", told))
    if any(one.kind == "consent" for one in status.missing):
        found.append(consent_step(status))
    return found


def _provisional(application: Application) -> sheet_words.SheetInWords | None:
    try:
        sheet = scoring.provisional(application)
    except CannotScore:
        return None
    return sheet_words.in_words(sheet, queries.content_of(application))


@dataclass(frozen=True)
class ShownSheet:
    """A stored sheet with what stands over it."""

    sheet: sheet_words.SheetInWords
    caption: str


def _sheets(submission: Submission, decided: Decision | None) -> list[ShownSheet]:
    """The sheets of a submission: that which counts first. What was judged is the school's to see with the result."""
    stored = (scoring.sheets_of if decided else scoring.sheets_before_judging)(submission.id)
    found = []
    for one in stored:
        sheet = sheet_words.in_words(scoring.read_sheet(one), content(database.read().get_one(Edition, one.edition_id)))
        caption = _("Score sheet") if sheet.has_points else _("The parts of the application")
        if len(stored) > 1:
            counts = one is stored[0]
            caption = _("Score sheet under the adjusted rules (counts)") if counts else _("First score sheet")
        found.append(ShownSheet(sheet, caption))
    return found


def _receipt_rows(submission: Submission, status: ApplicationStatus) -> list[tuple[str, ...]]:
    agency = status.application.agency
    declaration = declaration_step(status)
    return [
        (_("Arrived"), moment_at(submission.arrived_at, agency)),
        (_("Submission number"), str(submission.number)),
        (
            _("Declaration of the principal"),
            declaration.sentence or declaration.word,
            declaration.href,
            _("Open"),
        ),
    ]


def _what_comes(status: ApplicationStatus) -> list[str]:
    agency = status.application.agency
    found = []
    if status.declaration.state != "signed" and status.signatures_due:
        due = moment_at(status.signatures_due, agency)
        found.append(_("The principal or a deputy signs the declaration, by %(when)s.", when=due))
    if status.is_open and status.deadline:
        when = moment_at(status.deadline, agency)
        found.append(_("Until %(when)s you can change the application and submit it again.", when=when))
    if releases_one_by_one(status.application.round_id):
        found.append(_("The agency reviews the application, also while the round is open."))
        found.append(_("You get a mail when there is a result. It stands here too."))
        return found
    found.append(_("The agency reviews the application after the round has closed."))
    found.append(_("You get a mail when the results are out. They stand here too."))
    return found
