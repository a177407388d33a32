"""Restricted YAML in which every value knows its place in its file.

All scalars are read as text (so that Norway's `NO` stays `NO` and `012` stays `012`); the models convert.
Anchors, aliases, tags and repeated keys are refused: a definition is reviewed by people, line by line.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from skolemerke_forms.codes import Severity, severity_of
from skolemerke_forms.values import Value
from skolemerke_forms.wrong_values import say

MAX_BYTES = 2_000_000

MAX_DEPTH = 30
"""The deepest nesting of values in a file."""

LOADER: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The parser of libyaml where there is one: the same events and places, some fifteen times faster."""

Model = TypeVar("Model", bound=BaseModel)


class Mark(NamedTuple):
    """A place in a file; line and column count from 1."""

    file: str
    line: int = 1
    column: int = 1


class Finding(Value):
    """One fault or warning, with the place that it speaks of."""

    file: str
    line: int
    column: int
    severity: Severity = "error"
    code: str
    message: str

    @classmethod
    def at(cls, mark: Mark, code: str, message: str) -> Finding:
        """Make a finding that points at `mark`, as grave as its code says."""
        return cls(
            file=mark.file, line=mark.line, column=mark.column, severity=severity_of(code), code=code, message=message
        )


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
    return read_text(text_of(path, name), name)


def read_list(path: Path, name: str) -> LocatedList:
    """Read one file whose top is a list; see `read_file`."""
    located, findings = _compose(text_of(path, name), name)
    if not isinstance(located, LocatedList) and not findings:
        findings.append(Finding.at(Mark(name), "not_list", "the file must be a list"))
    if findings or not isinstance(located, LocatedList):
        raise DefinitionFault(findings)
    return located


def read_text(text: str, name: str) -> LocatedMap:
    """Read a YAML text whose top is a mapping; see `read_file`."""
    located, findings = read_leniently(text, name)
    if findings:
        raise DefinitionFault(findings)
    return located


def read_leniently(text: str, name: str) -> tuple[LocatedMap, list[Finding]]:
    """What can be read of a YAML text whose top should be a mapping, and everything that is wrong with it."""
    located, findings = _compose(text, name)
    if not isinstance(located, LocatedMap):
        findings.append(Finding.at(located.mark, "not_mapping", "the file must be a mapping of keys"))
        located = located_map(Mark(name))
    return located, findings


def text_of(path: Path, name: str) -> str:
    """The text of a file in UTF-8. Raises `DefinitionFault` when it can't be had."""
    start = Mark(name)
    if path.stat().st_size > MAX_BYTES:
        raise DefinitionFault([Finding.at(start, "file_too_large", f"the file is larger than {MAX_BYTES} bytes")])
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"the file is not UTF-8 (byte {error.start}): save it in that encoding"
        raise DefinitionFault([Finding.at(start, "not_utf8", message)]) from error


def _compose(text: str, name: str) -> tuple[LocatedMap | LocatedList | LocatedText, list[Finding]]:
    builder = _Builder(name)
    try:
        # Events and no objects: nothing in the text can name a Python type, and no nesting uses up the stack.
        for event in yaml.parse(text, Loader=LOADER):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        builder.find(error.problem_mark or error.context_mark, "not_yaml", _advice(error.problem or str(error)))
    except (yaml.YAMLError, UnicodeEncodeError):
        builder.findings.append(_unprintable(text, name))
    except _TooDeep:
        # What was read up to there is of no use to anybody.
        return located_map(Mark(name)), builder.findings
    return builder.top, builder.findings


class _TooDeep(Exception):
    """The nesting is refused."""


class _Builder:
    """Builds located values from the events of a parser; everything that is refused is noted with its place."""

    def __init__(self, name: str) -> None:
        self.name, self.findings = name, list[Finding]()
        self.top: LocatedMap | LocatedList | LocatedText = located_map(Mark(name))
        self._open: list[LocatedMap | LocatedList] = []
        self._keys: list[tuple[object, Mark] | None] = []
        self._documents = 0

    def find(self, mark: Any, code: str, message: str) -> None:
        """Note a fault at a mark of the parser."""
        at = _mark(mark, self.name) if mark else Mark(self.name)
        self.findings.append(Finding.at(at, code, message))

    def take(self, event: Any) -> None:
        """Take in the next event."""
        kind = type(event)
        if kind is yaml.ScalarEvent:
            self._refuse_extras(event)
            text = LocatedText(event.value)
            text.mark = _mark(event.start_mark, self.name)
            self._put(text, text.mark)
        elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
            self._refuse_extras(event)
            self._begin(event)
        elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
            self._open.pop()
            self._keys.pop()
        elif kind is yaml.AliasEvent:
            self._refuse_extras(event)
            self._put(LocatedText(), _mark(event.start_mark, self.name))
        elif kind is yaml.DocumentStartEvent:
            self._documents += 1
            if self._documents == 2:
                self.find(event.start_mark, "not_yaml", "a file holds one document: remove the line '---'")

    def _begin(self, event: Any) -> None:
        mark = _mark(event.start_mark, self.name)
        made: LocatedMap | LocatedList
        if isinstance(event, yaml.MappingStartEvent):
            made = located_map(mark)
        else:
            made = LocatedList()
            made.mark = mark
        self._put(made, mark)
        if len(self._open) == MAX_DEPTH:
            message = f"values stand at most {MAX_DEPTH} deep in one another; this is deeper"
            self.find(event.start_mark, "nested_too_deep", message)
            raise _TooDeep
        self._open.append(made)
        self._keys.append(None)

    def _put(self, value: LocatedMap | LocatedList | LocatedText, mark: Mark) -> None:
        holder = self._open[-1] if self._open else None
        if isinstance(holder, LocatedList):
            holder.append(value)
        elif holder is not None:
            key = self._keys[-1]
            if key is None:
                self._keys[-1] = (value, mark)
                return
            self._keys[-1] = None
            self._enter(holder, *key, value)
        elif self._documents < 2:
            self.top = value

    def _enter(self, holder: LocatedMap, key: object, mark: Mark, value: Any) -> None:
        if not isinstance(key, LocatedText):
            self.findings.append(Finding.at(mark, "key_not_text", "a key must be a word"))
        elif key in holder:
            self.findings.append(Finding.at(mark, "repeated_key", f"the key '{key}' stands twice; keep one"))
        else:
            holder[str(key)] = value
            holder.key_marks[str(key)] = mark

    def _refuse_extras(self, event: Any) -> None:
        if event.anchor is not None:
            self.find(event.start_mark, "anchor", "anchors and aliases are not allowed: write the value out")
        if getattr(event, "tag", None):
            self.find(event.start_mark, "tag", "tags are not allowed: every value is text, remove the '!' word")


def _unprintable(text: str, name: str) -> Finding:
    found = yaml.reader.Reader.NON_PRINTABLE.search(text)
    at = found.start() if found else 0
    line_start = text.rfind("\n", 0, at) + 1
    mark = Mark(name, text.count("\n", 0, at) + 1, at - line_start + 1)
    return Finding.at(mark, "not_yaml", "a character that nobody can see stands here: remove it")


def _advice(problem: str) -> str:
    hint = next((advice for sign, advice in _ADVICE if sign in problem), "")
    return f"{problem}{hint}"


_ADVICE = (
    ("mapping values are not allowed", ": indent as the lines around it, or put a text that holds ': ' in quotes"),
    ("cannot start any token", ": put the text in quotes, and indent with blanks"),
    ("end of stream", ": a quote or bracket is not closed"),
    ("did not find expected", ": a bracket is not closed, or the line is not indented as those around it"),
)


def convert(model: type[Model], data: object, *, context: dict[str, object] | None = None, file: str = "") -> Model:
    """Validate located data into `model`; raises `DefinitionFault` with every fault at its line."""
    try:
        return model.model_validate(data, context=context)
    except ValidationError as error:
        raise DefinitionFault(findings_of(problems_of(error), data, file)) from error


def findings_of(problems: Sequence[Any], data: object, file: str) -> list[Finding]:
    """What a validator found in located data, each at its place."""
    return [Finding.at(place(data, problem["loc"], file), *say(problem, data)) for problem in problems]


def problems_of(error: ValidationError) -> list[Any]:
    """What a validator found, without what only follows: a list is called too short when an item of it is at fault."""
    problems = error.errors(include_url=False)
    return [problem for problem in problems if not _follows(problem, problems)]


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
    loc = problem["loc"]
    return problem["type"] == "too_short" and any(
        len(other["loc"]) > len(loc) and other["loc"][: len(loc)] == loc for other in problems
    )


def located_map(mark: Mark) -> LocatedMap:
    """An empty mapping at a place."""
    made = LocatedMap()
    made.mark, made.key_marks = mark, {}
    return made


def _mark(mark: Any, name: str) -> Mark:
    return Mark(name, mark.line + 1, mark.column + 1)
