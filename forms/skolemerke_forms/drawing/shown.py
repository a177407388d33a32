"""What a page only shows: notes, files, what the registry decides, what is worked out, what can't be answered now."""

from __future__ import annotations

from skolemerke_forms.drawing import words
from skolemerke_forms.drawing.controls import Spot, example
from skolemerke_forms.drawing.pen import Part, Pen, Slot, escaped, typed
from skolemerke_forms.drawing.state import State
from skolemerke_forms.questions import Question
from skolemerke_forms.saying import in_words


def note(pen: Pen, spot: Spot) -> list[Part]:
    """A text between questions."""
    return [f'<div class="note">{spot.label}{_help(pen, spot.question)}</div>\n']


def file(pen: Pen, spot: Spot) -> list[Part]:
    """A question that is answered by its evidence, which is drawn beneath."""
    more = "" if pen.form.must_document(spot.question) else f' <span class="may">{pen.say(words.MAY_BE_OPEN)}</span>'
    example_of = example(pen, spot.question, spot.label) if spot.question.example else ""
    about = f"{_help(pen, spot.question)}{example_of}"
    return [f'<div class="field"><p class="field-name">{spot.label}{more}</p>\n{about}</div>\n']


def read_only(pen: Pen, spot: Spot) -> list[Part]:
    """What the registry says; it is decided by the server, whatever a page sends."""
    none, hint = pen.say("The registry does not say."), pen.say("As the registry has it. It can't be changed here.")
    return [*_output(pen, spot, _words(pen, spot.question, none)), f'<p class="hint">{hint}</p>\n</div>\n']


def computed(pen: Pen, spot: Spot) -> list[Part]:
    """What is worked out from other answers, when they are saved."""
    none = pen.say("It is worked out when you save.")
    return [*_output(pen, spot, _words(pen, spot.question, none)), "</div>\n"]


def gone(pen: Pen, spot: Spot) -> list[Part]:
    """A question whose type is not installed any more."""
    none, given = pen.say("Not answered"), typed(spot.address)

    def answer(state: State) -> str:
        return given(state) or none

    return [
        f'<div class="field"><p class="field-name">{spot.label}</p>\n<p class="prewrap answer">',
        answer,
        f'</p>\n<p class="hint">{pen.say(words.GONE)}</p></div>\n',
    ]


def _output(pen: Pen, spot: Spot, words: Slot) -> list[Part]:
    id = f"{spot.name}-label"
    return [
        f'<div class="field"><p class="field-name" id="{id}">{spot.label}</p>\n{_help(pen, spot.question)}'
        f'<output class="output prewrap" id="{spot.name}" aria-labelledby="{id}">',
        words,
        "</output>\n",
    ]


def _words(pen: Pen, question: Question, none: str) -> Slot:
    def slot(state: State) -> str:
        said = in_words(question, state.reading, say=pen.speak, say_day=pen.say_day)
        return f"<bdi>{escaped(said)}</bdi>" if said else f'<span class="hint">{none}</span>'

    return slot


def _help(pen: Pen, question: Question) -> str:
    return f'<div class="hint">{pen.text(question.help)}</div>\n' if question.help else ""
