"""A question of a type that the library does not draw: its WTForms widget, with our label, help and errors around it.

This is slow beside the rest, and it is markup that the type's plugin makes: installed code is trusted.
"""

from __future__ import annotations

from typing import Any

from wtforms import Form
from wtforms.widgets import ListWidget

from skolemerke_forms.drawing.controls import Spot, around, described, may_be_open, opening
from skolemerke_forms.drawing.pen import Part, Pen, marker
from skolemerke_forms.drawing.state import State
from skolemerke_forms.fields import field_of


def widget(pen: Pen, spot: Spot) -> list[Part]:
    """The widget of a type, bound to what stands at its place."""
    name = spot.name
    made: type[Any] = type("OneField", (Form,), {name: field_of(spot.question, pen.form, pen.speak)})
    is_list = isinstance(made()[name].widget, ListWidget)
    tied = {} if is_list else _attributes(spot)

    def field(state: State) -> str:
        raw = state.typed.get(spot.address)
        return str(made(data={} if raw is None else {name: raw})[name](**tied))

    label = f"{spot.label}{may_be_open(pen, spot)}"
    around_it = (
        (f'<fieldset class="{opening(spot)} options"{described(spot)}><legend>{label}</legend>\n', "</fieldset>\n")
        if is_list
        else (f'<div class="{opening(spot)}"><label for="{name}">{label}</label>\n', "</div>\n")
    )
    return [*marker(spot.address), around_it[0], *around(pen, spot), field, around_it[1]]


def _attributes(spot: Spot) -> dict[str, str]:
    found = {}
    if spot.question.help or spot.wrong:
        found["aria_describedby"] = described(spot).partition('"')[2].rstrip('"')
    return {**found, "aria_invalid": "true"} if spot.wrong else found
