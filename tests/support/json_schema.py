"""As much of JSON Schema as our schemas use, so that tests can hold files against them."""

import re
from typing import Any

TYPES: dict[str, Any] = {
    "string": str,
    "number": (int, float),
    "integer": int,
    "boolean": bool,
    "array": list,
    "object": dict,
    "null": type(None),
}


def misfits(  # noqa: PLR0911 - one line for each keyword
    value: Any, schema: dict[str, Any], root: dict[str, Any], path: str = ""
) -> list[str]:
    """The paths at which a value does not fit a schema; empty when it fits."""
    if "$ref" in schema:
        return misfits(value, root["$defs"][schema["$ref"].rsplit("/", 1)[1]], root, path)
    if "anyOf" in schema:
        tried = [misfits(value, one, root, path) for one in schema["anyOf"]]
        return [] if [] in tried else min(tried, key=len)
    if "const" in schema or "enum" in schema:
        allowed = schema.get("enum", [schema.get("const")])
        return [] if any(value == one and isinstance(value, type(one)) for one in allowed) else [path]
    kinds = schema.get("type", list(TYPES))
    if not any(_is(value, kind) for kind in ([kinds] if isinstance(kinds, str) else kinds)):
        return [path]
    if isinstance(value, dict):
        return _of_object(value, schema, root, path)
    if isinstance(value, list):
        bad = [path] if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", 10**9) else []
        return bad + [
            one for at, item in enumerate(value) for one in misfits(item, schema.get("items", {}), root, f"{path}/{at}")
        ]
    if isinstance(value, str) and "pattern" in schema and not re.search(schema["pattern"], value):
        return [path]
    low, high = schema.get("minimum"), schema.get("maximum")
    number = value if isinstance(value, int | float) else None
    return [path] if number is not None and ((low or number) > number or (high or number) < number) else []


def _is(value: Any, kind: str) -> bool:
    return isinstance(value, TYPES[kind]) and not (isinstance(value, bool) and kind in {"number", "integer"})


def _of_object(value: dict[str, Any], schema: dict[str, Any], root: dict[str, Any], path: str) -> list[str]:
    bad = [f"{path}/{key}" for key in schema.get("required", ()) if key not in value]
    more = schema.get("additionalProperties", True)
    for key, inner in value.items():
        here = f"{path}/{key}"
        if key in schema.get("properties", {}):
            bad += misfits(inner, schema["properties"][key], root, here)
        elif more is False:
            bad.append(here)
        elif isinstance(more, dict):
            bad += misfits(inner, more, root, here)
    return bad
