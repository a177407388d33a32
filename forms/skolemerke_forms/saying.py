"""An answer in words: what stands on a page that is read, printed or signed."""

from __future__ import annotations

from collections.abc import Callable

from skolemerke_forms.answers import Reading
from skolemerke_forms.cleaning import Clean, Raw, Row, tidy
from skolemerke_forms.definition import Form
from skolemerke_forms.questions import (
    NOT_APPLICABLE,
    Choice,
    Choices,
    Date,
    Group,
    Matrix,
    Question,
    RegistryList,
    ScaleQuestion,
    YesNo,
    rows_of,
)


def _(message: str) -> str:
    """Mark a message for translation; it is translated where it is shown."""
    return message


YES_NO = (("yes", _("Yes")), ("no", _("No")))
DOES_NOT_APPLY = _("Does not apply")
CONFIRMED = _("Confirmed")
NOT_IN_REGISTRY = _("not confirmed by the registry")

KINDS = {
    "event": _("event"),
    "training": _("course"),
    "national": _("national quality label"),
    "european": _("European quality label"),
    "teacher": _("teacher"),
    "head_teacher": _("head of the school"),
    "deputy_head": _("deputy head"),
    "librarian": _("librarian"),
    "ict_coordinator": _("ICT coordinator"),
    "counsellor": _("counsellor"),
    "special_needs_teacher": _("special needs teacher"),
    "teaching_assistant": _("teaching assistant"),
}
"""What the kinds of rows of the registry are called: of events and quality labels, and the roles of people."""

Say = Callable[[str], str]


def options_of(question: Question, form: Form, say: Say = str) -> list[tuple[str, str]]:
    """The answers that a question offers, each with its label; none for a question that is answered in writing."""
    if isinstance(question, YesNo):
        return [(value, say(label)) for value, label in YES_NO]
    if isinstance(question, Choice | Choices):
        return [(option.value, option.label) for option in question.options]
    if isinstance(question, ScaleQuestion | Matrix):
        scale = form.scale(question.scale)
        levels = [(level.value, level.label) for level in scale.levels]
        if question.may_not_apply:
            levels.append((NOT_APPLICABLE, scale.not_applicable or say(DOES_NOT_APPLY)))
        return levels
    return []


def in_words(question: Question, reading: Reading, *, say: Say = str, say_day: Say = str) -> str:
    """An answer as a reader understands it, one line for each choice, row or column; what can't be read stays as
    it was typed.

    The form is in the reader's language already; `say` translates the words of the library, `say_day` says a day
    in ISO 8601. Blank, and not shown, is an empty text.
    """
    value = reading.cleaned(question).value
    if value is None:
        return typed_words(reading.typed(question)) if reading.shows(question) else ""
    return words_of_value(question, reading.form, value, say=say, say_day=say_day)


def words_of_value(question: Question, form: Form, value: Clean, *, say: Say = str, say_day: Say = str) -> str:
    """A clean answer as a reader understands it."""
    if isinstance(question, Matrix) and isinstance(value, dict):
        labels = dict(options_of(question, form, say))
        return "\n".join(
            f"{row.label}: {labels.get(value[row.value], value[row.value])}"
            for row in question.rows
            if row.value in value
        )
    if isinstance(question, Group):
        return "\n\n".join(_row_words(question, form, row, say, say_day) for row in rows_of(value))
    if isinstance(question, RegistryList):
        return "\n".join(listed_words(row, say=say, say_day=say_day) for row in rows_of(value))
    return _simple_words(question, form, value, say, say_day)


def words_of_typed(question: Question, form: Form, raw: Raw, *, say: Say = str, say_day: Say = str) -> str:
    """What was typed at one place, read by the question of that place."""
    value = question.clean(raw, form).value
    return typed_words(raw) if value is None else words_of_value(question, form, value, say=say, say_day=say_day)


def typed_words(raw: Raw) -> str:
    """What was typed, as it was typed."""
    return tidy(raw) if raw is None or isinstance(raw, str) else "\n".join(tidy(one) for one in raw)


def _simple_words(question: Question, form: Form, value: Clean, say: Say, say_day: Say) -> str:
    labels = dict(options_of(question, form, say))
    if not isinstance(value, str):
        return "\n".join(labels.get(one, one) for one in value or () if isinstance(one, str))
    if question.type == "declaration":
        return say(CONFIRMED)
    if isinstance(question, ScaleQuestion) and value in question.descriptors:
        return f"{labels[value]} – {question.descriptors[value]}"
    return say_day(value) if isinstance(question, Date) else labels.get(value, value)


def _row_words(group: Group, form: Form, row: Row, say: Say, say_day: Say) -> str:
    said = [
        (column.label, _simple_words(column, form, row[column.id], say, say_day))
        for column in group.columns
        if column.id in row
    ]
    return "\n".join(f"{label}: {words}" for label, words in said)


def kind_words(kind: str, say: Say = str) -> str:
    """The kind of a row of the registry in words; one that is not known here as the registry writes it."""
    return say(KINDS[kind]) if kind in KINDS else kind


def listed_words(row: Row, *, say: Say = str, say_day: Say = str) -> str:
    """One row of a list of the registry, as a clean value has it."""
    kind, day = row.get("kind", ""), row.get("day", "")
    facts = (row["name"], row.get("details"), kind_words(kind, say), say_day(day) if day else "")
    name = ", ".join(fact for fact in facts if fact)
    if row.get("confirmed") == "no":
        name = f"{name} ({say(NOT_IN_REGISTRY)})"
    return f"{name} – {row['remark']}" if row.get("remark") else name
