"""The controls of one place: a line, a text of paragraphs, options to choose from, a text to confirm.

Each is compiled twice, as it is and with something wrong (`wrong`), so that what is fixed stays fixed. The ids on
a page: `q_x` or `q_x-0` is the first control of a place, `q_x-hint` its hint, `q_x-error` what is wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from skolemerke_forms.cleaning import count_words, tidy
from skolemerke_forms.drawing import words
from skolemerke_forms.drawing.pen import ROW, Chosen, Part, Pen, error, escaped, marker, typed
from skolemerke_forms.drawing.state import State
from skolemerke_forms.fields import answer_name
from skolemerke_forms.questions import (
    Choice,
    Choices,
    Date,
    DeclarationQuestion,
    Link,
    LongText,
    Number,
    Question,
    ScaleQuestion,
    ShortText,
    YesNo,
)
from skolemerke_forms.saying import options_of


def _(message: str) -> str:
    """Mark a message for translation; it is translated where it is drawn."""
    return message


FITS = _("%(words)s of at most %(most)s words")
OVER = _("%(words)s words: %(over)s more than the limit of %(most)s")
ANSWERED_BY_OPTIONS = (YesNo, Choice, Choices, ScaleQuestion)
CONTROLS = (*ANSWERED_BY_OPTIONS, ShortText, LongText, Number, Date, Link, DeclarationQuestion)
"""The types that are drawn as one control."""


@dataclass(frozen=True)
class Spot:
    """One place as it is drawn: the question that says how, the address, the label as markup, and whether an answer
    is needed."""

    question: Question
    address: str
    label: str
    is_needed: bool
    wrong: bool = False

    @property
    def name(self) -> str:
        """The name of the field and the stem of all ids."""
        return answer_name(self.address)


def control(pen: Pen, spot: Spot) -> list[Part]:
    """A place with its label, help, example, what is wrong, and the hidden field that says that it was there."""
    question = spot.question
    draw: Callable[[Pen, Spot], list[Part]] = line
    if isinstance(question, ANSWERED_BY_OPTIONS):
        draw = options
    elif isinstance(question, LongText):
        draw = lines
    elif isinstance(question, DeclarationQuestion):
        draw = confirmation
    return [*marker(spot.address), *draw(pen, spot)]


def described(spot: Spot, *more: str) -> str:
    """The attribute that ties hint, error and more to a control."""
    question, ids = spot.question, []
    if question.help or isinstance(question, Date):
        ids.append(f"{spot.name}-hint")
    if spot.wrong:
        ids.append(f"{spot.name}-error")
    ids += more
    return f' aria-describedby="{" ".join(ids)}"' if ids else ""


def around(pen: Pen, spot: Spot) -> list[Part]:
    """What stands between a label and its control: help, an example, a suggestion, what is wrong."""
    question, parts = spot.question, list[Part]()
    hints = [pen.text(question.help)] if question.help else []
    if isinstance(question, Date):
        hints.append(pen.say("Write day, month and year, such as 24.11.2020."))
    if hints:
        parts.append(f'<div class="hint" id="{spot.name}-hint">{" ".join(hints)}</div>\n')
    if question.example:
        parts.append(example(pen, question, spot.label))
    if question.prefill and not question.read_only:
        parts.append(_suggested(pen, spot))
    return [*parts, *what_is_wrong(pen, spot)]


def example(pen: Pen, question: Question, label: str) -> str:
    """An example that can be opened."""
    return (
        f'<details class="more more--small"><summary>{pen.say(words.EXAMPLE)}'
        f'<span class="visually-hidden">: {label}</span></summary>'
        f'<div class="more__body prewrap"{pen.lang_of(question.example)}>{escaped(question.example)}</div></details>\n'
    )


def what_is_wrong(pen: Pen, spot: Spot) -> list[Part]:
    """The error of a place; nothing where nothing is wrong."""
    if not spot.wrong:
        return []
    return [
        f'<p class="field-error" id="{spot.name}-error"><span class="visually-hidden">{pen.say(words.ERROR)}</span> ',
        error(spot.address),
        "</p>\n",
    ]


def may_be_open(pen: Pen, spot: Spot) -> str:
    """Said behind the label of what need not be answered."""
    return "" if spot.is_needed else f' <span class="may">{pen.say(words.MAY_BE_OPEN)}</span>'


def invalid(spot: Spot) -> str:
    """The attribute of a control whose answer is wrong."""
    return ' aria-invalid="true"' if spot.wrong else ""


def head(pen: Pen, spot: Spot) -> list[Part]:
    """The label of a question of several places, with its help, and what is wrong with it as a whole."""
    name = spot.name
    return [
        f'<div class="field several{" field--wrong" if spot.wrong else ""}" role="group" '
        f'aria-labelledby="{name}-label"{described(spot)}>\n'
        f'<p class="several__label" id="{name}-label" tabindex="-1">{spot.label}{may_be_open(pen, spot)}</p>\n',
        *around(pen, spot),
    ]


def opening(spot: Spot, more: str = "") -> str:
    """The classes of the element around a place."""
    return f"field{' field--wrong' if spot.wrong else ''}{more}"


def line(pen: Pen, spot: Spot) -> list[Part]:
    """One line of text, a number, a day, an address."""
    kinds: Mapping[type[Question], str] = {
        Number: ' inputmode="decimal" class="width-short"',
        Date: ' class="width-short" autocomplete="off"',
        Link: ' inputmode="url" spellcheck="false" autocapitalize="none"',
    }
    kind = next((said for of, said in kinds.items() if isinstance(spot.question, of)), "")
    return [
        f'<div class="{opening(spot)}">\n<label for="{spot.name}">{spot.label}{may_be_open(pen, spot)}</label>\n',
        *around(pen, spot),
        f'<input type="text" id="{spot.name}" name="{spot.name}" value="',
        typed(spot.address),
        f'"{kind}{invalid(spot)}{described(spot)}>\n</div>\n',
    ]


def lines(pen: Pen, spot: Spot) -> list[Part]:
    """A text of paragraphs with its words counted."""
    question = spot.question
    most = question.max_words if isinstance(question, LongText) else 0
    height = min(14, max(4, most // 20))
    return [
        f'<div class="{opening(spot)}">\n<label for="{spot.name}">{spot.label}{may_be_open(pen, spot)}</label>\n',
        *around(pen, spot),
        f'<textarea id="{spot.name}" name="{spot.name}" rows="{height}"{invalid(spot)}'
        f"{described(spot, f'{spot.name}-count')}>\n",
        typed(spot.address),
        "</textarea>\n",
        *_count(pen, spot, most),
        "</div>\n",
    ]


def options(pen: Pen, spot: Spot) -> list[Part]:
    """Options to choose from, in a fieldset."""
    question = spot.question
    scale = " scale" if isinstance(question, ScaleQuestion) else ""
    return [
        f'<fieldset class="{opening(spot, scale)}"{described(spot)}>\n'
        f"<legend>{spot.label}{may_be_open(pen, spot)}</legend>\n",
        *around(pen, spot),
        choices(pen, spot),
        "</fieldset>\n",
    ]


def choices(pen: Pen, spot: Spot) -> Chosen:
    """The options of a place; one that need not be answered and takes one of them can be left again."""
    question, name = spot.question, spot.name
    kind = "checkbox" if question.several else "radio"
    descriptors = question.descriptors if isinstance(question, ScaleQuestion) else {}
    made = []
    for number, (value, label) in enumerate(options_of(question, pen.form, pen.speak)):
        said, descriptor = pen.text(label), descriptors.get(value)
        if descriptor:
            said = f'<span class="scale__level">{said}</span> <span class="scale__text">{pen.text(descriptor)}</span>'
        made.append(_option(kind, f"{name}-{number}", name, value, said, more=invalid(spot)))
    if kind == "radio" and not spot.is_needed:
        made.append(_option(kind, f"{name}-none", name, "", pen.say(words.NO_ANSWER), modifier=" choice--none"))
    return Chosen(spot.address, made, several=question.several)


def confirmation(pen: Pen, spot: Spot) -> list[Part]:
    """A text, and a box that confirms exactly that text; beside it who did, and when."""
    question, name = spot.question, spot.name
    if not isinstance(question, DeclarationQuestion):
        raise TypeError("only a declaration is confirmed")

    def confirmed(state: State) -> str:
        said = state.confirmed.get(question.id, "")
        return f'<p class="hint confirmed">{escaped(said)}</p>\n' if said else ""

    label = f"{spot.label}{may_be_open(pen, spot)}"
    box = _option(
        "checkbox", name, name, question.fingerprint, label, more=f"{invalid(spot)}{described(spot, f'{name}-text')}"
    )
    return [
        f'<div class="{opening(spot)}">\n<div class="statement" id="{name}-text">{pen.paragraphs(question.statement)}'
        f"</div>\n",
        *around(pen, spot),
        Chosen(spot.address, [box]),
        confirmed,
        "</div>\n",
    ]


def _option(
    kind: str, id: str, name: str, value: str, label: str, *, modifier: str = "", more: str = ""
) -> tuple[str, str, str]:
    return (
        value,
        f'<div class="choice{modifier}"><input type="{kind}" id="{id}" name="{name}" value="{escaped(value)}"',
        f'{more}><label for="{id}">{label}</label></div>\n',
    )


def _count(pen: Pen, spot: Spot, most: int) -> list[Part]:
    fits, over = pen.speak(FITS), pen.speak(OVER)
    patterns = {"words": "{words}", "over": "{over}", "most": most}
    told = (
        f'" id="{spot.name}-count" data-words-of="{spot.name}" data-most="{most}" '
        f'data-fits="{escaped(fits % patterns)}" data-over="{escaped(over % patterns)}">'
    )

    def count(state: State) -> str:
        raw = state.typed.get(spot.address)
        words = count_words(tidy(raw)) if raw else 0
        said = (over if words > most else fits) % {"words": words, "most": most, "over": words - most}
        told_here = told.replace(ROW, state.row) if state.row else told
        return f'<p class="count{" count--over" if words > most else ""}{told_here}{escaped(said)}</p>\n'

    return [count, f'<p class="visually-hidden" role="status" id="{spot.name}-count-spoken"></p>\n']


def _suggested(pen: Pen, spot: Spot) -> Part:
    said = f'<p class="hint">{pen.say(words.SUGGESTED)}</p>\n'
    address = spot.address

    def slot(state: State) -> str:
        is_saved = address in state.reading.answers.raw or state.versions.get(address, 0)
        return "" if is_saved or not state.typed.get(address) else said

    return slot
