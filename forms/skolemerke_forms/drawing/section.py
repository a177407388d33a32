"""A section compiled to markup: once for each form, section and language; then filled for each page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import groupby

from skolemerke_forms.definition import Form, Requirement, Section
from skolemerke_forms.drawing import rows, whens
from skolemerke_forms.drawing.controls import CONTROLS, Spot, control
from skolemerke_forms.drawing.evidence import evidence
from skolemerke_forms.drawing.matrix import matrix
from skolemerke_forms.drawing.pen import Either, Part, Pen, all_well, escaped, filled, joined
from skolemerke_forms.drawing.shown import computed, file, gone, note, read_only
from skolemerke_forms.drawing.state import State
from skolemerke_forms.drawing.widgets import widget
from skolemerke_forms.fields import fillable
from skolemerke_forms.questions import Computed, File, Group, Matrix, Note, Question, RegistryList

Draw = Callable[[Pen, Spot], list[Part]]


class DrawnSection:
    """A section that is ready to be filled. Keep it; it holds nothing of a request and may be shared by threads."""

    def __init__(self, pen: Pen) -> None:
        self._parts = joined(_groups(pen))
        self._all_well = all_well(self._parts)

    def fill(self, state: State) -> str:
        """The questions of the section as markup, in the order of the form."""
        return filled(self._parts if state.errors else self._all_well, state)


def draw_section(
    form: Form,
    section: Section,
    language: str,
    *,
    say: Callable[[str], str] = str,
    say_day: Callable[[str], str] = str,
    largest: int = 10,
) -> DrawnSection:
    """Compile a section of a form that is in the reader's language already.

    `say` translates the messages of the library, `say_day` says a day in ISO 8601; `largest` is how many megabytes a
    file may have.
    """
    return DrawnSection(Pen(form, section, language, say, say_day, largest))


def _groups(pen: Pen) -> list[Part]:
    """The questions, those of one requirement under its heading."""
    parts, seen = list[Part](), set[str]()
    for requirement_id, questions in groupby(pen.section.questions, key=lambda one: one.requirement):
        drawn = [part for question in questions for part in _question(pen, question)]
        requirement = pen.form.requirement(requirement_id) if requirement_id else None
        if requirement is None:
            parts += drawn
            continue
        prefix = "again" if requirement.id in seen else "requirement"
        seen.add(requirement.id)
        parts += [*_heading(pen, requirement, f"{prefix}-{requirement.id}"), *drawn, "</section>\n"]
    return parts


def _heading(pen: Pen, requirement: Requirement, id: str) -> list[Part]:
    letter = f'<span class="requirement__letter">{escaped(requirement.letter)}</span> ' if requirement.letter else ""
    why = pen.say("Why this was adjusted")

    def mark(state: State) -> str:
        found = state.marks.get(requirement.id)
        if found is None:
            return ""
        sentence = f' <span class="hint">{escaped(found.sentence)}</span>' if found.sentence else ""
        tag = f'<strong class="tag tag--{found.tone}">{escaped(found.word)}</strong>'
        return f'<p class="requirement__state">{tag}{sentence}</p>\n'

    def reason(state: State) -> str:
        found = state.marks.get(requirement.id)
        if found is None or not found.reason:
            return ""
        return f'<div class="reason"><p class="reason__title">{why}</p>{pen.paragraphs(found.reason)}</div>\n'

    return [
        f'<section class="requirement" aria-labelledby="{id}">\n<div class="requirement__head">\n'
        f'<h2 id="{id}">{letter}{pen.text(requirement.label)}</h2>\n',
        mark,
        pen.paragraphs(requirement.description),
        reason,
        "</div>\n",
    ]


def _question(pen: Pen, question: Question) -> list[Part]:
    """One question with its evidence, in an element that can be hidden."""
    spot = Spot(question, question.id, pen.text(question.label), pen.form.must_answer(question))
    draw = drawing_of(question)
    body = Either(lambda is_wrong: joined(draw(pen, replace(spot, wrong=is_wrong))), question.id)
    return [
        _opened(question),
        f'<div class="question" id="question-{question.id}"',
        *_when(pen, question),
        ">\n",
        *([body] if fillable(question) else draw(pen, spot)),
        *(evidence(pen, question) if question.evidence != "none" else ()),
        "</div>\n",
    ]


def drawing_of(question: Question) -> Draw:
    """How a question is drawn: by the library, or by the WTForms widget of a type that it does not know."""
    if type(question).wtforms_field is not Question.wtforms_field:
        return widget
    if not fillable(question) and question.asks and not isinstance(question, File):
        return read_only if question.read_only else gone
    return next((draw for of, draw in DRAWINGS if isinstance(question, of)), widget)


DRAWINGS: tuple[tuple[type[Question], Draw], ...] = (
    (Matrix, matrix),
    (Group, rows.group),
    (RegistryList, rows.registry_list),
    (Note, note),
    (File, file),
    (Computed, computed),
    *((of, control) for of in CONTROLS),
)


def _when(pen: Pen, question: Question) -> list[Part]:
    """The attributes of a question that is not always shown."""
    when = question.when
    if when is None:
        return []

    def hidden(state: State) -> str:
        return "" if state.reading.shows(question) else " hidden"

    if not whens.is_scripted(when):
        return [hidden]
    if not whens.asks_elsewhere(when, pen.section):
        return [f' data-when="{escaped(whens.as_data(when, pen.section))}"', hidden]

    def condition(state: State) -> str:
        return f' data-when="{escaped(whens.as_data(when, pen.section, state.reading))}"'

    return [condition, hidden]


def _opened(question: Question) -> Part:
    """Before the first question that the last answers opened, a line that says so and has the focus."""
    if question.when is None:
        return ""

    def slot(state: State) -> str:
        if next(iter(state.opened), "") != question.id:
            return ""
        return f'<p class="opened" id="opened" tabindex="-1">{escaped(state.opened_words)}</p>\n'

    return slot
