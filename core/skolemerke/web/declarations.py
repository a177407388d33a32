"""The consent, and the principal's declaration as the applicant sees it."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from skolemerke import clock
from skolemerke.applications import operations, queries
from skolemerke.applications.models import Application
from skolemerke.config import current_config
from skolemerke.people import rights
from skolemerke.web import guard, outdating
from skolemerke.web.arriving import stream_of
from skolemerke.web.filling import (
    application_or_404,
    form_of,
    frame,
    may_edit,
    moment_at,
    said,
    why_closed,
)
from skolemerke.web.languages import current_language
from skolemerke.web.not_sent import about_words, unsent_words

blueprint = Blueprint("declarations", __name__, url_prefix="/applications")


@dataclass(frozen=True)
class State:
    """Where the declaration stands, in words."""

    kind: str
    heading: str
    sentence: str
    note: str = ""
    is_waiting: bool = False


@blueprint.get("/<public_id>/consent")
@guard.signed_in
def consent(public_id: str) -> ResponseReturnValue:
    """Whether the school may be named in the list."""
    return _consent_page(application_or_404(public_id))


@blueprint.post("/<public_id>/consent")
@guard.signed_in
def give_consent(public_id: str) -> ResponseReturnValue:
    """Keep the answer."""
    application = application_or_404(public_id)
    answer = request.form.get("consent", "")
    if answer not in {"yes", "no"}:
        return _consent_page(application, error=_("Choose yes or no.")), 422
    try:
        operations.set_consent(guard.actor(), application.id, "yes" if answer == "yes" else "no")
    except operations.Closed:
        return _consent_page(application), 409
    outdating.tell(application)
    return redirect(url_for("applications.task_list", public_id=public_id))


@blueprint.get("/<public_id>/declaration")
@guard.signed_in
def declaration(public_id: str) -> ResponseReturnValue:
    """Where the declaration stands, and the two ways to get it signed."""
    return _declaration_page(application_or_404(public_id))


@blueprint.post("/<public_id>/declaration")
@guard.signed_in
def ask(public_id: str) -> ResponseReturnValue:
    """Send the principal a link."""
    application = application_or_404(public_id)
    name, email = request.form.get("head_name", "").strip(), request.form.get("head_email", "").strip()
    if not name:
        problem = {"head_name": _("Write the name of the principal or deputy.")}
        return _declaration_page(application, problem, head_name=name, head_email=email), 422
    try:
        operations.ask_signature(guard.actor(), application.id, name, email)
    except operations.TooLong as refusal:
        return _declaration_page(application, {"head_name": said(refusal)}, head_name=name, head_email=email), 422
    except operations.ApplicationRefusal as refusal:
        return _declaration_page(application, {"head_email": said(refusal)}, head_name=name, head_email=email), 422
    flash(_("The link was sent to %(email)s.", email=email), "success")
    return redirect(url_for(".declaration", public_id=public_id))


@blueprint.post("/<public_id>/declaration/paper")
@guard.signed_in
def upload(public_id: str) -> ResponseReturnValue:
    """Take the page that was signed on paper."""
    application = application_or_404(public_id)
    sent = request.files.get("paper")
    if sent is None or not sent.filename:
        return _declaration_page(application, {"paper": _("Choose the file with the signed page.")}), 422
    try:
        operations.upload_paper(guard.actor(), application.id, stream_of(sent), sent.filename)
    except operations.ApplicationRefusal as refusal:
        return _declaration_page(application, {"paper": said(refusal)}), 422
    flash(_("The signed page was added. The agency looks at it."), "success")
    return redirect(url_for(".declaration", public_id=public_id))


def _consent_page(application: Application, error: str = "") -> str:
    is_open = may_edit(application)
    return render_template(
        "applications/consent.html",
        **frame(application, _("Consent")),
        form=form_of(application),
        is_open=is_open,
        why_closed="" if is_open else why_closed(application),
        error=error,
        errors=[("consent-0", error)] if error else [],
        has_errors=bool(error),
    )


def _declaration_page(application: Application, problems: dict[str, str] | None = None, **typed: str) -> str:
    status = queries.status(application, current_language())
    problems = problems or {}
    school = application.school
    may_ask = rights.may(guard.actor(), "declaration.ask", application) and not _is_past(status)
    state = _state(status)
    asked = status.declaration.declaration
    values = {"head_name": school.head_name, "head_email": school.head_email}
    if asked is not None and asked.head_email:
        values = {"head_name": asked.head_name, "head_email": asked.head_email}
    return render_template(
        "applications/declaration.html",
        **frame(application, _("Declaration of the principal")),
        form=form_of(application),
        state=state,
        about=_about(application),
        is_open=status.is_open,
        may_ask=may_ask and status.declaration.state != "signed",
        why_closed=_("The application is signed.") if status.declaration.state == "signed" else why_closed(application),
        values={**values, **typed},
        from_registry=_("Taken from the registry of eTwinning. Correct it if it is wrong.")
        if school.head_email
        else "",
        problems=problems,
        errors=list(problems.items()),
        has_errors=bool(problems),
        largest=current_config().max_upload_mb,
    )


def _about(application: Application) -> list[str]:
    """Which submission is signed, where it is one, and what is not in it."""
    found = queries.printed(application)
    if found.submission is None:
        return []
    words = (about_words(found.submission, application.agency), unsent_words(found))
    return [one for one in words if one]


def _is_past(status: queries.ApplicationStatus) -> bool:
    due = status.declaration.due
    return due is not None and clock.now() > due


def _state(status: queries.ApplicationStatus) -> State | None:
    found = status.declaration.declaration
    agency = status.application.agency
    if found is None:
        return None
    asked = moment_at(found.asked_at, agency)
    answered = moment_at(found.answered_at, agency) if found.answered_at else ""
    who = found.signer_name or found.head_name
    return {
        "none": None,
        "asked": State(
            "info",
            _("Waiting for %(name)s", name=found.head_name),
            _("The link was sent to %(email)s on %(when)s.", email=found.head_email, when=asked),
            is_waiting=True,
        ),
        "signed": State("success", _("Signed"), _("Signed by %(name)s on %(when)s", name=who, when=answered)),
        "declined": State(
            "warning",
            _("Not signed"),
            _("%(name)s did not sign and wrote, on %(when)s:", name=found.head_name, when=answered),
            found.note,
        ),
        "paper": State(
            "info", _("The signed page is here"), _("It was added on %(when)s. The agency looks at it.", when=asked)
        ),
        "returned": State(
            "warning",
            _("The signed page was given back"),
            _("The agency could not take it and wrote, on %(when)s:", when=answered),
            found.note,
        ),
        "outdated": State(
            "warning",
            _("To be signed again"),
            _(
                "The answers were changed after the request of %(when)s. Ask again when the form is finished.",
                when=asked,
            ),
        ),
    }[status.declaration.state]
