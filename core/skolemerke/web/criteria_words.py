"""The parameters of criteria, and what sources speak about, in the reader's words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from babel.lists import format_list
from flask_babel import LazyString, lazy_gettext
from flask_babel import gettext as say
from skolemerke_forms.saying import kind_words

from skolemerke.rounds.composition import Content
from skolemerke.web import languages


def _(message: str) -> LazyString:
    """A message that is translated when it is shown."""
    return lazy_gettext(message)


ACTIVITIES = {
    "project": _("projects"),
    "training": _("training"),
    "event": _("events"),
    "collaboration": _("other collaboration"),
}

PARAMETERS = {
    "before": _("Registered before"),
    "at_least": _("At least"),
    "from": _("Counted from"),
    "to": _("Counted up to and including"),
    "activities": _("What counts"),
    "teacher": _("Whose labels count"),
    "roles": _("Role in the register"),
    "rounds": _("Labels of"),
    "fact": _("Asked of the register"),
    "equals": _("It must be"),
    "one_of": _("It must be one of"),
    "at_most": _("At most"),
    "present": _("It must stand there"),
    "missing": _("Where the register does not say it"),
    "points": _("Points"),
    "pass_mark": _("Pass mark"),
}

VALUES = {
    ("teacher", "served"): _("those of teachers who served at the school when they were granted"),
    ("teacher", "serves"): _("those of teachers who serve at the school on the day of the check"),
    ("missing", "met"): _("the school meets this point"),
    ("missing", "not_met"): _("the school does not meet this point"),
    ("missing", "unclear"): _("unclear, and the agency looks into it"),
}
"""What a word of a parameter means, where it is not a name of the register."""

DATES = {
    "screenings": _("Schools are checked"),
    "opens": _("Applications open"),
    "closes": _("Deadline for applications"),
    "signatures_due": _("Last day for the principal's signature on paper"),
    "results": _("Results"),
    "results_words": _("Results"),
    "valid_from": _("First year of validity"),
    "valid_to": _("Last year of validity"),
}

PARTS = {
    "calendar": _("Dates"),
    "scoring": _("How it is scored"),
    "decision": _("Who decides"),
    "release": _("When results are told"),
    "form": _("The form"),
}


def figures(parameters: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The parameters of a criterion as names and values in words, without those that are empty."""
    rest = dict(parameters)
    found = []
    if isinstance(rest.get("at_least"), int):
        found.append((say("How many"), say("at least %(count)s", count=rest.pop("at_least"))))
    if rest.get("from") and rest.get("to"):
        first, last = _value(rest.pop("from")), _value(rest.pop("to"))
        span = say("from %(first)s to %(last)s, both days included", first=first, last=last)
        found.append((say("When"), span))
    elif rest.get("from"):
        found.append((say("When"), say("from %(first)s to the day of the check", first=_value(rest.pop("from")))))
    return found + [(_name(key), _word(key, value)) for key, value in rest.items() if value not in (None, "", [], ())]


def about_in_words(about: str, labels: Mapping[str, str]) -> str:
    """What a source speaks about, from its key, such as `registered.before`; `labels` are those of `labels_of`."""
    first, _dot, rest = about.partition(".")
    named = labels.get(first) or (str(PARTS[first]) if first in PARTS else first)
    if not rest:
        return named
    detail = DATES.get(rest) if first == "calendar" else PARAMETERS.get(rest)
    return str(say("%(part)s: %(detail)s", part=named, detail=str(detail or labels.get(rest) or rest)))


def labels_of(content: Content, language: str) -> dict[str, str]:
    """What the criteria, requirements and questions of a round are called, by id."""
    form = content.form.in_language(language)
    labels = {criterion.id: criterion.said(language, criterion.language).label for criterion in content.criteria}
    labels |= {requirement.id: requirement.label for requirement in form.requirements}
    return labels | {question.id: question.label for question in form.questions()}


def _name(key: str) -> str:
    return str(PARAMETERS.get(key, key))


def _word(key: str, value: Any) -> str:
    return str(VALUES[key, value]) if isinstance(value, str) and (key, value) in VALUES else _value(value)


def _of_register(word: str) -> str:
    return str(ACTIVITIES[word]) if word in ACTIVITIES else kind_words(word, say)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return str(say("yes") if value else say("no"))
    if isinstance(value, list | tuple):
        words = [_of_register(item) if isinstance(item, str) else str(item) for item in value]
        language = languages.current_language()
        return format_list(words, style="standard", locale={"en": "en_GB"}.get(language, language)) if words else ""
    if isinstance(value, date | str):
        return languages.day(value)
    return str(value)
