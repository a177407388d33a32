"""A paper as PDF/UA: tagged, with title, language and reading order, set by typst.

The texts are handed over as JSON and shown as text; none of them is ever source for the typesetter. Fonts are those
that the typesetter brings (Latin, Greek, Cyrillic) and those of the system. A character that no font has would make
the document inaccessible, and is refused by the standard: it is replaced by its number in Unicode, in square
brackets, and the document says so at its end.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import typst

from skolemerke_forms.printing import words
from skolemerke_forms.printing.paper import NO_WORDS, Paper, direction_of, printable
from skolemerke_forms.saying import Say

TEMPLATE = Path(__file__).parent / "form.typ"
STANDARD: Literal["ua-1"] = "ua-1"
TRIES = 5
LONG_WORD = 40

_UNDRAWN = re.compile(r'the text `"((?:[^"\\]|\\.)*)"`')
_ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}|\\(.)")
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_WORD = re.compile(rf"\S{{{LONG_WORD},}}")
_PLAIN = re.compile(r"[\n\x20-\x7e\xa0-\u017f]")
"""What the typesetter's own fonts have in any case."""


def pdf_of(paper: Paper, *, say: Say = str) -> bytes:
    """The PDF of a paper. The same paper gives the same bytes on one machine; elsewhere fonts may differ."""
    undrawn: set[str] = set()
    for _attempt in range(TRIES):
        try:
            return _compiled(_data(paper, undrawn, say))
        except typst.TypstError as error:
            found = _undrawn_in(str(getattr(error, "diagnostic", error)))
            if not found - undrawn:
                raise
            undrawn |= found
    everything = set(json.dumps(paper.blocks, ensure_ascii=False) + paper.title + str(paper.frame))
    return _compiled(_data(paper, {c for c in everything if not _PLAIN.match(c)}, say))


def _compiled(data: dict[str, Any]) -> bytes:
    made: bytes = typst.compile(
        TEMPLATE.read_bytes(),
        sys_inputs={"data": json.dumps(data, ensure_ascii=True)},
        font_paths=_fonts(),
        pdf_standards=[STANDARD],
    )
    return made


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    """The fonts of the typesetter and of the system, looked for once."""
    return typst.Fonts()


def _data(paper: Paper, undrawn: set[str], say: Say) -> dict[str, Any]:
    if undrawn:
        paper = replace(paper, blocks=[*paper.blocks])
        paper.paragraphs(say(words.UNDRAWN), "help")
    frame = paper.frame
    data = {
        "title": paper.said(paper.title if printable(paper.title).strip() else NO_WORDS),
        "lang": _language(frame.language),
        "dir": direction_of(frame.language),
        "round": paper.said(frame.round),
        "school": paper.said(frame.school),
        "mark": paper.said(frame.mark),
        "page": paper.page_words % {"page": "{page}", "pages": "{pages}"},
        "facts": [[paper.said(name), paper.said(value)] for name, value in frame.facts],
        "blocks": paper.blocks,
    }
    shown: dict[str, Any] = _shown(data, undrawn)
    return shown


def _shown(part: Any, undrawn: set[str]) -> Any:
    """The data with each text as it is set: languages that the typesetter knows, long words that can be divided,
    characters that can't be drawn as their numbers."""
    if isinstance(part, list):
        return [_shown(item, undrawn) for item in part]
    if not isinstance(part, dict):
        return part
    if "text" in part and "lang" in part:
        text = "".join(f"[U+{ord(c):04X}]" if c in undrawn else c for c in part["text"])
        return {**part, "text": _WORD.sub(_divisible, text), "lang": _language(part["lang"])}
    return {key: _shown(value, undrawn) for key, value in part.items()}


def _divisible(word: re.Match[str]) -> str:
    whole = word.group()
    return "\u200b".join(whole[at : at + LONG_WORD] for at in range(0, len(whole), LONG_WORD))


def _language(language: str) -> str:
    base = language.split("-", maxsplit=1)[0].lower()
    return base if _LANGUAGE.fullmatch(base) else "en"


def _undrawn_in(message: str) -> set[str]:
    """The characters that no font has, out of what the typesetter says."""
    found: set[str] = set()
    for quoted in _UNDRAWN.findall(message):
        text = _ESCAPED.sub(lambda m: chr(int(m.group(1), 16)) if m.group(1) else m.group(2), quoted)
        # Of a letter with marks the letter itself is not what is lacking.
        found |= {character for character in text if not _PLAIN.match(character)}
    return found
