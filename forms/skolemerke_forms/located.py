"""Restricted YAML in which every value knows its place in its file.

All scalars are read as text (so that Norway's `NO` stays `NO` and `012` stays `012`); the models convert.
Anchors, aliases, tags and repeated keys are refused: a definition is reviewed by people, line by line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from skolemerke_forms.values import Value

MAX_BYTES = 2_000_000

Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True)
class Mark:
    """A place in a file; line and column count from 1."""

    file: str
    line: int = 1
    column: int = 1


class Finding(Value):
    """One fault or warning, with the place that it speaks of."""

    file: str
    line: int
    column: int
    severity: Literal["error", "warning"] = "error"
    code: str
    message: str

    @classmethod
    def at(cls, mark: Mark, code: str, message: str) -> Finding:
        """Make an error that points at `mark`."""
        return cls(file=mark.file, line=mark.line, column=mark.column, code=code, message=message)


class DefinitionFault(Exception):
    """A definition can't be used; `findings` says everything that is wrong with it, at least one thing."""

    def __init__(self, findings: list[Finding]) -> None:
        self.findings = findings
        first = findings[0]
        super().__init__(f"{first.file}:{first.line}:{first.column}: {first.message}")


class LocatedText(str):
    """A scalar, with its place."""

    __slots__ = ("mark",)
    mark: Mark


class LocatedList(list[Any]):
    """A sequence, with its place."""

    mark: Mark


class LocatedMap(dict[str, Any]):
    """A mapping, with its place and that of each key."""

    mark: Mark
    key_marks: dict[str, Mark]


def read_file(path: Path, name: str) -> LocatedMap:
    """Read one file whose top is a mapping; `name` stands for it in findings.

    Raises `DefinitionFault` when it can't be read, is not UTF-8, too large, or not restricted YAML.
    """
    return read_text(_text_of(path, name), name)


def read_list(path: Path, name: str) -> LocatedList:
    """Read one file whose top is a list; see `read_file`."""
    located = _compose(_text_of(path, name), name)
    if not isinstance(located, LocatedList):
        raise DefinitionFault([Finding.at(Mark(name), "not_list", "the file must be a list")])
    return located


def read_text(text: str, name: str) -> LocatedMap:
    """Read a YAML text whose top is a mapping; see `read_file`."""
    located = _compose(text, name)
    if not isinstance(located, LocatedMap):
        raise DefinitionFault([Finding.at(Mark(name), "not_mapping", "the file must be a mapping of keys")])
    return located


def _text_of(path: Path, name: str) -> str:
    start = Mark(name)
    if path.stat().st_size > MAX_BYTES:
        raise DefinitionFault([Finding.at(start, "too_large", f"the file is larger than {MAX_BYTES} bytes")])
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise DefinitionFault([Finding.at(start, "not_utf8", f"the file is not UTF-8: {error}")]) from error


def _compose(text: str, name: str) -> LocatedMap | LocatedList | LocatedText:
    try:
        # Compose builds nodes and no objects, so nothing in the text can name a Python type.
        _refuse_anchors(text, name)
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = _mark(error.problem_mark, name) if error.problem_mark else Mark(name)
        raise DefinitionFault([Finding.at(mark, "not_yaml", error.problem or str(error))]) from error
    except yaml.YAMLError as error:
        raise DefinitionFault([Finding.at(Mark(name), "not_yaml", str(error))]) from error
    return _empty(Mark(name)) if node is None else _build(node, name)


def convert(model: type[Model], data: object, *, context: dict[str, object] | None = None, file: str = "") -> Model:
    """Validate located data into `model`; raises `DefinitionFault` with every fault at its line."""
    try:
        return model.model_validate(data, context=context)
    except ValidationError as error:
        problems = error.errors(include_url=False)
        findings = [
            Finding.at(place(data, problem["loc"], file), *_say(problem))
            for problem in problems
            if not _follows(problem, problems)
        ]
        raise DefinitionFault(findings) from error


def place(data: object, loc: tuple[int | str, ...], file: str = "") -> Mark:
    """The mark of the deepest part of `data` on the path `loc` that has one."""
    here: object = data
    mark = getattr(data, "mark", Mark(file))
    for step in loc:
        if isinstance(here, dict) and step in here:
            key_marks = getattr(here, "key_marks", {})
            mark = key_marks.get(step, mark)
            here = here[str(step)]
        elif isinstance(here, list) and isinstance(step, int) and step < len(here):
            here = here[step]
            mark = getattr(here, "mark", mark)
        # Any other step is a tag of the validator's own and is not in the data.
    return mark


def _follows(problem: Any, problems: Sequence[Any]) -> bool:
    """Whether a list is called too short only because an item of it has a fault of its own."""
    loc = problem["loc"]
    return problem["type"] == "too_short" and any(
        len(other["loc"]) > len(loc) and other["loc"][: len(loc)] == loc for other in problems
    )


def _say(problem: Any) -> tuple[str, str]:
    code = str(problem["type"])
    name = ".".join(str(step) for step in problem["loc"])
    if code == "missing":
        return "missing_key", f"the key '{problem['loc'][-1]}' is missing"
    if code == "extra_forbidden":
        return "unknown_key", f"the key '{problem['loc'][-1]}' is not known here"
    return code, f"{name}: {problem['msg']}" if name else str(problem["msg"])


def _refuse_anchors(text: str, name: str) -> None:
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            message = "anchors and aliases are not allowed: write the value out"
            raise DefinitionFault([Finding.at(_mark(event.start_mark, name), "anchor", message)])
        if getattr(event, "tag", None):
            message = "tags are not allowed: every value is text"
            raise DefinitionFault([Finding.at(_mark(event.start_mark, name), "tag", message)])


def _build(node: yaml.Node, name: str) -> LocatedMap | LocatedList | LocatedText:
    mark = _mark(node.start_mark, name)
    if isinstance(node, yaml.MappingNode):
        return _build_map(node, mark, name)
    if isinstance(node, yaml.SequenceNode):
        items = LocatedList(_build(child, name) for child in node.value)
        items.mark = mark
        return items
    text = LocatedText(node.value)
    text.mark = mark
    return text


def _build_map(node: yaml.MappingNode, mark: Mark, name: str) -> LocatedMap:
    result = _empty(mark)
    for key_node, value_node in node.value:
        key_mark = _mark(key_node.start_mark, name)
        if not isinstance(key_node, yaml.ScalarNode):
            raise DefinitionFault([Finding.at(key_mark, "key_not_text", "a key must be a word")])
        key = str(key_node.value)
        if key in result:
            message = f"the key '{key}' stands twice; keep one"
            raise DefinitionFault([Finding.at(key_mark, "repeated_key", message)])
        result[key] = _build(value_node, name)
        result.key_marks[key] = key_mark
    return result


def _empty(mark: Mark) -> LocatedMap:
    result = LocatedMap()
    result.mark = mark
    result.key_marks = {}
    return result


def _mark(mark: Any, name: str) -> Mark:
    return Mark(name, mark.line + 1, mark.column + 1)
