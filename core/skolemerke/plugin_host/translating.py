"""How far a plugin folder is translated, and noting that a translation says what the definition says now."""

from __future__ import annotations

from skolemerke_forms.located import DefinitionFault, Finding, Mark
from skolemerke_forms.translations import marked, sources_of, translations_in
from skolemerke_forms.values import Value

from skolemerke.plugin_host.checking import Checked
from skolemerke.plugin_host.parts import stated_in


class LanguageState(Value):
    """The texts of a folder in one language; each is named `id.field` or `id.field.key`.

    `current` counts those that say what the definition says now. `unmarked` are there, and nothing says which words
    they translate. A text of the round that this one extends counts there, not here.
    """

    language: str
    current: int = 0
    missing: tuple[str, ...] = ()
    stale: tuple[str, ...] = ()
    unmarked: tuple[str, ...] = ()


def states(checked: Checked) -> list[LanguageState]:
    """How complete each language is, by the ids that the folder itself speaks of."""
    files = checked.pieces.files
    stated = set(stated_in((name, data) for name, data in files.items() if not name.startswith("texts/")))
    return [_state(checked, language, stated) for language in checked.languages()]


def _state(checked: Checked, language: str, stated: set[str]) -> LanguageState:
    data = checked.pieces.file(f"texts/{language}.yaml")
    own = {(one.part, one.field, one.key): one for one in translations_in(data) if one.text}
    found: dict[str, list[str]] = {"current": [], "missing": [], "stale": [], "unmarked": []}
    for name, part in checked.parts.items():
        before = checked.inherited.get(name)
        old = {(field, key): text for field, key, text in sources_of(before)} if before else {}
        for field, key, source in sources_of(part):
            one, named = own.get((name, field, key)), ".".join(filter(None, (name, field, key)))
            there = part.texts.get(language, {}).get(field)
            inherited = there.get(key) if key and isinstance(there, dict) else there
            if one is not None:
                found[one.state(source)].append(named)
            elif name in stated and not inherited:
                found["missing"].append(named)
            elif name in stated:
                found["current" if old.get((field, key), source) == source else "stale"].append(named)
    return LanguageState(
        language=language,
        current=len(found["current"]),
        missing=tuple(found["missing"]),
        stale=tuple(found["stale"]),
        unmarked=tuple(found["unmarked"]),
    )


def mark_files(checked: Checked, language: str | None, ids: set[str]) -> list[str]:
    """Mark translations as made of the words as they are now; gives the names of the files that were rewritten."""
    unknown = sorted(ids - set(checked.parts))
    if unknown:
        message = f"there is nothing with the id '{unknown[0]}' in this round"
        raise DefinitionFault([Finding.at(Mark("texts"), "unknown_text_id", message)])
    wanted = [name for found, name in checked.text_files() if language in {None, found}]
    if language and not wanted:
        message = f"there is no texts/{language}.yaml that can be read"
        raise DefinitionFault([Finding.at(Mark(f"texts/{language}.yaml"), "missing_file", message)])
    written = []
    for name in wanted:
        path = checked.folder / name
        before = path.read_bytes()
        bom = b"\xef\xbb\xbf" if before.startswith(b"\xef\xbb\xbf") else b""
        text = before.removeprefix(bom).decode()
        after = bom + marked(text, checked.pieces.files[name], checked.parts, ids).encode()
        if after != before:
            path.write_bytes(after)
            written.append(name)
    return written
