"""The applicant's own pages: the schools, the task list of an application, its adjustments, and its print."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from skolemerke_forms.definition import Form, Section
from skolemerke_forms.drawing import anchor_of

from skolemerke.agencies.models import Agency
from skolemerke.applications import operations, queries
from skolemerke.applications.models import Application
from skolemerke.applications.queries import LookAgain, RoundWork, SectionStatus
from skolemerke.decisions.feedback import released_feedback
from skolemerke.decisions.queries import released_for, released_outcomes
from skolemerke.people.rights import Refused
from skolemerke.plugin_host.host import RoundPaused
from skolemerke.registry.models import School
from skolemerke.web import guard, site
from skolemerke.web.asked import Tag, tags_of
from skolemerke.web.filling import (
    application_or_404,
    deadline_words,
    form_of,
    frame,
    moment_at,
    others_names,
    round_title,
    said,
    save_words,
)
from skolemerke.web.languages import current_language
from skolemerke.web.steps import Step, steps_of
from skolemerke.web.told_results import told_result

blueprint = Blueprint("applications", __name__, url_prefix="/applications")


@dataclass(frozen=True)
class Row:
    """A round in which a school applies or may apply."""

    round_id: str
    title: str
    application: Application | None
    may_start: bool
    sentence: str
    word: str = ""
    tone: str = "plain"


@dataclass(frozen=True)
class Card:
    """A school of the reader with its rounds, and whom to write to."""

    school: School
    rows: list[Row]
    contact: Agency | None


@dataclass(frozen=True)
class Part:
    """A section on the task list."""

    section: Section
    word: str
    tone: str
    sentence: str
    last_save: str


@dataclass(frozen=True)
class Next:
    """The one thing to do next: the words of its button, where it leads, and what it is called."""

    words: str
    href: str
    name: str


@dataclass(frozen=True)
class Tagged:
    """A requirement on the task list, with the way to its first question."""

    tag: Tag
    href: str


@blueprint.get("", strict_slashes=False)
@guard.signed_in
def mine() -> ResponseReturnValue:
    """The schools of the reader: what each may apply to, and where its application stands."""
    works = queries.of_actor(guard.actor())
    site.show_as_one_of(work.school for work in works)
    outcomes = released_outcomes([row.application.id for work in works for row in work.rounds if row.application])
    cards = [
        Card(
            school=work.school,
            rows=[_row(row, work.school, outcomes) for row in work.rounds if row.application or row.may_start],
            contact=work.school.agency if work.school.agency and work.school.agency.contact_email else None,
        )
        for work in works
    ]
    return render_template("applications/mine.html", schools=cards)


@blueprint.post("", strict_slashes=False)
@guard.signed_in
def start() -> ResponseReturnValue:
    """Begin the application of a school; the one that a colleague began is opened."""
    school = request.form.get("school", "")
    if not school.isdecimal():
        abort(404)
    try:
        application = operations.start(guard.actor(), request.form.get("round", ""), int(school))
    except operations.ApplicationRefusal as refusal:
        flash(said(refusal), "warning")
        return redirect(url_for(".mine"))
    except RoundPaused:
        flash(_("The round is paused because of a fault. Try again later."), "warning")
        return redirect(url_for(".mine"))
    except Refused:
        # Of a school that is not the reader's own nothing is said, not even that it is there.
        abort(404)
    return redirect(url_for(".task_list", public_id=application.public_id))


@blueprint.get("/<public_id>")
@guard.signed_in
def task_list(public_id: str) -> ResponseReturnValue:
    """Everything that there is to do, with what is done and what is missing."""
    application = application_or_404(public_id)
    form = form_of(application)
    status = queries.status(application, current_language())
    sections = {section.id: section for section in form.sections}
    tags = tags_of(application, form, queries.evidence_of(application.id))
    names = others_names(part.last_saved_by for part in status.sections)
    parts = [_part(application, sections[part.id], part, status.looks, names) for part in status.sections]
    steps = steps_of(status)
    return render_template(
        "applications/task_list.html",
        **frame(application, _("All parts of the application")),
        is_task_list=True,
        form=form,
        is_new=not application.answers,
        **deadline_words(status),
        told=told_result(application, status),
        adjustments=status.changes,
        pending=status.pending,
        looks=status.looks,
        has_earlier=queries.has_earlier(application),
        parts=parts,
        done=sum(1 for part in parts if part.tone == "good"),
        next=_next(application, parts, steps) if status.is_open else None,
        tags=[_tagged(application, tag) for tag in tags.values()],
        steps=steps,
    )


@blueprint.post("/<public_id>/seen")
@guard.signed_in
def seen(public_id: str) -> ResponseReturnValue:
    """The reader has read how the form was adjusted."""
    application = application_or_404(public_id)
    operations.mark_changes_seen(guard.actor(), application.id)
    return redirect(url_for(".task_list", public_id=public_id))


@blueprint.get("/<public_id>/changes")
@guard.signed_in
def changes(public_id: str) -> ResponseReturnValue:
    """What a newer version of the form asks for, before it is taken over, and what to look at again after it was."""
    application = application_or_404(public_id)
    language = current_language()
    form = form_of(application)
    return render_template(
        "applications/changes.html",
        **frame(application, _("What changed in the form")),
        pending=queries.pending_changes(application, language),
        to_come=queries.looks_to_come(application, language),
        looks=[(look, _way_to(application, form, look)) for look in queries.to_look_at_again(application, language)],
    )


@blueprint.post("/<public_id>/changes")
@guard.signed_in
def take_over(public_id: str) -> ResponseReturnValue:
    """Go on with the newer version of the form."""
    application = application_or_404(public_id)
    try:
        operations.take_over_edition(guard.actor(), application.id)
    except operations.ApplicationRefusal as refusal:
        flash(said(refusal), "warning")
    else:
        if queries.to_look_at_again(application_or_404(public_id), current_language()):
            return redirect(url_for(".changes", public_id=public_id))
    return redirect(url_for(".task_list", public_id=public_id))


@blueprint.get("/<public_id>/changes/earlier")
@guard.signed_in
def earlier(public_id: str) -> ResponseReturnValue:
    """What the school said in its last round, what became of it, and the way to each question of today."""
    application = application_or_404(public_id)
    form = form_of(application)
    found = queries.earlier_of(application, current_language())
    if found is None:
        abort(404)
    then = found.submission.application
    decided = released_for(then)
    judged = {part.part: part for part in released_feedback(decided, current_language())}
    asked = {section.id for section in found.sections}
    return render_template(
        "applications/earlier.html",
        **frame(application, _("What the school wrote last time")),
        earlier=found,
        earlier_round=round_title(then.round_id),
        decided=decided,
        judged=[part for name, part in judged.items() if name not in asked],
        judged_by_section=judged,
        anchors={question.id: anchor_of(question, form) for question in form.questions()},
    )


def _row(work: RoundWork, school: School, outcomes: Mapping[int, str]) -> Row:
    title = round_title(work.round_id)
    closes = moment_at(work.closes, school.agency) if work.closes else ""
    until = _("Open until %(closes)s.", closes=closes) if work.is_open and closes else _("The round is closed.")
    if work.application is None:
        return Row(work.round_id, title, None, work.may_start, until)
    if work.application.settled_at is not None:
        return Row(
            work.round_id, title, work.application, False, _("The school receives the label."), _("granted"), "good"
        )
    if outcomes.get(work.application.id) == "refused":
        told = _("The result is out: read what the agency found.")
        told = f"{told} {until}" if work.is_open else told
        return Row(work.round_id, title, work.application, False, told, _("not granted"), "plain")
    if work.is_sent:
        return Row(work.round_id, title, work.application, False, until, _("submitted"), "good")
    word = _("draft") if work.is_open else _("not submitted")
    return Row(work.round_id, title, work.application, False, until, word, "wait" if work.is_open else "plain")


def _part(
    application: Application,
    section: Section,
    part: SectionStatus,
    looks: Sequence[LookAgain],
    names: Mapping[int, str],
) -> Part:
    answered = _("%(done)s of %(total)s answered", done=part.done, total=part.total)
    gaps = len({lack.question for lack in part.lacks})
    again = sum(1 for look in looks if look.section == section.id)
    if again:
        told = ngettext("look at %(num)s question again", "look at %(num)s questions again", again)
        answered = f"{answered}, {told}"
    last = save_words(application, part.last_saved_at, part.last_saved_by, names) if part.last_saved_at else ""
    if part.state == "not_started":
        return Part(section, _("Not started"), "plain", answered, last)
    if not gaps:
        return Part(section, _("Done"), "wait" if again else "good", answered, last)
    missing = ngettext("something missing at one question", "something missing at %(num)s questions", gaps)
    return Part(section, _("Started"), "wait", f"{answered}, {missing}", last)


def _next(application: Application, parts: Sequence[Part], steps: Sequence[Step]) -> Next | None:
    """What to do next: the first part that is not done, then the first step that is not; none when all is sent."""
    for part in parts:
        if part.tone != "good":
            href = url_for("sections.show", public_id=application.public_id, section_id=part.section.id)
            return Next(_("Go on with the form") if application.answers else _("Begin"), href, part.section.title)
    for step in steps:
        if step.is_waiting_for_school:
            return Next(_("Go on"), step.href, step.name)
    return None


def _way_to(application: Application, form: Form, look: LookAgain) -> str:
    """The address of a question on the page of its part; empty when it is not asked any more."""
    question = form.question(look.question)
    if question is None or not look.section:
        return ""
    address = url_for("sections.show", public_id=application.public_id, section_id=look.section)
    return f"{address}#{anchor_of(question, form)}"


def _tagged(application: Application, tag: Tag) -> Tagged:
    form = form_of(application)
    first = next(iter(form.questions_of(tag.requirement.id)), None)
    section = next((part for part in form.sections if first in part.questions), None) if first else None
    if section is None:
        return Tagged(tag, "")
    address = url_for("sections.show", public_id=application.public_id, section_id=section.id)
    return Tagged(tag, f"{address}#requirement-{tag.requirement.id}")
