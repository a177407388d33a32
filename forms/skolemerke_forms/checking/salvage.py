"""Makes a form of a definition that has faults, so that what is wrong elsewhere in it can be said in the same run.

What has not the right shape is left out: an unknown key, an optional value, else the part in which it stands. The
words of what was left out are remembered: nothing is said of a part that they name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from skolemerke_forms.definition import Form
from skolemerke_forms.located import Finding, LocatedList, LocatedMap, Mark, findings_of, problems_of
from skolemerke_forms.whole import Loc

ROUNDS = 6
"""How often what is left is tried again: a part may show its next fault only when its first is gone."""

NEEDED = {"id", "type", "value", "label", "title", "text", "statement", "message", "form", "scale", "source", "must"}
WORDS = {"label", "title", "text", "statement", "message", "form"}
"""Keys whose missing text can be put in without changing what anything else means."""

_WORD = re.compile(r"[a-z][a-z0-9_]*")


@dataclass
class Salvaged:
    """The form that could be made, the data that it was made of, what is wrong in shape, and the words left out."""

    form: Form | None
    data: Any
    findings: list[Finding]
    lost: set[str] = field(default_factory=set)


def salvage(data: Any, context: dict[str, Any], file: str) -> Salvaged:
    """Read a definition as far as it can be read."""
    context = {**context, "parts_alone": True}
    found = Salvaged(None, data, [])
    for attempt in range(ROUNDS):
        try:
            found.form = Form.model_validate(found.data, context=context)
        except ValidationError as error:
            problems = problems_of(error)
            # What is found only after something was left out may follow from that.
            found.findings += findings_of(problems, found.data, file) if attempt == 0 else []
            if any(problem["type"] == "too_many_questions" for problem in problems):
                return found
            found.data = _without_faults(found.data, problems, found.lost)
        else:
            return found
    return found


def _without_faults(data: Any, problems: list[Any], lost: set[str]) -> Any:
    copy = _copied(data)
    gone: list[Loc] = []
    # The last ones first, so that places in lists stay what they are.
    for problem in sorted(problems, key=lambda one: _sortable(one["loc"]), reverse=True):
        if not any(problem["loc"][: len(loc)] == loc for loc in gone):
            gone += _leave_out(copy, problem, lost)
    return copy


def _leave_out(data: Any, problem: Any, lost: set[str]) -> list[Loc]:
    """Leave out the first thing, from the inside out, that can be spared; gives the path to it."""
    loc = _whole_condition(problem["loc"])
    path = _path_in(data, loc)
    innermost = path[-1][1] if path else data
    if problem["type"] == "missing" and loc and loc[-1] in WORDS and isinstance(innermost, dict):
        innermost[loc[-1]] = "–"
        return []
    for at in range(len(path) - 1, -1, -1):
        length, value = path[at]
        holder: Any = path[at - 1][1] if at else data
        step: Any = loc[length - 1]
        if isinstance(holder, list):
            _note(value, lost)
            del holder[step]
            return [loc[:length]]
        if step not in NEEDED:
            if problem["type"] != "extra_forbidden":
                _note(value, lost)
                _note(holder.get("id"), lost)
            del holder[step]
            return []
    return []


def _whole_condition(loc: Loc) -> Loc:
    """The path up to the condition that it leads into: without one of its terms that would mean another thing."""
    return next((loc[:length] for length, step in enumerate(loc, start=1) if step in {"when", "must"}), loc)


def _path_in(data: Any, loc: Loc) -> list[tuple[int, Any]]:
    """What stands at each step of a path that is in the data, each with the length of the path up to it."""
    path: list[tuple[int, Any]] = []
    here = data
    for length, step in enumerate(loc, start=1):
        if (isinstance(here, dict) and step in here) or (
            isinstance(here, list) and isinstance(step, int) and step < len(here)
        ):
            here = here[step]  # type: ignore[index] # the two kinds of steps were told apart above
            path.append((length, here))
    return path


def _note(value: Any, lost: set[str]) -> None:
    if isinstance(value, dict):
        for inner in value.values():
            _note(inner, lost)
    elif isinstance(value, list | tuple):
        for inner in value:
            _note(inner, lost)
    elif isinstance(value, str):
        lost.add(value)
        lost.update(_WORD.findall(value[:2000]))


def _copied(data: Any) -> Any:
    if isinstance(data, dict):
        made = LocatedMap({key: _copied(value) for key, value in data.items()})
        made.mark, made.key_marks = getattr(data, "mark", Mark("")), getattr(data, "key_marks", {})
        return made
    if isinstance(data, list | tuple):
        items = LocatedList(_copied(value) for value in data)
        items.mark = getattr(data, "mark", Mark(""))
        return items
    return data


def _sortable(loc: Loc) -> list[tuple[int, int, str]]:
    return [(0, step, "") if isinstance(step, int) else (1, 0, step) for step in loc]
