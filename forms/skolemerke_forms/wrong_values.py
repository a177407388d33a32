"""Says in plain words what a validator found: a stable code, and a message that says how to mend it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from difflib import get_close_matches
from typing import Any

from skolemerke_forms.values import Value

Loc = tuple[int | str, ...]

SHAPES = {
    "int": "a whole number",
    "decimal": "a number",
    "float": "a number",
    "bool": "yes or no",
    "string": "a text",
    "dict": "a mapping of keys",
    "model": "a mapping of keys",
    "tuple": "a list",
    "list": "a list",
    "date": "a date such as 2021-11-09",
    "datetime": "an instant with its offset, such as 2021-11-09T09:00:00+01:00",
    "timezone": "an instant with its offset, such as 2021-11-09T09:00:00+01:00",
}
"""What the kinds of values are called, by the first word of the validator's own code."""

RANGES = ("greater_than", "less_than", "multiple_of", "finite_number", "decimal_max", "decimal_whole")


def say(problem: Any, data: object) -> tuple[str, str]:
    """The code and the message of one problem of a validator; `data` is what was validated."""
    code, message = _say(problem)
    part = _part_of(data, problem["loc"])
    return code, f"in '{part}': {message}" if part else message


def _say(problem: Any) -> tuple[str, str]:
    kind = str(problem["type"])
    key = next((str(step) for step in reversed(problem["loc"]) if isinstance(step, str)), "")
    said = _BY_KIND.get(kind)
    if said is not None:
        return said(key, problem)
    if kind.startswith(RANGES):
        return "out_of_range", f"'{key}' can't be {_shown(problem)}: {_lower(problem['msg'])}"
    shape = SHAPES.get(kind.split("_", maxsplit=1)[0])
    if shape is not None:
        return "wrong_type", f"'{key}' must be {shape}; {_shown(problem)} is none"
    return kind, str(problem["msg"])


def _literal(key: str, problem: Any) -> tuple[str, str]:
    code = "unknown_source" if key == "source" else "wrong_value"
    return code, f"'{key}' can't be {_shown(problem)}; it is one of {problem['ctx']['expected']}"


def _too_short(key: str, problem: Any) -> tuple[str, str]:
    found = problem["ctx"]
    return "too_few", f"'{key}' must hold at least {found['min_length']}; this has {found['actual_length']}"


_BY_KIND: dict[str, Callable[[str, Any], tuple[str, str]]] = {
    "missing": lambda key, _: ("missing_key", f"the key '{key}' is missing; write it"),
    "extra_forbidden": lambda key, _: ("unknown_key", f"the key '{key}' is not known here{_meant(key)}"),
    "literal_error": _literal,
    "string_pattern_mismatch": lambda key, problem: (
        "wrong_id",
        f"'{key}' can't be {_shown(problem)}; an id begins with a small letter and holds small letters, digits and '_'",
    ),
    "string_too_long": lambda key, problem: (
        "wrong_id",
        f"'{key}' has more than {problem['ctx']['max_length']} characters; choose a shorter one",
    ),
    "string_too_short": lambda key, _: ("empty_text", f"'{key}' is empty; write it"),
    "too_short": _too_short,
    "too_long": lambda key, problem: ("too_many", f"'{key}' holds at most {problem['ctx']['max_length']}"),
    "value_error": lambda _, problem: ("wrong_value", str(problem["ctx"]["error"])),
}


def _shown(problem: Any) -> str:
    found = problem["input"]
    if isinstance(found, str):
        return repr(str(found[:60]))
    return "a list" if isinstance(found, list | tuple) else "a mapping of keys" if isinstance(found, dict) else "this"


def _lower(message: str) -> str:
    return message.replace("Input should be", "it should be", 1)


def _part_of(data: object, loc: Loc) -> str:
    """The id of the innermost part on the path that has one."""
    here, found = data, ""
    for step in loc:
        if isinstance(here, dict) and step in here:
            here = here[str(step)]
        elif isinstance(here, list | tuple) and isinstance(step, int) and step < len(here):
            here = here[step]
        if isinstance(here, dict):
            name = here.get("id") or here.get("value")
            found = str(name) if isinstance(name, str) else found
    return found


def _meant(key: str) -> str:
    near = get_close_matches(key, sorted(set(_keys(Value))), n=1, cutoff=0.75)
    return f"; did you mean '{near[0]}'?" if near else "; remove it, or see the documentation for the keys"


def _keys(model: type[Value]) -> Iterator[str]:
    for name, field in model.model_fields.items():
        yield field.alias or name
    for child in model.__subclasses__():
        yield from _keys(child)
