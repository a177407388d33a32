"""Texts in the reader's language.

A definition holds its texts in its own language; translations stand beside each worded value by field. A
missing text falls back: Norwegian nynorsk to bokmål (never to English), every other language to that of the
definition. A text that fell back says its language, so that a page can mark it (`lang`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar, Self

from skolemerke_forms.values import Value

FALLBACK = {"nn": "nb", "no": "nb", "nb": "nn"}


class Text(str):
    """A text that knows which language it is in."""

    __slots__ = ("lang",)
    lang: str

    @classmethod
    def of(cls, text: str, lang: str) -> Text:
        """Make a text in the language `lang` (BCP 47)."""
        made = cls(text)
        made.lang = lang
        return made


class Worded(Value):
    """A value with texts; `texts` maps a language to the texts by field."""

    worded: ClassVar[tuple[str, ...]] = ()
    """The fields that hold text for people: either a text or a mapping of keys to texts."""

    worded_items: ClassVar[dict[str, tuple[str, str]]] = {}
    """The fields that hold keyed items (options, levels): the attribute that is the key, and the text's."""

    texts: dict[str, dict[str, str | dict[str, str]]] = {}

    def said(self, language: str, source: str) -> Self:
        """A copy with every text in `language`; `source` is the language of the inline texts."""
        update: dict[str, Any] = {}
        for name in self.worded:
            inline = getattr(self, name)
            if isinstance(inline, dict):
                update[name] = {key: self._say(name, key, text, language, source) for key, text in inline.items()}
            elif inline:
                update[name] = self._say(name, None, inline, language, source)
        for name, (key_name, text_name) in self.worded_items.items():
            update[name] = tuple(
                item.model_copy(
                    update={
                        text_name: self._say(name, getattr(item, key_name), getattr(item, text_name), language, source)
                    }
                )
                for item in getattr(self, name)
            )
        for name, children in _worded_children(self):
            update[name] = tuple(child.said(language, source) for child in children)
        for name in type(self).model_fields:
            child = getattr(self, name)
            if isinstance(child, Worded):
                update[name] = child.said(language, source)
        return self.model_copy(update=update)

    def _say(self, name: str, key: str | None, inline: str, language: str, source: str) -> Text:
        for candidate in chain(language, source):
            found = self.texts.get(candidate, {}).get(name)
            if key is not None:
                found = found.get(key) if isinstance(found, dict) else None
            if isinstance(found, str) and found:
                return Text.of(found, candidate)
            if candidate == source:
                break
        return Text.of(inline, source)


def chain(language: str, source: str) -> tuple[str, ...]:
    """The languages in which a text is looked for, best first, ending with that of the definition."""
    wanted = [language]
    base = language.split("-", maxsplit=1)[0]
    if base != language:
        wanted.append(base)
    if base in FALLBACK:
        wanted.append(FALLBACK[base])
    if source not in wanted:
        wanted.append(source)
    return tuple(wanted)


def _worded_children(value: Value) -> Iterator[tuple[str, tuple[Worded, ...]]]:
    for name in type(value).model_fields:
        child = getattr(value, name)
        if isinstance(child, tuple) and child and all(isinstance(item, Worded) for item in child):
            yield name, child
