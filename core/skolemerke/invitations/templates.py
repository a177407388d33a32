"""Texts with placeholders from a fixed list, such as `{school}`.

A placeholder is a word, nothing is looked up behind it; what it stands for is put in as it is and is never read as a
template again.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from skolemerke import speech
from skolemerke.speech import marked as _

BRACE = re.compile(r"\{([^{}\n]{0,80})\}|[{}]")
PARTING = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")


class WordingFault(speech.Refusal):
    """A text can't be used; the sentence says why and where. Lines and columns count from 1."""


@dataclass(frozen=True)
class Paragraph:
    """A paragraph as words and placeholders in turn: the first, third, fifth … piece is words."""

    pieces: tuple[str, ...]

    def filled(self, facts: Mapping[str, str], kept: Collection[str]) -> str:
        """The paragraph with its facts; empty when one of them is, unless it holds one of `kept`."""
        names = self.pieces[1::2]
        values = [facts[name] for name in names]
        if not all(values) and not any(name in kept for name in names):
            return ""
        words = list(self.pieces)
        words[1::2] = values
        return "".join(words)


@dataclass(frozen=True)
class Template:
    """A text that was read once and is filled for each mail."""

    paragraphs: tuple[Paragraph, ...]

    def filled(self, facts: Mapping[str, str], kept: Collection[str] = ()) -> str:
        """The text. A paragraph that needs a fact which there is not would speak of nothing and is left out, unless it
        holds one of `kept`."""
        filled = (paragraph.filled(facts, kept) for paragraph in self.paragraphs)
        return "\n\n".join(text for text in filled if text)


@lru_cache(maxsize=512)
def read(text: str) -> Template:
    """Read a text that was checked."""
    text = text.replace("\r\n", "\n").strip()
    return Template(tuple(Paragraph(tuple(BRACE.split(part))) for part in PARTING.split(text) if part))


def check(text: str, known: Collection[str], place: str) -> set[str]:
    """The placeholders of a text. Raises `WordingFault` with the place of one that is not known, or of a brace."""
    found = set()
    for match in BRACE.finditer(text.replace("\r\n", "\n")):
        name = match.group(1)
        where = _where(text.replace("\r\n", "\n"), match.start(), place)
        if name is None:
            raise WordingFault(
                _("%(place)s, line %(line)s, column %(column)s: a brace stands alone; braces hold a placeholder"),
                **where,
            )
        if name not in known:
            raise WordingFault(
                _(
                    "%(place)s, line %(line)s, column %(column)s: there is no placeholder {%(name)s}; "
                    "there are %(known)s"
                ),
                name=name,
                known=", ".join(f"{{{one}}}" for one in sorted(known)),
                **where,
            )
        found.add(name)
    return found


def _where(text: str, at: int, place: str) -> dict[str, Any]:
    before = text[:at]
    return {"place": place, "line": before.count("\n") + 1, "column": at - (before.rfind("\n") + 1) + 1}
