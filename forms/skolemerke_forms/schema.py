"""The JSON Schema of definitions, for editors: generated from the models, so that both say the same.

The reader takes every scalar as text and the models convert, while an editor reads YAML natively; the schema therefore
takes `3` and `"3"`, `yes` and `true`. What only the check can say (ids, conditions, reach) is not in it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from skolemerke_forms.questions import QUESTION_TYPES

DIALECT = "https://json-schema.org/draft/2020-12/schema"

ALWAYS_NEEDED = {"id", "value"}
"""What an item of a list states even where it only changes another's."""

SCALAR = {"type": ["string", "number", "boolean"]}
YES_NO = {"enum": [True, False, "yes", "no", "true", "false"]}


def schema_of(models: Iterable[type[BaseModel]], *, changes: bool = False) -> dict[str, Any]:
    """The schemas of models by name, as `$defs` that refer to one another.

    With `changes` a part may leave out what it takes over, and say `after` and `remove`.
    """
    wanted: list[Any] = [(model, "validation") for model in (*models, *QUESTION_TYPES.values())]
    _, made = models_json_schema(wanted, by_alias=True, ref_template="#/$defs/{model}")
    definitions: dict[str, Any] = {name: _loose(part) for name, part in made["$defs"].items()}
    definitions["Question"] = {"anyOf": [{"$ref": f"#/$defs/{kind.__name__}"} for kind in QUESTION_TYPES.values()]}
    one_or_more = definitions["Condition"]["properties"]["is"]
    definitions["Condition"]["properties"]["is"] = {"anyOf": [SCALAR, one_or_more]}
    if changes:
        for part in definitions.values():
            _loosen_for_changes(part)
    return definitions


def _loosen_for_changes(part: dict[str, Any]) -> None:
    properties = part.get("properties")
    if properties is None:
        return
    keyed = ALWAYS_NEEDED & set(properties) & set(part.get("required", ()))
    part["required"] = sorted(keyed)
    if keyed:
        properties["after"] = {"type": "string", "description": "Place the item after the one of this id."}
    if any(found.get("type") == "array" for found in properties.values()):
        several = {"type": "array", "items": {"type": "string"}}
        remove = {"anyOf": [{"type": "string"}, several], "description": "Take out the items of these ids."}
        properties["remove"] = remove


def _loose(schema: Any) -> Any:
    """A schema that takes each scalar as text too, and without the titles that say nothing."""
    if isinstance(schema, list):
        return [_loose(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    made = {key: _loose(value) for key, value in schema.items() if key not in {"title", "default", "properties"}}
    if "properties" in schema:
        made["properties"] = {name: _loose(found) for name, found in schema["properties"].items()}
    return _loose_scalar(made)


def _loose_scalar(schema: dict[str, Any]) -> dict[str, Any]:
    said = {"description": schema["description"]} if "description" in schema else {}
    kind = schema.get("type")
    if kind == "boolean":
        return {**YES_NO, **said}
    if kind in {"integer", "number"}:
        text = {"type": "string", "pattern": r"^-?\d+$" if kind == "integer" else r"^-?\d+(\.\d+)?$"}
        return {"anyOf": [schema, text]}
    if kind == "string" and not {"enum", "const", "pattern", "format"} & set(schema):
        return {**schema, **SCALAR}
    return schema
