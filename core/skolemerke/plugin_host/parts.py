"""The parts of a round that have texts, by the id that translations name, and where a folder states them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from skolemerke_forms.located import LocatedMap, Mark, place
from skolemerke_forms.values import Value
from skolemerke_forms.wording import Worded

Parts = dict[str, Worded]

ELSEWHERE = {"round.yaml": "round", "form.yaml": "form"}
"""What the top of a file is called in translations."""


def parts_of_values(*values: Value) -> Parts:
    """Every part that has an id and texts, by the id that texts name."""
    parts: Parts = {}
    for value in values:
        parts.update(_walk(value))
    return parts


def _walk(value: Value) -> Iterator[tuple[str, Worded]]:
    name = getattr(value, "id", None) or ("form" if hasattr(value, "form") else None)
    if isinstance(value, Worded) and name:
        yield name, value
    for field in type(value).model_fields:
        child = getattr(value, field)
        if field in {"declaration", "consent"} and isinstance(child, Worded):
            yield field, child
        elif isinstance(child, tuple):
            for item in child:
                if isinstance(item, Worded):
                    yield from _walk(item)


def stated_in(files: Iterable[tuple[str, LocatedMap]]) -> dict[str, dict[str, Mark]]:
    """The ids that the files of a folder speak of, each with the place of its keys."""
    stated: dict[str, dict[str, Mark]] = {}
    for name, data in files:
        top = ELSEWHERE.get(name, str(data.get("overlay", "")) if name == "overlay.yaml" else "")
        if top:
            _note(top, data, stated)
        for key in ("declaration", "consent", "scoring"):
            if key in data:
                _note(key, data[key], stated)
        _collect(data, stated)
    return stated


def _collect(data: Any, stated: dict[str, dict[str, Mark]]) -> None:
    if isinstance(data, dict):
        if "id" in data:
            _note(str(data["id"]), data, stated)
        for value in data.values():
            _collect(value, stated)
    elif isinstance(data, list):
        for item in data:
            _collect(item, stated)


def _note(name: str, data: Any, stated: dict[str, dict[str, Mark]]) -> None:
    kept = stated.setdefault(name, {})
    for key in data if isinstance(data, dict) else ():
        kept.setdefault(str(key), place(data, (key,)))
