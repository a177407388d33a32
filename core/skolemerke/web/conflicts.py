"""The page where two people had changed the same answer: both texts, who and when, and a choice.

It works without a script. Nothing that was typed leaves the page until it is saved or given up by choice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
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
            title = _("%(name)s, saved %(when)s", name=one.theirs_by or _("A colleague"), when=when)
            clashes.append(_clash(question, form, (one.theirs, one.yours), one.theirs_version, title))
    return _render(application, form, section, clashes), 409


def page_again(application: Application, form: Form, section: Section, chosen: Chosen) -> ResponseReturnValue:
    """Show the page once more for what was not decided, with everything that was chosen and written."""
    sent, versions = posted_answers(section, request.form)
    clashes = []
    for question in section.questions:
        if question.id not in sent:
            continue
        kept: Mapping[str, Any] = application.answers.get(question.id, {})
        clash = _clash(
            question, form, (kept.get("raw"), sent[question.id]), versions[question.id], _("What is saved now")
        )
        clashes.append(_with_choice(clash, chosen))
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


def _clash(question: Question, form: Form, sides: tuple[Any, Any], version: int, title: str) -> Sides:
    theirs, mine = sides
    is_text = isinstance(question, LongText | ShortText)
    said = words_of(question, form, theirs), words_of(question, form, mine)
    parting = "\n\n" if isinstance(question, LongText) else " "
    return Sides(
        id=question.id,
        label=question.label,
        version=version,
        theirs=said[0],
        theirs_title=title,
        mine=said[1],
        mine_values=[mine] if isinstance(mine, str) else list(mine or ()),
        is_text=is_text,
        both=parting.join(tidy(text) for text in (theirs, mine) if tidy(text)) if is_text else "",
    )


def _with_choice(clash: Sides, chosen: Chosen) -> Sides:
    is_open = clash.id in chosen.undecided
    return Sides(
        **{
            **vars(clash),
            "use": chosen.uses.get(clash.id, ""),
            "both": request.form.get(f"both_{clash.id}", clash.both),
            "error": _("Choose what shall count.") if is_open else "",
        }
    )


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
