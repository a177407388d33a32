"""Questions of rows: a repeating group, and a list that the registry begins."""

from __future__ import annotations

from skolemerke_forms.drawing import words
from skolemerke_forms.drawing.controls import Spot, control, head
from skolemerke_forms.drawing.pen import (
    ROW,
    Either,
    Part,
    Pen,
    escaped,
    filled_row,
    joined,
    marker,
    version,
)
from skolemerke_forms.drawing.state import Removed, State
from skolemerke_forms.fields import answer_name
from skolemerke_forms.questions import MAX_ROWS, Group, Question, RegistryList, ShortText, row_ids
from skolemerke_forms.saying import NOT_IN_REGISTRY

ADD, REMOVE, PUT_BACK = "add:", "remove-row:", "put-back:"
"""What a button sends as `then` before the question, or the question and the row, that it speaks of."""


def _(message: str) -> str:
    """Mark a message for translation; it is translated where it is drawn."""
    return message


ROW_NAME = _("Row %(number)s")
CONFIRMED_ROWS = {
    "teachers": _("The registry knows no active teachers of the school."),
    "projects": _("The registry knows no projects of the school."),
    "events": _("The registry knows no events in which the school took part."),
    "quality_labels": _("The registry knows no quality labels of the school."),
}


def group(pen: Pen, spot: Spot) -> list[Part]:
    """Rows with the same columns, each a fieldset; buttons add one, remove one, put the last one back."""
    question = spot.question
    if not isinstance(question, Group):
        raise TypeError("only a group has rows to add")
    compiled: dict[str, str] = {column.id: question.address_of(ROW, column) for column in question.columns}
    row = joined(_group_row(pen, question))

    def rows(state: State) -> str:
        found = []
        for number, row_id in enumerate(row_ids(state.reading.answers.raw.get(question.list_address)), start=1):
            addresses = {compiled[column.id]: question.address_of(row_id, column) for column in question.columns}
            found.append(_undo(pen, question, state.removed, number - 1))
            found.append(filled_row(row, state.of_row(escaped(row_id), number, addresses)))
        found.append(_undo(pen, question, state.removed, len(found) // 2, is_last=True))
        return "".join(found) or f'<p class="hint">{pen.say(words.NO_ROWS)}</p>\n'

    return [
        *head(pen, spot),
        f'<div class="rows" id="{spot.name}">\n',
        rows,
        "</div>\n",
        _adding(pen, question),
        "</div>\n",
    ]


def _group_row(pen: Pen, question: Group) -> list[Part]:
    number = pen.speak(ROW_NAME)
    name = answer_name(f"{question.id}.{ROW}")

    def said(state: State) -> str:
        return escaped(number % {"number": state.number})

    parts: list[Part] = [
        f'<fieldset class="row" id="{name}"><legend><span class="visually-hidden">{pen.text(question.label)}: </span>',
        said,
        "</legend>\n",
    ]
    for column in question.columns:
        address = question.address_of(ROW, column)

        def of(is_wrong: bool, column: Question = column, address: str = address) -> tuple[Part, ...]:
            place = Spot(column, address, pen.text(column.label), column.required, is_wrong)
            return joined(['<div class="row__cell">\n', *control(pen, place), "</div>\n"])

        parts.append(Either(of, address))
    parts += [
        f'<button class="link row__remove" name="then" value="{REMOVE}{question.id}.{ROW}">{pen.say(words.REMOVE_ROW)}'
        f'<span class="visually-hidden">: {pen.text(question.label)}, ',
        said,
        "</span></button>\n</fieldset>\n",
    ]
    return parts


def registry_list(pen: Pen, spot: Spot) -> list[Part]:
    """What the registry knows, to tick, each with a remark; then what was typed besides, marked as not confirmed."""
    question, name = spot.question, spot.name
    if not isinstance(question, RegistryList):
        raise TypeError("only a list of the registry has rows to tick")

    def ticks(state: State) -> str:
        known = state.reading.answers.known.lists.get(question.source, ())
        chosen = set(row_ids(state.typed.get(question.id)))
        # What was ticked and is not in the registry now is not lost by a save.
        gone = "".join(
            f'<input type="hidden" name="{name}" value="{escaped(one)}">\n'
            for one in chosen - {row.id for row in known}
        )
        made = []
        for number, row in enumerate(known):
            id, remark = f"{name}-{number}", _remark(pen, state, question, row.id, row.label)
            details = f' <span class="hint">{escaped(row.details)}</span>' if row.details else ""
            checked = " checked" if row.id in chosen else ""
            made.append(
                f'<div class="listed"><div class="choice"><input type="checkbox" id="{id}" name="{name}" '
                f'value="{escaped(row.id)}"{checked}><label for="{id}"><bdi>{escaped(row.label)}</bdi>{details}</label>'
                f"</div>\n{remark}</div>\n"
            )
        none = f'<p class="hint">{pen.say(CONFIRMED_ROWS[question.source])}</p>\n'
        return gone + ("".join(made) or none)

    typed_row = joined(_typed_row(pen, question))
    compiled = f"{question.id}.{ROW}.name"

    def others(state: State) -> str:
        found = []
        for number, row_id in enumerate(row_ids(state.reading.answers.raw.get(question.list_address)), start=1):
            found.append(_undo(pen, question, state.removed, number - 1))
            addresses = {compiled: f"{question.id}.{row_id}.name"}
            found.append(filled_row(typed_row, state.of_row(escaped(row_id), number, addresses)))
        return "".join([*found, _undo(pen, question, state.removed, len(found) // 2, is_last=True)])

    add = [_adding(pen, question)] if question.may_add else []
    return [
        *marker(question.id),
        *head(pen, spot),
        ticks,
        '<div class="rows">\n',
        others,
        "</div>\n",
        *add,
        "</div>\n",
    ]


def _typed_row(pen: Pen, question: RegistryList) -> list[Part]:
    address = f"{question.id}.{ROW}.name"
    name = answer_name(f"{question.id}.{ROW}")
    what = ShortText(id=question.id, type="short_text", label="", help=pen.speak(NOT_IN_REGISTRY).capitalize())

    def of(is_wrong: bool) -> tuple[Part, ...]:
        return joined(control(pen, Spot(what, address, pen.say(words.NAME), is_needed=True, wrong=is_wrong)))

    return [
        f'<div class="row row--typed" id="{name}">\n',
        Either(of, address),
        f'<button class="link row__remove" name="then" value="{REMOVE}{question.id}.{ROW}">{pen.say(words.REMOVE_ROW)}'
        f'<span class="visually-hidden">: {pen.text(question.label)}</span></button>\n</div>\n',
    ]


def _remark(pen: Pen, state: State, question: RegistryList, row: str, label: str) -> str:
    address = f"{question.id}.{row}.remark"
    name, raw, wrong = escaped(answer_name(address)), state.typed.get(address), state.errors.get(address, "")
    text = raw if isinstance(raw, str) else ""
    error = (
        f'<p class="field-error" id="{name}-error"><span class="visually-hidden">{pen.say(words.ERROR)}</span> '
        f"{escaped(wrong)}</p>\n"
        if wrong
        else ""
    )
    tied = f' aria-invalid="true" aria-describedby="{name}-error"' if wrong else ""
    return (
        f'<input type="hidden" name="v_{escaped(address)}" value="{version(address)(state)}">\n'
        f'<details class="more more--small"{" open" if text or wrong else ""}>'
        f"<summary>{pen.say(words.NOT_RIGHT)}"
        f'<span class="visually-hidden">: {escaped(label)}</span></summary>\n'
        f'<div class="more__body field"><label for="{name}">{pen.say(words.REMARK)}'
        f'<span class="visually-hidden">: {escaped(label)}</span></label>\n{error}'
        f'<input type="text" id="{name}" name="{name}" value="{escaped(text)}"{tied}></div></details>\n'
    )


def _adding(pen: Pen, question: Group | RegistryList) -> Part:
    """The button that adds a row, or in words why there can be no more."""
    most = question.at_most if isinstance(question, Group) else MAX_ROWS
    what = pen.text(question.label)
    add = pen.say("Add a row") if isinstance(question, Group) else pen.say("Add one that is not in the registry")
    button = (
        f'<p class="actions"><button class="button button--secondary" id="add-{question.id}" name="then" '
        f'value="{ADD}{question.id}">{add}<span class="visually-hidden">: {what}</span></button></p>\n'
    )
    full = f'<p class="hint">{pen.say(words.FULL, most=most)}</p>\n'
    hint = _limits(pen, question)

    def slot(state: State) -> str:
        found = len(row_ids(state.reading.answers.raw.get(question.list_address)))
        return hint + (full if found >= most else button)

    return slot


def _limits(pen: Pen, question: Group | RegistryList) -> str:
    most = question.at_most if isinstance(question, Group) else 0
    if question.at_least and most:
        said = pen.say("At least %(least)s, at most %(most)s.", least=question.at_least, most=most)
    elif question.at_least:
        said = pen.say("At least %(least)s.", least=question.at_least)
    elif most:
        said = pen.say("At most %(most)s.", most=most)
    else:
        return ""
    return f'<p class="hint">{said}</p>\n'


def _undo(pen: Pen, question: Group | RegistryList, removed: Removed | None, at: int, *, is_last: bool = False) -> str:
    """Where a row was removed, the offer to put it back; what was written in it is still kept."""
    if removed is None or removed.question != question.id:
        return ""
    if removed.at != at and not (is_last and removed.at > at):
        return ""
    return (
        f'<div class="notice removed" id="removed" tabindex="-1"><p>{pen.say(words.REMOVED)} '
        f'<button class="link" name="then" value="{PUT_BACK}{question.id}.{escaped(removed.row)}.{removed.at}">'
        f"{pen.say(words.PUT_BACK)}</button></p></div>\n"
    )
