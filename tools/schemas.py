"""Writes the JSON Schemas that editors use: `python -m tools.schemas`. A test says when the kept files are old."""

import json
from pathlib import Path
from typing import Any

from skolemerke.contract.rounds import Criterion, Overlay, Round, ScoringPolicy
from skolemerke_forms.definition import Form
from skolemerke_forms.schema import DIALECT, schema_of

from tools.environment import ROOT

FOLDER = ROOT / "docs" / "schema"


def schemas() -> dict[str, dict[str, Any]]:
    """Every schema by the name of its file."""
    return {
        "form.schema.json": _form("A self-assessment form (form.yaml)", changes=False),
        "form-changes.schema.json": _form("What a form changes of that of the round before (form.yaml)", changes=True),
        "round.schema.json": _file(Round, "A round (round.yaml)", without=("page",), needed=("round", "title")),
        "overlay.schema.json": _file(Overlay, "An adjustment of a round (overlay.yaml)", form=True),
        "texts.schema.json": _texts(),
    }


def text_of(schema: dict[str, Any]) -> str:
    """A schema as it is kept."""
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"


def write(folder: Path = FOLDER) -> None:
    """Write every schema."""
    folder.mkdir(exist_ok=True)
    for name, schema in schemas().items():
        (folder / name).write_text(text_of(schema), encoding="utf-8")


def _form(title: str, *, changes: bool) -> dict[str, Any]:
    return _topped(schema_of([Form], changes=changes), "Form", title)


def _file(
    model: type[Round | Overlay],
    title: str,
    *,
    without: tuple[str, ...] = (),
    needed: tuple[str, ...] = (),
    form: bool = False,
) -> dict[str, Any]:
    """A file whose top is a model, with the parts that other hooks answer beside it."""
    exact = schema_of([model, Criterion, ScoringPolicy, Form])
    definitions = schema_of([model, Criterion, ScoringPolicy, Form], changes=True)
    top = exact[model.__name__]
    top["properties"] = {name: found for name, found in top["properties"].items() if name not in without}
    top["properties"] |= {
        "criteria": {"type": "array", "items": {"$ref": "#/$defs/Criterion"}},
        "scoring": {"$ref": "#/$defs/ScoringPolicy"},
        "remove": {"type": "array", "items": {"type": "string"}},
    }
    if form:
        top["properties"]["form"] = {"$ref": "#/$defs/Form"}
    if needed:
        top["required"] = [*needed, "calendar"]
    return _topped({**definitions, model.__name__: top}, model.__name__, title)


def _texts() -> dict[str, Any]:
    words = {"type": ["string", "number", "boolean"]}
    fields = {"anyOf": [words, {"type": "object", "additionalProperties": words}]}
    parts = {"type": "object", "additionalProperties": {"type": "object", "additionalProperties": fields}}
    properties = {
        "language": {"type": "string", "description": "BCP 47; that of the file's name."},
        "texts": {**parts, "description": "By id and field; options, levels and rows by value."},
        "translates": {**parts, "description": "Written by 'skolemerke rounds translated'."},
    }
    title = "Translations (texts/<language>.yaml)"
    top = {"type": "object", "properties": properties, "required": ["texts"], "additionalProperties": False}
    return {"$schema": DIALECT, "title": title, **top}


def _topped(definitions: dict[str, Any], top: str, title: str) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    _reach({"$ref": f"#/$defs/{top}"}, definitions, kept)
    return {"$schema": DIALECT, "title": title, "$ref": f"#/$defs/{top}", "$defs": dict(sorted(kept.items()))}


def _reach(part: Any, definitions: dict[str, Any], kept: dict[str, Any]) -> None:
    """Keep the definitions that are referred to."""
    if isinstance(part, dict):
        name = str(part.get("$ref", "")).removeprefix("#/$defs/")
        if name and name not in kept:
            kept[name] = definitions[name]
            _reach(definitions[name], definitions, kept)
    for inner in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        _reach(inner, definitions, kept)


if __name__ == "__main__":
    write()
