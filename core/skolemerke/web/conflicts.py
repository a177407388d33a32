"""The page where two people had changed the same answer: both texts, who and when, and a choice.

It works without a script. Nothing that was typed leaves the page until it is saved or given up by choice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from skolemerke_forms.cleaning import tidy
from skolemerke_forms.definition import Form, Section
from skolemerke_forms.fields import posted_answers
from skolemerke_forms.questions import LongText, Question, ShortText

from skolemerke.applications import operations
from skolemerke.applications.models import Application
from skolemerke.web.asked import words_of
from skolemerke.web.filling import frame, short_time

Typed = str | tuple[str, ...]


@dataclass(frozen=True)
class Sides:
    """One answer that two people changed: both sides in words, and what has been chosen so far."""

    id: str
    label: str
    version: int
    theirs: str
    theirs_title: str
    theirs_choice: str
    mine: str
    mine_values: Sequence[str]
    is_text: bool
    both: str = ""
    use: str = ""
    error: str = ""


@dataclass(frozen=True)
class Chosen:
    """What the reader decided: the answers to save with the versions that were seen, and what is still open."""

    answers: dict[str, Typed] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)
    uses: dict[str, str] = field(default_factory=dict)
    undecided: tuple[str, ...] = ()


def page(
    application: Application, form: Form, section: Section, found: Sequence[operations.Clash]
) -> ResponseReturnValue:
    """Show both sides of each answer; 409."""
    clashes = []
    for one in found:
        question = form.question(one.question_id)
        if question is not None:
            when = short_time(one.theirs_at, application.agency)
            name = one.theirs_by or _("A colleague")
            sides = _sides(question, form, one.theirs, one.yours, one.theirs_version)
            title, choice = _("%(name)s, saved %(when)s", name=name, when=when), _("What %(name)s saved", name=name)
            clashes.append(replace(sides, theirs_title=title, theirs_choice=choice))
    return _render(application, form, section, clashes), 409


def page_again(application: Application, form: Form, section: Section, chosen: Chosen) -> ResponseReturnValue:
    """Show the page once more for what was not decided, with everything that was chosen and written."""
    sent, versions = posted_answers(section, request.form)
    clashes = []
    for question in section.questions:
        if question.id not in sent:
            continue
        kept: Mapping[str, Any] = application.answers.get(question.id, {})
        sides = _sides(question, form, kept.get("raw"), sent[question.id], versions[question.id])
        clashes.append(_with_choice(sides, chosen))
    return _render(application, form, section, clashes), 422


def chosen_of(section: Section, formdata: Any) -> Chosen:
    """Read the choices that were sent."""
    sent, versions = posted_answers(section, formdata)
    answers: dict[str, Typed] = {}
    uses: dict[str, str] = {}
    undecided = []
    for name, mine in sent.items():
        use = uses[name] = formdata.get(f"use_{name}", "")
        if use == "mine":
            answers[name] = mine
        elif use == "both":
            answers[name] = formdata.get(f"both_{name}", "")
        elif use != "theirs":
            undecided.append(name)
    return Chosen(answers, {name: versions[name] for name in answers}, uses, tuple(undecided))


def _sides(question: Question, form: Form, theirs: Any, mine: Any, version: int) -> Sides:
    is_text = isinstance(question, LongText | ShortText)
    parting = "\n\n" if isinstance(question, LongText) else " "
    return Sides(
        id=question.id,
        label=question.label,
        version=version,
        theirs=words_of(question, form, theirs),
        theirs_title=_("What is saved now"),
        theirs_choice=_("What is saved now"),
        mine=words_of(question, form, mine),
        mine_values=[mine] if isinstance(mine, str) else list(mine or ()),
        is_text=is_text,
        both=parting.join(tidy(text) for text in (theirs, mine) if tidy(text)) if is_text else "",
    )


def _with_choice(sides: Sides, chosen: Chosen) -> Sides:
    error = _("Choose what shall count.") if sides.id in chosen.undecided else ""
    both = request.form.get(f"both_{sides.id}", sides.both)
    return replace(sides, use=chosen.uses.get(sides.id, ""), both=both, error=error)


def _render(application: Application, form: Form, section: Section, clashes: list[Sides]) -> str:
    errors = [(f"use_{clash.id}-0", f"{clash.label}: {clash.error}") for clash in clashes if clash.error]
    return render_template(
        "applications/conflict.html",
        **frame(application, section.title),
        form=form,
        section=section,
        clashes=clashes,
        errors=errors,
        has_errors=bool(errors),
    )
