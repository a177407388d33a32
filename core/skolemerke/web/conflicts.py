"""The page where two people had changed the same answer: both texts, who and when, and a choice.

What else was sent and could not be taken stands there too, in fields that are sent again. It works without a script.
Nothing that was typed leaves the page until it is saved or given up by choice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from skolemerke_forms.cleaning import tidy
from skolemerke_forms.definition import Section
from skolemerke_forms.drawing.rows import ADD, PUT_BACK, REMOVE
from skolemerke_forms.fields import posted_answers
from skolemerke_forms.questions import LongText, ShortText

from skolemerke.applications import operations
from skolemerke.web import sent_texts
from skolemerke.web.asked import Attempt, name_at, words_at
from skolemerke.web.filling import frame, short_time, writer
from skolemerke.web.section_state import Draft

Typed = str | tuple[str, ...]
AGAIN = "again"
"""The field that names the answers that stand on the page because they could not be taken."""


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


@dataclass(frozen=True)
class Refused:
    """An answer that could not be taken, as it was typed, and why."""

    id: str
    label: str
    version: int
    values: Sequence[str]
    error: str = ""

    @property
    def is_text(self) -> bool:
        """Whether it can be mended in a field of text."""
        return len(self.values) == 1


@dataclass(frozen=True)
class Evidence:
    """What was to stand by a question as evidence and could not be added: why, and the link as it was typed."""

    id: str
    label: str
    link: str = ""
    error: str = ""


def page(draft: Draft, section: Section, found: Sequence[operations.Clash], attempt: Attempt) -> ResponseReturnValue:
    """Show both sides of each answer, and what could not be taken beside them; 409."""
    clashes = []
    for one in found:
        when = short_time(one.theirs_at, draft.application.agency)
        name = one.theirs_by or _("A colleague")
        sides = _sides(one.question_id, draft, one.theirs, one.yours, one.theirs_version)
        title, choice = _("%(name)s, saved %(when)s", name=name, when=when), _("What %(name)s saved", name=name)
        clashes.append(replace(sides, theirs_title=title, theirs_choice=choice))
    _sent, versions = posted_answers(section, request.form)
    refused = [_refused(draft, address, typed, versions[address], attempt) for address, typed in attempt.typed.items()]
    evidence = [
        Evidence(question.id, question.label, attempt.links.get(question.id, ""), attempt.errors[question.id])
        for question in section.questions
        if question.id in attempt.errors
    ]
    return _render(draft, section, clashes, refused, evidence), 409


def page_again(draft: Draft, section: Section, chosen: Chosen) -> ResponseReturnValue:
    """Show the page once more for what was not decided, with everything that was chosen and written."""
    sent, versions = posted_answers(section, request.form)
    clashes = [
        _with_choice(_sides(address, draft, draft.raw.get(address), mine, versions[address]), chosen)
        for address, mine in sent.items()
        if address not in _sent_again()
    ]
    refused = [
        _refused(draft, address, typed, versions[address], Attempt())
        for address, typed in sent.items()
        if address in _sent_again()
    ]
    evidence = [
        Evidence(question.id, question.label, link)
        for question in section.questions
        if (link := request.form.get(f"link_{question.id}", ""))
    ]
    return _render(draft, section, clashes, refused, evidence), 422


def chosen_of(section: Section, formdata: Any) -> Chosen:
    """Read the choices that were sent."""
    sent, versions = posted_answers(section, formdata)
    answers: dict[str, Typed] = {}
    uses: dict[str, str] = {}
    undecided = []
    for name, mine in sent.items():
        if name in formdata.getlist(AGAIN):
            answers[name] = mine
            continue
        use = uses[name] = formdata.get(f"use_{name}", "")
        if use == "mine":
            answers[name] = mine
        elif use == "both":
            answers[name] = formdata.get(f"both_{name}", "")
        elif use != "theirs":
            undecided.append(name)
    return Chosen(answers, {name: versions[name] for name in answers}, uses, tuple(undecided))


def button_of_a_row() -> str:
    """The button of a row that was pressed before the page was shown, or with it; empty for another button."""
    then = request.form.get("then", "")
    return then if then.startswith((ADD, REMOVE, PUT_BACK)) else ""


def _sent_again() -> Sequence[str]:
    return request.form.getlist(AGAIN)


def _refused(draft: Draft, address: str, typed: Any, version: int, attempt: Attempt) -> Refused:
    label = name_at(address, draft.form, draft.raw, draft.known)
    values = [typed] if isinstance(typed, str) else list(typed or ())
    return Refused(address, label, version, values, attempt.refused.get(address, ""))


def _sides(address: str, draft: Draft, theirs: Any, mine: Any, version: int) -> Sides:
    place = draft.form.place_at(address)
    asked = place.question if place else None
    is_text = isinstance(asked, LongText | ShortText)
    parting = "\n\n" if isinstance(asked, LongText) else " "
    return Sides(
        id=address,
        label=name_at(address, draft.form, draft.raw, draft.known),
        version=version,
        theirs=words_at(address, draft.form, theirs, draft.known),
        theirs_title=_("What is saved now"),
        theirs_choice=_("What is saved now"),
        mine=words_at(address, draft.form, mine, draft.known),
        mine_values=[mine] if isinstance(mine, str) else list(mine or ()),
        is_text=is_text,
        both=parting.join(tidy(text) for text in (theirs, mine) if tidy(text)) if is_text else "",
    )


def _with_choice(sides: Sides, chosen: Chosen) -> Sides:
    error = _("Choose what shall count.") if sides.id in chosen.undecided else ""
    both = request.form.get(f"both_{sides.id}", sides.both)
    return replace(sides, use=chosen.uses.get(sides.id, ""), both=both, error=error)


def _render(
    draft: Draft, section: Section, clashes: list[Sides], refused: list[Refused], evidence: list[Evidence]
) -> str:
    errors = [(f"use_{clash.id}-0", f"{clash.label}: {clash.error}") for clash in clashes if clash.error]
    errors += [(f"q_{one.id}", f"{one.label} – {one.error}") for one in refused if one.error]
    errors += [(f"link_{one.id}", f"{one.label} – {one.error}") for one in evidence if one.error]
    return render_template(
        "applications/conflict.html",
        **frame(draft.application, section.title),
        section=section,
        clashes=clashes,
        refused=refused,
        evidence=evidence,
        then=button_of_a_row(),
        writer=writer(),
        mark=sent_texts.mark_of(draft.application, section),
        errors=errors,
        has_errors=bool(errors),
    )
