"""Laying a change over a definition: how a round takes over its parent's parts, and an overlay adjusts them.

Mappings merge by key. Lists whose items have a key (`id`, or `value` for options and levels) merge by it: a
known item is changed in place, a new one is appended or placed by `after: <id>`; `remove: [<id>, …]` beside a
list takes items out. Every other value is replaced. What is merged keeps the places of both files.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any

from skolemerke_forms.located import DefinitionFault, Finding, LocatedList, LocatedMap, Mark

KEYS = ("id", "value")

NAMING = {"label", "title", "text", "message", "statement", "levels", "kind", "type", "after"}
"""Keys of which a new item of a list has one: an item that states others alone can only change one that is there."""


def merge(base: dict[str, Any], change: dict[str, Any], faults: list[Finding] | None = None) -> dict[str, Any]:
    """A new mapping: `base` with `change` laid over it.

    An id that is not there is noted in `faults` and passed over; without such a list it raises `DefinitionFault`.
    """
    result = LocatedMap(base)
    result.mark = getattr(change, "mark", Mark(""))
    marks = getattr(change, "key_marks", {})
    result.key_marks = {**getattr(base, "key_marks", {}), **marks}
    removed = change.get("remove")
    for key, value in change.items():
        if key in {"remove", "after"}:
            continue
        result[key] = merge_value(base.get(key), value, faults)
    if removed is not None:
        _remove(result, removed, marks.get("remove", result.mark), faults)
    return result


def merge_value(old: Any, new: Any, faults: list[Finding] | None = None) -> Any:
    """The value `new` laid over the value `old`."""
    if isinstance(new, dict) and isinstance(old, dict):
        return merge(old, new, faults)
    if isinstance(new, list) and _key_of(new) and (isinstance(old, list | tuple) or old is None):
        return _merge_list(list(old or ()), new, faults)
    return new


def _merge_list(old: list[Any], new: list[Any], faults: list[Finding] | None) -> LocatedList:
    result = LocatedList(old)
    result.mark = getattr(new, "mark", Mark(""))
    for item in new:
        key = _item_key(item)
        at = _index(result, item[key])
        after = item.get("after")
        if at is not None:
            merged = merge(result[at], item, faults)
            if after is None:
                result[at] = merged
                continue
            del result[at]
        elif result and set(item) - {key} and not NAMING & set(item):
            _note(_unknown(item, key, result), faults)
            continue
        else:
            merged = merge({}, item, faults)
        result.insert(_place(result, item, after, faults), merged)
    return result


def _unknown(item: dict[str, Any], key: str, items: list[Any]) -> Finding:
    known = [one[key] for one in items if isinstance(one, dict) and key in one]
    near = get_close_matches(str(item[key]), [str(one) for one in known], n=1)
    meant = (
        f"did you mean '{near[0]}'?" if near else f"name one of {', '.join(map(str, known[:10]))}, or write a whole one"
    )
    mark = getattr(item, "key_marks", {}).get(key, getattr(item, "mark", Mark("")))
    return Finding.at(mark, "unknown_id", f"there is no '{item[key]}' to change; {meant}")


def _place(items: list[Any], item: dict[str, Any], after: str | None, faults: list[Finding] | None) -> int:
    if after is None:
        return len(items)
    at = _index(items, after)
    if at is None:
        message = f"there is no '{after}' to stand after"
        mark = getattr(item, "key_marks", {}).get("after", Mark(""))
        _note(Finding.at(mark, "unknown_id", message), faults)
        return len(items)
    return at + 1


def _remove(result: dict[str, Any], removed: Any, mark: Mark, faults: list[Finding] | None) -> None:
    for name in [removed] if isinstance(removed, str) else removed:
        lists = [
            (key, value) for key, value in result.items() if isinstance(value, list) and _index(value, name) is not None
        ]
        if not lists:
            message = f"there is no '{name}' to remove"
            _note(Finding.at(getattr(name, "mark", mark), "unknown_id", message), faults)
        for key, value in lists:
            kept = LocatedList(item for item in value if not _is(item, name))
            kept.mark = getattr(value, "mark", mark)
            result[key] = kept


def _note(finding: Finding, faults: list[Finding] | None) -> None:
    if faults is None:
        raise DefinitionFault([finding])
    faults.append(finding)


def _key_of(items: list[Any]) -> str | None:
    """The key by which a list merges, or none when it is replaced as a whole."""
    if not items or not all(isinstance(item, dict) for item in items):
        return None
    return next((key for key in KEYS if all(key in item for item in items)), None)


def _item_key(item: dict[str, Any]) -> str:
    return next(key for key in KEYS if key in item)


def _index(items: list[Any], name: str) -> int | None:
    return next((at for at, item in enumerate(items) if _is(item, name)), None)


def _is(item: Any, name: str) -> bool:
    return isinstance(item, dict) and name in {item.get(key) for key in KEYS if item.get(key) is not None}
