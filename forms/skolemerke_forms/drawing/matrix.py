"""A matrix: no table, but a fieldset for each row, laid out as a grid where there is room.

That is what screen readers read once, and what stacks on a narrow screen.
"""

from __future__ import annotations

from skolemerke_forms.drawing import words
from skolemerke_forms.drawing.controls import Spot, choices, described, head, what_is_wrong
from skolemerke_forms.drawing.pen import Either, Part, Pen, joined, marker
from skolemerke_forms.questions import Matrix
from skolemerke_forms.saying import options_of


def matrix(pen: Pen, spot: Spot) -> list[Part]:
    """Statements on one scale, a fieldset each; the levels stand above them once where there is room."""
    question, name = spot.question, spot.name
    if not isinstance(question, Matrix):
        raise TypeError("only a matrix has statements")
    levels = [pen.text(label) for _value, label in options_of(question, pen.form, pen.speak)]
    left = [] if spot.is_needed else [pen.say(words.NO_ANSWER)]
    heads = "".join(f"<span>{label}</span>" for label in (*levels, *left))
    return [
        *head(pen, spot),
        f'<div class="matrix matrix--{len(levels) + len(left)}" id="{name}">\n'
        f'<div class="matrix__heads" aria-hidden="true"><span></span>{heads}</div>\n',
        *(_row(pen, spot, question, question.address_of(row), pen.text(row.label)) for row in question.rows),
        "</div>\n</div>\n",
    ]


def _row(pen: Pen, spot: Spot, question: Matrix, address: str, label: str) -> Part:
    asked = next(place.question for place in question.places({}) if place.address == address)

    def of(is_wrong: bool) -> tuple[Part, ...]:
        row = Spot(asked.model_copy(update={"help": "", "example": ""}), address, label, spot.is_needed, is_wrong)
        return joined(
            [
                *marker(address),
                f'<fieldset class="matrix__row{" field--wrong" if is_wrong else ""}"{described(row)}>\n'
                f"<legend>{label}</legend>\n",
                *what_is_wrong(pen, row),
                '<div class="matrix__choices">\n',
                choices(pen, row),
                "</div>\n</fieldset>\n",
            ]
        )

    return Either(of, address)
