"""The page of one section: its questions, saving them with their evidence, and settling what two people changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from skolemerke_forms.definition import Form, Section
from skolemerke_forms.fields import filled_form, posted_answers

from skolemerke.applications import operations, queries
from skolemerke.applications.models import Application
from skolemerke.config import current_config
from skolemerke.web import conflicts, guard, unsent
from skolemerke.web.asked import Asked, Attempt, Tag, anchor_of, asked_of, words_of
from skolemerke.web.filling import (
    application_or_404,
    form_class,
    form_of,
    frame,
    last_save_words,
    may_edit,
    said,
    section_or_404,
    short_time,
    why_closed,
)
from skolemerke.web.sent_evidence import change_evidence

blueprint = Blueprint("sections", __name__, url_prefix="/applications")

Typed = str | tuple[str, ...]


@dataclass(frozen=True)
class Group:
    """Questions that stand together: those of one requirement, or those between."""

    tag: Tag | None
    questions: list[Asked]
    is_first: bool = True


@blueprint.get("/<public_id>/<section_id>")
@guard.signed_in
def show(public_id: str, section_id: str) -> ResponseReturnValue:
    """The questions with the answers as they are saved; only the answers when the round is closed."""
    application = application_or_404(public_id)
    form = form_of(application)
    section = section_or_404(form, section_id)
    if not may_edit(application):
        return _closed_page(application, form, section)
    return _page(application, form, section, saved="saved" in request.args)


@blueprint.post("/<public_id>/<section_id>")
def save(public_id: str, section_id: str) -> ResponseReturnValue:
    """Save what was sent: answers first, then evidence. Whatever can't be saved is shown, never dropped."""
    if not guard.actor().is_known:
        return unsent.signed_out()
    application = application_or_404(public_id)
    form = form_of(application)
    section = section_or_404(form, section_id)
    answers, versions = posted_answers(section, request.form)
    attempt = Attempt()
    clashes: Sequence[operations.Clash] = ()
    try:
        clashes = _save(application, answers, versions, attempt)
        busy_with = change_evidence(application, section, attempt)
    except operations.Closed:
        return unsent.too_late(application, form, section)
    if clashes:
        return conflicts.page(application, form, section, clashes)
    if not attempt.is_well:
        return _page(application_or_404(public_id), form, section, saved=not attempt.refused, attempt=attempt), 422
    return redirect(_onwards(application, form, section, busy_with))


@blueprint.post("/<public_id>/<section_id>/settle")
def settle(public_id: str, section_id: str) -> ResponseReturnValue:
    """Save what the reader chose where two people had changed the same answer."""
    if not guard.actor().is_known:
        return unsent.signed_out()
    application = application_or_404(public_id)
    form = form_of(application)
    section = section_or_404(form, section_id)
    chosen = conflicts.chosen_of(section, request.form)
    if chosen.undecided:
        return conflicts.page_again(application, form, section, chosen)
    attempt = Attempt()
    try:
        clashes = _save(application, chosen.answers, chosen.versions, attempt)
    except operations.Closed:
        return unsent.too_late(application, form, section)
    if clashes:
        return conflicts.page(application, form, section, clashes)
    if not attempt.is_well:
        return _page(application_or_404(public_id), form, section, saved=False, attempt=attempt), 422
    return redirect(url_for(".show", public_id=public_id, section_id=section_id, saved=""))


@blueprint.errorhandler(CSRFError)
def stale(_error: CSRFError) -> ResponseReturnValue:
    """The page no longer belonged to the sign-in: what was written is shown, in a form that can be sent again."""
    return unsent.stale()


def _save(
    application: Application, answers: Mapping[str, Typed], versions: Mapping[str, int], attempt: Attempt
) -> Sequence[operations.Clash]:
    """Save answers; gives those that a colleague changed since, and notes those that can't be taken."""
    try:
        operations.save_answers(guard.actor(), application.id, answers, versions)
    except operations.Unsaved as unsaved:
        for one in unsaved.not_taken:
            attempt.refused[one.question_id] = said(one)
            attempt.typed[one.question_id] = answers[one.question_id]
        return unsaved.clashes
    return ()


def _onwards(application: Application, form: Form, section: Section, busy_with: str) -> str:
    """Where to go after saving; a part with something to correct is shown once more."""
    here = url_for(".show", public_id=application.public_id, section_id=section.id, saved="")
    if busy_with:
        return f"{here}#evidence-{busy_with}"
    if request.form.get("then") != "continue" or _has_problems(application, form, section):
        return here
    after = _neighbour(form, section, 1)
    if after is None:
        return url_for("submitting.check", public_id=application.public_id)
    return url_for(".show", public_id=application.public_id, section_id=after.id)


def _has_problems(application: Application, form: Form, section: Section) -> bool:
    answers, _versions = posted_answers(section, request.form)
    return bool(filled_form(form_class(application, form, section), answers, {}).errors)


def _neighbour(form: Form, section: Section, step: int) -> Section | None:
    at = form.sections.index(section) + step
    return form.sections[at] if 0 <= at < len(form.sections) else None


def _asked(application: Application, form: Form, section: Section, attempt: Attempt | None) -> list[Asked]:
    kept = queries.answers_of(application)
    raw = {name: answer.raw for name, answer in kept.items()}
    versions = {name: answer.version for name, answer in kept.items()}
    bound = filled_form(form_class(application, form, section), raw, versions)
    return asked_of(application, form, section, bound, attempt or Attempt())


def _page(
    application: Application, form: Form, section: Section, *, saved: bool, attempt: Attempt | None = None
) -> str:
    asked = _asked(application, form, section, attempt)
    errors = _errors(asked, form) if saved or attempt else []
    at = application.saved_at
    return render_template(
        "applications/section.html",
        **frame(application, section.title),
        section=section,
        number=form.sections.index(section) + 1,
        count=len(form.sections),
        before=_neighbour(form, section, -1),
        after=_neighbour(form, section, 1),
        groups=_groups(asked),
        errors=errors,
        has_errors=bool(errors),
        saved=saved and at is not None,
        saved_words=_("Saved %(when)s", when=short_time(at, application.agency)) if at else "",
        last_save=last_save_words(application, section),
        largest=current_config().max_upload_mb,
    )


def _closed_page(application: Application, form: Form, section: Section) -> str:
    return render_template(
        "applications/section_closed.html",
        **frame(application, section.title),
        section=section,
        number=form.sections.index(section) + 1,
        count=len(form.sections),
        form=form,
        questions=_asked(application, form, section, None),
        words_of=words_of,
        why_closed=why_closed(application),
    )


def _groups(asked: Sequence[Asked]) -> list[Group]:
    seen: set[str | None] = set()
    found = []
    for requirement, questions in groupby(asked, key=lambda one: one.question.requirement):
        together = list(questions)
        found.append(Group(together[0].tag, together, requirement not in seen))
        seen.add(requirement)
    return found


def _errors(asked: Sequence[Asked], form: Form) -> list[tuple[str, str]]:
    found = []
    for one in asked:
        if one.errors:
            found.append((anchor_of(one.question, form), f"{one.question.label} – {' '.join(one.errors)}"))
        if one.evidence_error:
            found.append((f"file_{one.question.id}", f"{one.question.label} – {one.evidence_error}"))
    return found
