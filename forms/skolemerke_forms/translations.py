"""Which text a translation translates: a mark beside the translations tells whether that text has changed since.

A file of translations holds `texts` (id, field, text), and `translates` with the same ids and fields and in place of
each text the mark of the source text that stood in the definition when the translation was made.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from skolemerke_forms.located import Mark, place
from skolemerke_forms.values import sha256_of
from skolemerke_forms.wording import Worded

State = Literal["current", "stale", "unmarked"]

MARK_LENGTH = 8

_PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")


def mark_of(source: str) -> str:
    """The mark of a source text: eight hexadecimal digits of its SHA-256; another breaking of its lines is the same."""
    return sha256_of(" ".join(source.split()))[:MARK_LENGTH]


def sources_of(part: Worded) -> Iterator[tuple[str, str, str]]:
    """Every text of a part in the language of its definition: field, key (empty for a field of one text), text."""
    for field in part.worded:
        inline = getattr(part, field)
        if isinstance(inline, dict):
            yield from ((field, key, text) for key, text in inline.items())
        elif inline:
            yield field, "", inline
    for field, (key_name, text_name) in part.worded_items.items():
        for item in getattr(part, field):
            if text := getattr(item, text_name):
                yield field, getattr(item, key_name), text


@dataclass(frozen=True)
class Translation:
    """One text of a file of translations: of which part, field and item, where it stands, and its mark."""

    part: str
    field: str
    key: str
    text: str
    place: Mark
    mark: str = ""

    def state(self, source: str) -> State:
        """Whether it still translates `source`; unmarked when the file does not say what it translates."""
        if not self.mark:
            return "unmarked"
        return "current" if self.mark == mark_of(source) else "stale"


def translations_in(data: Mapping[str, Any]) -> Iterator[Translation]:
    """Every translation of a file, as it was read (`located`)."""
    texts, marks = data.get("texts"), data.get("translates")
    for name, fields in texts.items() if isinstance(texts, dict) else ():
        for field, value in fields.items() if isinstance(fields, dict) else ():
            marked_as = _at(_at(marks, name), field)
            if isinstance(value, dict):
                for key, text in value.items():
                    if isinstance(text, str):
                        yield Translation(name, field, key, text, place(value, (key,)), _word(_at(marked_as, key)))
            elif isinstance(value, str):
                yield Translation(name, field, "", value, place(fields, (field,)), _word(marked_as))


def marked(text: str, data: Mapping[str, Any], parts: Mapping[str, Worded], chosen: set[str]) -> str:
    """The text of a file of translations in which those of the parts `chosen` (none: all) are marked as made of the
    source texts as they are now. Only the block `translates` is written; everything else stays byte for byte."""
    kept: dict[str, dict[str, Any]] = {}
    for one in translations_in(data):
        part = parts.get(one.part)
        source = {(field, key): found for field, key, found in sources_of(part)} if part else {}
        now = source.get((one.field, one.key))
        mark = mark_of(now) if now is not None and (not chosen or one.part in chosen) else one.mark
        if mark and one.key:
            kept.setdefault(one.part, {}).setdefault(one.field, {})[one.key] = mark
        elif mark:
            kept.setdefault(one.part, {})[one.field] = mark
    return _with_block(text, kept)


def _with_block(text: str, marks: dict[str, dict[str, Any]]) -> str:
    end = "\r\n" if "\r\n" in text else "\n"
    block = [HEAD, *(f"  {_key(name)}: {_flow(fields)}" for name, fields in marks.items())] if marks else []
    lines = text.split(end)
    at = next((number for number, line in enumerate(lines) if re.match(r"translates\s*:", line)), None)
    if at is None:
        body = text if text.endswith(end) or not text else text + end
        return body + "".join(line + end for line in block)
    stop = next(
        (number for number in range(at + 1, len(lines)) if lines[number] and not lines[number].startswith(" ")),
        len(lines),
    )
    # Blank lines before what follows belong to that.
    while stop > at + 1 and not lines[stop - 1].strip():
        stop -= 1
    return end.join([*lines[:at], *block, *lines[stop:]])


HEAD = "translates: # written by 'skolemerke rounds translated': which source text each translation was made of"


def _flow(fields: dict[str, Any]) -> str:
    said = (f"{_key(key)}: {_flow(value) if isinstance(value, dict) else value}" for key, value in fields.items())
    return "{" + ", ".join(said) + "}"


def _key(name: str) -> str:
    return name if _PLAIN.fullmatch(name) else '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _at(value: Any, key: str) -> Any:
    return value.get(key) if isinstance(value, dict) else None


def _word(value: Any) -> str:
    return str(value) if isinstance(value, str) else ""
