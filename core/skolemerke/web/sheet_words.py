"""A score sheet in words: which part gave which points, under which rule."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from skolemerke_forms.definition import Form
from skolemerke_forms.questions import plain_number
from skolemerke_forms.saying import options_of

from skolemerke.contract.scoring import ScoreLine, ScoreSheet
from skolemerke.rounds.composition import Content
from skolemerke.web.asked import reason_of
from skolemerke.web.languages import current_language
from skolemerke.web.words import word_of

RULES = {
    "documented": lazy_gettext("Documented"),
    "not_documented": lazy_gettext("Not documented"),
    "unanswered": lazy_gettext("Not answered"),
    "incomplete": lazy_gettext("Something is missing here"),
    "fixed": lazy_gettext("Fixed by an adjustment: every school gets it"),
    "waived": lazy_gettext("Not asked for in this round"),
    "fulfilled": lazy_gettext("Fulfilled"),
    "not_fulfilled": lazy_gettext("Not fulfilled"),
    "not_judged": lazy_gettext("Not judged yet"),
}


@dataclass(frozen=True)
class Line:
    """One line of a sheet: the part's label, what it was given for, its points, and why it was adjusted."""

    label: str
    because: str
    points: str
    most: str
    reason: str = ""


@dataclass(frozen=True)
class Group:
    """The lines of one part of the form."""

    title: str
    lines: list[Line]


@dataclass(frozen=True)
class SheetInWords:
    """A whole sheet. `note` says which of its figures are assumptions; a sheet of a round that people judge has no
    points at all."""

    groups: list[Group]
    points: str
    most: str
    pass_mark: str
    outcome: str
    unmet: list[str]
    note: str
    has_points: bool


def in_words(sheet: ScoreSheet, frozen: Content) -> SheetInWords:
    """A sheet of an edition, in the reader's language."""
    form = frozen.form.in_language(current_language())
    judged, required = Group(_("What the agency judges"), []), Group(_("Requirements"), [])
    groups, places = [judged, required], {"": required}
    for section in form.sections:
        places[section.id] = Group(section.title, [])
        groups.append(places[section.id])
    for line in sheet.lines:
        place = judged if form.section(line.part) else places.get(line.section, required)
        place.lines.append(_line(line, form, frozen))
    requirements = [form.requirement(name) for name in sheet.unmet]
    return SheetInWords(
        groups=[group for group in groups if group.lines],
        points=_number(sheet.points),
        most=_number(sheet.most),
        pass_mark=_number(sheet.pass_mark),
        outcome=sheet.outcome or "",
        unmet=[found.label for found in requirements if found],
        note=frozen.policy.said(current_language(), form.language).note,
        has_points=sheet.points is not None or any(line.points is not None for line in sheet.lines),
    )


def in_short(outcome: str | None, points: str | None) -> str:
    """A sheet in a word or two, for a list: the outcome and the points, or that people judge it."""
    return f"{word_of(outcome or 'to_be_judged')} {points or ''}".strip()


def _line(line: ScoreLine, form: Form, frozen: Content) -> Line:
    question = form.question(line.part)
    if line.rule == "answered" and question is not None:
        labels = dict(options_of(question, form, _))
        because = ", ".join(labels.get(value, value) for value in line.answer.split(", "))
    else:
        because = str(RULES.get(line.rule, line.rule))
    label = _label_of(line.part, form)
    reason = reason_of(frozen, line.part) if line.rule in {"fixed", "waived"} else ""
    return Line(label, because, _number(line.points), _number(line.most), reason)


def _label_of(part: str, form: Form) -> str:
    requirement, question, section = form.requirement(part), form.question(part), form.section(part)
    if requirement is not None:
        return f"{requirement.letter} {requirement.label}".strip()
    if question is not None:
        return question.label
    return section.title if section is not None else part


def _number(points: Decimal | None) -> str:
    return "" if points is None else plain_number(points)
