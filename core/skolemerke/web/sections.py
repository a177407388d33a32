"""The page of one section: its questions, saving them with evidence and rows, settling what two people changed."""

from __future__ import annotations

import functools
import secrets
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from markupsafe import Markup
from skolemerke_forms.answers import AnswerSet, Reading
from skolemerke_forms.definition import Form, Section
from skolemerke_forms.drawing import State, anchor_of
from skolemerke_forms.fields import posted_answers
from skolemerke_forms.saying import in_words
from werkzeug.exceptions import NotFound

from skolemerke import clock
from skolemerke.applications import operations, queries
from skolemerke.web import conflicts, guard, outages, outdating, sent_texts, unsent
from skolemerke.web.addresses import url_for
from skolemerke.web.asked import Attempt, name_at
from skolemerke.web.compiled import drawn
from skolemerke.web.filling import (
    application_or_404,
    buffer_key,
    draft_or_404,
    form_of,
    frame,
    is_anothers,
    said,
    section_or_404,
    short_time,
    why_closed,
    writer,
)
from skolemerke.web.languages import day
from skolemerke.web.not_sent import unsent_words
from skolemerke.web.section_state import (
    Draft,
    draft_of,
    errors_in,
    last_save_words,
    names_on,
    opened_words,
    state_of,
    writing_words,
)
from skolemerke.web.sent_evidence import change_evidence
from skolemerke.web.sent_rows import Changed, change_rows, removed_row

blueprint = Blueprint("sections", __name__, url_prefix="/applications")

Typed = str | tuple[str, ...]


@blueprint.get("/<public_id>/<section_id>")
@guard.signed_in
def show(public_id: str, section_id: str) -> ResponseReturnValue:
    """The questions with the answers as they are saved; only the answers when the round is closed."""
    application, may_edit = draft_or_404(public_id)
    form = form_of(application)
    section = section_or_404(form, section_id)
    draft = draft_of(application, form)
    if not draft.reading.shows_section(section):
        return _hidden_page(draft, section)
    if not may_edit:
        return _closed_page(draft, section)
    return _page(draft, section, saved="saved" in request.args)


def _sent(view: Callable[[Draft, Section], ResponseReturnValue]) -> Callable[[str, str], ResponseReturnValue]:
    """Give a view the draft and the section for which something was sent. Where nothing of it can be saved, what was
    sent is shown instead."""

    @functools.wraps(view)
    def received(public_id: str, section_id: str) -> ResponseReturnValue:
        if not guard.actor().is_known:
            return unsent.signed_out()
        if is_anothers():
            return unsent.anothers()
        try:
            application, _may_edit = draft_or_404(public_id)
            form = form_of(application)
            section = section_or_404(form, section_id)
        except NotFound:
            return unsent.gone()
        draft = draft_of(application, form)
        try:
            answer = view(draft, section)
        except operations.Closed:
            return unsent.too_late(draft, section)
        outdating.tell(application)
        return answer

    return received


@blueprint.post("/<public_id>/<section_id>")
@_sent
def save(before: Draft, section: Section) -> ResponseReturnValue:
    """Save what was sent: answers first, then evidence and rows. What can't be saved is shown, never dropped."""
    application = before.application
    answers, versions = posted_answers(section, request.form)
    attempt = Attempt()
    clashes = _save(application.id, answers, versions, attempt)
    busy_with = change_evidence(application.id, section, attempt)
    if clashes:
        return conflicts.page(before, section, clashes, attempt)
    rows = Changed()
    if attempt.is_well:
        rows = change_rows(application.id, before.form, request.form.get("then", ""), attempt)
    if not attempt.is_well:
        return _again(application.public_id, section, attempt, saved=not attempt.refused)
    if busy_with or rows.anchor:
        anchor = f"evidence-{busy_with}" if busy_with else rows.anchor
        return redirect(_here(application.public_id, section, anchor=anchor, removed=rows.removed))
    return redirect(_onwards(application.public_id, section, before, answers))


@blueprint.post("/<public_id>/<section_id>/settle")
@_sent
def settle(draft: Draft, section: Section) -> ResponseReturnValue:
    """Save what the reader chose where two people had changed the same answer, and what could not be taken before."""
    application = draft.application
    chosen = conflicts.chosen_of(section, request.form)
    if chosen.undecided:
        return conflicts.page_again(draft, section, chosen)
    attempt = Attempt()
    clashes = _save(application.id, chosen.answers, chosen.versions, attempt)
    change_evidence(application.id, section, attempt)
    if clashes:
        return conflicts.page(draft, section, clashes, attempt)
    rows = Changed()
    if attempt.is_well:
        rows = change_rows(application.id, draft.form, conflicts.button_of_a_row(), attempt)
    if not attempt.is_well:
        return _again(application.public_id, section, attempt, saved=False)
    return redirect(_here(application.public_id, section, anchor=rows.anchor, removed=rows.removed))


@blueprint.errorhandler(CSRFError)
def stale(_error: CSRFError) -> ResponseReturnValue:
    """The page no longer belonged to the sign-in: what was written is shown, in a form that can be sent again."""
    return unsent.stale()


def _away(error: Exception) -> ResponseReturnValue:
    """The database can't be reached: what was written is shown, in a form that can be sent again."""
    outages.note(error)
    return unsent.away()


for _fault in outages.FAULTS:
    blueprint.register_error_handler(_fault, _away)


def _save(
    application_id: int, answers: Mapping[str, Typed], versions: Mapping[str, int], attempt: Attempt
) -> Sequence[operations.Clash]:
    """Save answers; gives those that a colleague changed since, and notes those that can't be taken."""
    try:
        operations.save_answers(guard.actor(), application_id, answers, versions, request.form.get("page", ""))
    except operations.Unsaved as unsaved:
        for one in unsaved.not_taken:
            attempt.refused[one.question_id] = said(one)
            attempt.typed[one.question_id] = answers[one.question_id]
        return unsaved.clashes
    return ()


def _again(public_id: str, section: Section, attempt: Attempt, *, saved: bool) -> ResponseReturnValue:
    """The page once more, with what could not be taken."""
    application, _may_edit = draft_or_404(public_id)
    return _page(draft_of(application, form_of(application)), section, saved=saved, attempt=attempt), 422


def _onwards(public_id: str, section: Section, before: Draft, answers: Mapping[str, Typed]) -> str:
    """Where to go after saving: a part with something to correct, or with questions that have just opened, is shown
    once more."""
    if request.form.get("then") != "continue":
        return _here(public_id, section)
    reading = AnswerSet.of({**before.raw, **answers}, before.answers.evidence, before.known).under(before.form)
    seen = set(request.form.get("seen", "").split())
    opened = [
        question.id
        for question in section.questions
        if reading.shows(question) and not before.reading.shows(question) and question.id not in seen
    ]
    if opened:
        return _here(public_id, section, anchor="opened", opened=" ".join(opened))
    if errors_in(section, reading):
        return _here(public_id, section)
    after = _after(before.form, section, reading)
    if after is None:
        return url_for("submitting.check", public_id=public_id)
    return url_for(".show", public_id=public_id, section_id=after.id)


def _here(public_id: str, section: Section, anchor: str = "", **more: str) -> str:
    told: dict[str, Any] = {name: value for name, value in more.items() if value}
    return url_for(".show", public_id=public_id, section_id=section.id, saved="", **told, _anchor=anchor or None)


def _page(draft: Draft, section: Section, *, saved: bool, attempt: Attempt | None = None) -> str:
    application, names = draft.application, names_on(draft)
    opened = _opened(draft, section)
    state = state_of(
        draft, section, attempt or Attempt(), names, opened=opened, removed=removed_row(request.args.get("removed", ""))
    )
    errors = _errors(section, draft, state) if saved or attempt else []
    at = application.saved_at
    return render_template(
        "applications/section.html",
        **frame(application, section.title),
        **_between(draft, section),
        questions=Markup(drawn(application, draft.form, section).fill(state)),  # noqa: S704 - made of escaped parts
        errors=errors,
        refused={place: f"{_name(draft, place)} – {state.errors[place]}" for place in attempt.typed} if attempt else {},
        has_errors=bool(errors),
        saved=saved and at is not None,
        saved_words=_("Saved %(when)s", when=short_time(at, application.agency)) if at else "",
        opened_words=opened_words(len(opened)),
        last_save=last_save_words(draft, section, names),
        writing=writing_words(application, section, application.answers, clock.now()),
        writer=writer(),
        mark=sent_texts.mark_of(application, section),
        page_id=secrets.token_hex(6),
        buffer_key=buffer_key(application),
        uploads=any(question.evidence != "none" for question in section.questions),
        histories=_histories(draft, section),
    )


def _histories(draft: Draft, section: Section) -> list[tuple[str, str]]:
    """The answers of the section that were changed since they were first saved: their names, and their histories."""
    ids = {question.id for question in section.questions}
    changed = [
        address
        for address, kept in draft.application.answers.items()
        if kept["version"] > 1 and address.partition(".")[0] in ids and draft.form.place_at(address) is not None
    ]
    return [
        (
            _name(draft, address),
            url_for("histories.show", public_id=draft.application.public_id, address=address),
        )
        for address in changed
    ]


def _closed_page(draft: Draft, section: Section) -> str:
    reading, application = draft.reading, draft.application
    shown = [one for one in section.questions if one.type != "note" and reading.shows(one)]
    pieces = state_of(draft, section, Attempt(), {}).evidence
    return render_template(
        "applications/section_closed.html",
        **frame(application, section.title),
        **_between(draft, section),
        answers=[(one, in_words(one, reading, say=_, say_day=day), pieces.get(one.id, ())) for one in shown],
        why_closed=why_closed(application),
        # What stands here is the draft, also where something else was sent.
        unsent=unsent_words(queries.printed(application_or_404(application.public_id))),
        buffer_key=buffer_key(application),
    )


def _hidden_page(draft: Draft, section: Section) -> str:
    """A part that other answers have made needless: nothing of it is lost, and nothing of it counts."""
    return render_template(
        "applications/section_hidden.html",
        **frame(draft.application, section.title),
        section=section,
        buffer_key=buffer_key(draft.application),
    )


def _between(draft: Draft, section: Section) -> dict[str, object]:
    """Where a section stands among those that are shown."""
    shown = [one for one in draft.form.sections if draft.reading.shows_section(one)]
    at = shown.index(section)
    return {
        "section": section,
        "number": at + 1,
        "count": len(shown),
        "before": shown[at - 1] if at else None,
        "after": shown[at + 1] if at + 1 < len(shown) else None,
    }


def _after(form: Form, section: Section, reading: Reading) -> Section | None:
    shown = [one for one in form.sections if reading.shows_section(one) or one.id == section.id]
    at = shown.index(section) + 1
    return shown[at] if at < len(shown) else None


def _opened(draft: Draft, section: Section) -> list[str]:
    """The questions of the section that the last answers opened, as the address of the page says."""
    wanted = set(request.args.get("opened", "").split())
    return [one.id for one in section.questions if one.id in wanted and one.when and draft.reading.shows(one)]


def _name(draft: Draft, address: str) -> str:
    return name_at(address, draft.form, draft.raw, draft.known)


def _errors(section: Section, draft: Draft, state: State) -> list[tuple[str, str]]:
    """The errors of a page in its order: the id of the first control of each place, and what is wrong there."""
    found = []
    for question in section.questions:
        wrong = [place for place in state.errors if place.partition(".")[0] == question.id]
        for place in wrong:
            anchor = anchor_of(question, draft.form, place, draft.known)
            found.append((anchor, f"{_name(draft, place)} – {state.errors[place]}"))
        if evidence_error := state.evidence_errors.get(question.id):
            found.append((f"file_{question.id}", f"{question.label} – {evidence_error}"))
    return found
