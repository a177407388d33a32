"""The check of translations: what they speak of is there, they keep what they must, and translate what is said now."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from skolemerke_forms.checking.lengths import too_long
from skolemerke_forms.checking.shape import plain
from skolemerke_forms.located import Finding, LocatedMap, Mark
from skolemerke_forms.translations import Translation, sources_of, translations_in
from skolemerke_forms.wording import Worded

KEYS = ("language", "texts", "translates")

_PLACEHOLDER = re.compile(r"%\([A-Za-z_]\w*\)[a-z]|\{[A-Za-z_]\w*\}")


def check_texts(
    data: LocatedMap, parts: Mapping[str, Worded], *, language: str, whole: bool = True
) -> Iterator[Finding]:
    """Everything that is wrong with one file of translations into `language`.

    `parts` are the parts of the round by id; when they are not `whole`, nothing is said of ids that are not there.
    """
    yield from _frame(data, language)
    texts = data.get("texts")
    if not isinstance(texts, LocatedMap):
        return
    yield from _unknown(texts, parts, whole=whole)
    for one in translations_in(data):
        part = parts.get(one.part)
        source = (
            {(field, key): text for field, key, text in sources_of(part)}.get((one.field, one.key)) if part else None
        )
        if source is not None:
            yield from _of_text(one, source, language, part, has_marks="translates" in data)
    yield from _alike(data, parts)


def placeholders(text: str) -> Counter[str]:
    """What a text leaves to be filled in: `%(name)s` and `{name}`, each as often as it stands there."""
    return Counter(_PLACEHOLDER.findall(text))


def _frame(data: LocatedMap, language: str) -> Iterator[Finding]:
    for key, mark in data.key_marks.items():
        if key not in KEYS:
            message = f"the key '{key}' is not known here: a file of translations holds {', '.join(KEYS)}"
            yield Finding.at(mark, "unknown_key", message)
    stated = data.get("language")
    if stated is not None and stated != language:
        message = f"the file is that of '{language}', and says '{stated}': rename the file or mend the line"
        yield Finding.at(data.key_marks["language"], "wrong_language", message)
    if "texts" not in data:
        yield Finding.at(data.mark, "missing_key", "the key 'texts' is missing; write it")
    for key in ("texts", "translates"):
        if key in data and not isinstance(data[key], LocatedMap):
            yield Finding.at(data.key_marks[key], "wrong_type", f"'{key}' must be a mapping of ids")


def _unknown(texts: LocatedMap, parts: Mapping[str, Worded], *, whole: bool) -> Iterator[Finding]:
    for name, fields in texts.items():
        mark, part = texts.key_marks[name], parts.get(name)
        if part is None:
            if whole:
                yield Finding.at(mark, "unknown_text_id", f"there is nothing with the id '{name}' in this round")
        elif not isinstance(fields, LocatedMap):
            yield Finding.at(mark, "wrong_type", f"the texts of '{name}' must be a mapping of fields")
        else:
            yield from _unknown_fields(name, fields, part)


def _unknown_fields(name: str, fields: LocatedMap, part: Worded) -> Iterator[Finding]:
    known = {*part.worded, *part.worded_items}
    for field, value in fields.items():
        mark = fields.key_marks[field]
        if field not in known:
            message = f"'{name}' has no text '{field}'; it has {', '.join(sorted(known))}"
            yield Finding.at(mark, "unknown_text", message)
            continue
        keyed = field in part.worded_items or isinstance(getattr(part, field), dict)
        if keyed != isinstance(value, LocatedMap):
            shape = "a mapping of keys to texts" if keyed else "a text"
            yield Finding.at(mark, "wrong_type", f"'{field}' of '{name}' must be {shape}")
        elif isinstance(value, LocatedMap):
            there = {key for found, key, _ in sources_of(part) if found == field}
            for key in value:
                if key not in there:
                    message = f"'{field}' of '{name}' has no '{key}'; it has {', '.join(sorted(there)) or 'none'}"
                    yield Finding.at(value.key_marks[key], "unknown_text", message)


def _of_text(one: Translation, source: str, language: str, part: Any, *, has_marks: bool) -> Iterator[Finding]:
    name = f"{one.field} of '{one.part}'" + (f" ({one.key})" if one.key else "")
    lost, added = placeholders(source) - placeholders(one.text), placeholders(one.text) - placeholders(source)
    if one.text and (lost or added):
        what = f"loses {', '.join(lost)}" if lost else f"has {', '.join(added)}, which the source text has not"
        yield Finding.at(one.place, "lost_placeholder", f"{name} in {language} {what}: what is filled in would be lost")
    state = one.state(source)
    if state == "stale":
        message = f"{name} has changed since it was translated into {language}: translate it anew, then mark it with "
        message += f"'skolemerke rounds translated PATH --language {language} {one.part}'"
        yield Finding.at(one.place, "stale_text", message)
    elif state == "unmarked" and has_marks:
        message = f"the file does not say which text {name} translates: 'skolemerke rounds translated PATH' marks it"
        yield Finding.at(one.place, "unmarked_text", message)
    if (said := too_long(one.field, one.text, getattr(part, "type", ""))) is not None:
        yield Finding.at(one.place, "overlong_text", f"{name} in {language} {said}")


def _alike(data: LocatedMap, parts: Mapping[str, Worded]) -> Iterator[Finding]:
    seen: dict[tuple[str, str, str], Translation] = {}
    for one in translations_in(data):
        if one.key and one.text and one.field in {"options", "levels", "rows"} and one.part in parts:
            first = seen.setdefault((one.part, one.field, plain(one.text)), one)
            if first is not one:
                message = (
                    f"'{first.key}' and '{one.key}' of '{one.part}' have the same text: nobody can tell them apart"
                )
                yield Finding.at(one.place, "options_alike", message)


def missing_texts(
    parts: Mapping[str, Worded], stated: set[str], inherited: Mapping[str, Worded], *, language: str, file: str
) -> Iterator[Finding]:
    """The texts of the parts `stated` that are not there in a language; a reader gets another language instead.

    A text that is worded as it was `inherited` is for those who worded it to translate.
    """
    for name, part in parts.items():
        there = part.texts.get(language, {}) if name in stated else {}
        gaps: dict[str, list[str]] = {}
        before = set(sources_of(inherited[name])) if name in inherited else set()
        for field, key, text in sources_of(part) if name in stated else ():
            found = there.get(field)
            if (field, key, text) not in before and not (found.get(key) if key and isinstance(found, dict) else found):
                gaps.setdefault(field, []).append(key)
        for field, keys in gaps.items():
            of = f" for {', '.join(keys)}" if any(keys) and isinstance(there.get(field), dict) else ""
            yield Finding.at(Mark(file), "missing_text", f"'{name}' has no {field} in {language}{of}")
