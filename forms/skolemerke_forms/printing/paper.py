"""What a printed form is made of, before it becomes a PDF or a text document."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from skolemerke_forms.wording import Text

RIGHT_TO_LEFT = frozenset({"ar", "dv", "fa", "he", "iw", "ps", "sd", "ug", "ur", "yi"})

_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Characters that turn the direction of what follows: on paper they could make an answer read as another."""

NO_WORDS = "–"

Tone = Literal["body", "help", "note", "condition"]


@dataclass(frozen=True)
class Frame:
    """What stands around a form: `language` (BCP 47) is that of the form as it is printed; `school` and `round`
    stand in the header of each page, `mark` in its footer, `facts` at its beginning. `words` is the language of the
    words of the library, where it is another."""

    language: str
    round: str = ""
    school: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    mark: str = ""
    words: str = ""


@dataclass
class Paper:
    """A document as a list of blocks: plain data, each with its `kind`."""

    title: str
    frame: Frame
    page_words: str
    blocks: list[dict[str, Any]] = field(default_factory=list)

    def heading(self, level: int, text: str) -> None:
        """A heading; 1 is that of a part. One without words is a dash: readers find their way by headings."""
        self._add("heading", level=level, text=self.said(text if printable(text).strip() else NO_WORDS))

    def paragraphs(self, text: str, tone: Tone = "body") -> None:
        """A text with its paragraphs; nothing for an empty one."""
        if text.strip():
            self._add("paragraphs", tone=tone, lines=self.lines(text))

    def tag(self, text: str) -> None:
        """What a requirement is called and where it stands, over its questions."""
        self._add("tag", text=self.said(text))

    def options(self, items: Iterable[tuple[str, str]], *, several: bool) -> None:
        """Boxes to tick, or circles where one is chosen: each with its label and what explains it."""
        self._add(
            "options",
            several=several,
            items=[{"label": self.said(label), "more": self.said(more)} for label, more in items],
        )

    def writing(self, lines: int, label: str = "") -> None:
        """Ruled lines to write on."""
        self._add("writing", lines=lines, label=self.said(label))

    def answer(self, text: str, *, blank: str) -> None:
        """An answer, set off from its question; `blank` stands in its place where there is none."""
        self._add("answer", is_blank=not text.strip(), lines=self.lines(text if text.strip() else blank))

    def evidence(self, label: str, items: Sequence[str]) -> None:
        """The evidence by a question."""
        self._add("evidence", label=self.said(label), items=[self.said(item) for item in items])

    def declared(self, text: str) -> None:
        """A text that is signed or confirmed."""
        self._add("declared", lines=self.lines(text))

    def signature(self, labels: Sequence[str]) -> None:
        """Places to sign, the last with room for a stamp."""
        self._add("signature", labels=[self.said(label) for label in labels])

    def said(self, text: str) -> dict[str, str]:
        """A text with its language and direction."""
        lang = text.lang if isinstance(text, Text) else self.frame.words or self.frame.language
        shown = printable(text)
        return {"text": shown, "lang": lang, "dir": direction(shown, lang)}

    def lines(self, text: str) -> list[dict[str, str]]:
        """A text line by line, blank ones left out."""
        lang = text.lang if isinstance(text, Text) else self.frame.words or self.frame.language
        return [self.said(Text.of(line, lang)) for line in printable(text).split("\n") if line.strip()]

    def _add(self, kind: str, **content: Any) -> None:
        self.blocks.append({"kind": kind, **content})


def printable(text: str) -> str:
    """A text as it can be printed: without control characters, halves of characters and turns of direction; line
    breaks as one character."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    text = text.replace("\t", " ")
    return "".join(c for c in text if c == "\n" or (c not in _TURNING and unicodedata.category(c) not in _UNPRINTED))


_UNPRINTED = frozenset({"Cc", "Cs"})


def direction(text: str, language: str) -> Literal["ltr", "rtl"]:
    """The direction of a text: that of its first letter, else that of its language."""
    for character in text:
        kind = unicodedata.bidirectional(character)
        if kind == "L":
            return "ltr"
        if kind in {"R", "AL"}:
            return "rtl"
    return direction_of(language)


def direction_of(language: str) -> Literal["ltr", "rtl"]:
    """The direction in which a language is written."""
    return "rtl" if language.split("-", maxsplit=1)[0].lower() in RIGHT_TO_LEFT else "ltr"
