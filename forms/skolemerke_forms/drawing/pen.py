"""The primitives of drawing: parts that are fixed when a section is compiled, and slots that are filled for each page.

What is fixed is escaped when it is compiled, what was answered when it is filled in. Nothing is ever a template.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from markupsafe import escape as safe

from skolemerke_forms.cleaning import Raw, storable
from skolemerke_forms.definition import Form, Section
from skolemerke_forms.drawing.state import State
from skolemerke_forms.wording import Text

Slot = Callable[[State], str]
"""A part of a page that depends on what it is filled with; gives markup."""

Part = str | Slot

ROW = "\x00"
"""Stands in what is compiled for the id of a row. No text holds it: control characters are taken out of all."""


@dataclass(frozen=True)
class Pen:
    """What a section is drawn with: the form in the reader's language, the words of the library in it (`say`), and
    how many megabytes a file may have."""

    form: Form
    section: Section
    language: str
    speak: Callable[[str], str] = str
    say_day: Callable[[str], str] = str
    largest: int = 10

    def say(self, message: str, **figures: object) -> str:
        """A message of the library, escaped."""
        said = self.speak(message)
        return escaped(said % figures if figures else said)

    def text(self, text: str) -> str:
        """A text of the definition in a line; one that fell back to another language says which."""
        lang = self._other_language(text)
        return f'<span lang="{lang}" dir="auto">{escaped(text)}</span>' if lang else escaped(text)

    def paragraphs(self, text: str) -> str:
        """A text of several paragraphs, parted by empty lines."""
        lang = self._other_language(text)
        opening = f'<p lang="{lang}" dir="auto">' if lang else "<p>"
        parts = (part.strip() for part in storable(text).split("\n\n"))
        return "".join(f"{opening}{escaped(part)}</p>\n" for part in parts if part)

    def lang_of(self, text: str) -> str:
        """The attributes of an element that holds a text of the definition."""
        lang = self._other_language(text)
        return f' lang="{lang}" dir="auto"' if lang else ""

    def _other_language(self, text: str) -> str:
        lang = text.lang if isinstance(text, Text) else self.language
        return "" if lang == self.language else escaped(lang)


def escaped(text: str) -> str:
    """A text as markup, without control characters."""
    return str(safe(storable(text)))


def joined(parts: Iterable[Part]) -> tuple[Part, ...]:
    """The same parts, with what is fixed in as few pieces as can be."""
    found: list[Part] = []
    for part in parts:
        if isinstance(part, str) and found and isinstance(found[-1], str):
            found[-1] += part
        elif part != "":
            found.append(part)
    return tuple(found)


def filled(parts: Sequence[Part], state: State) -> str:
    """Compiled parts as markup."""
    return "".join([part if part.__class__ is str else part(state) for part in parts])  # type: ignore[operator]


def filled_row(parts: Sequence[Part], state: State) -> str:
    """The compiled parts of a row as markup."""
    row = state.row
    return "".join([_of_row(part, row) if isinstance(part, str) else part(state) for part in parts])


class Either:
    """A slot of parts as they are while nothing is wrong at an address (`well`), and as they are when something is;
    those are made when first needed."""

    __slots__ = ("_address", "_of", "_wrong", "well")

    def __init__(self, of: Callable[[bool], tuple[Part, ...]], address: str) -> None:
        self._of, self._address = of, address
        self.well = of(False)
        self._wrong: tuple[Part, ...] | None = None

    def __call__(self, state: State) -> str:
        """The parts as markup."""
        parts = self.well
        if self._address in state.errors:
            if self._wrong is None:
                self._wrong = self._of(True)
            parts = self._wrong
        return filled_row(parts, state) if state.row else filled(parts, state)


def all_well(parts: Iterable[Part]) -> tuple[Part, ...]:
    """The same parts for a page on which nothing is wrong anywhere."""
    return joined(one for part in parts for one in (all_well(part.well) if isinstance(part, Either) else (part,)))


def _of_row(part: str, row: str) -> str:
    return part.replace(ROW, row)


def typed(address: str) -> Slot:
    """The text that stands at an address."""

    def slot(state: State) -> str:
        raw = state.typed.get(address)
        return safe(one_text(raw)) if raw else ""

    return slot


def version(address: str) -> Slot:
    """The version of the answer at an address."""
    return lambda state: str(state.versions.get(address, 0))


def error(address: str) -> Slot:
    """What is wrong at an address, in words."""
    return lambda state: escaped(state.errors.get(address, ""))


def marker(address: str) -> list[Part]:
    """The hidden field that says that a place was on the page, and which version of its answer."""
    return [f'<input type="hidden" name="v_{address}" value="', version(address), '">\n']


def one_text(raw: Raw) -> str:
    """One text of what stands at a place."""
    return raw if isinstance(raw, str) else next(iter(raw or ()), "")


class Chosen:
    """A slot of options, of which some are chosen. `options` are the value of each and its markup in two halves,
    between which ` checked` stands."""

    __slots__ = ("_address", "_at", "_several", "_text")

    def __init__(self, address: str, options: Iterable[tuple[str, str, str]], *, several: bool = False) -> None:
        text, at = "", {}
        for value, before, after in options:
            text += before
            at[value] = len(text)
            text += after
        self._address, self._text, self._at, self._several = address, text, at, several

    def __call__(self, state: State) -> str:
        """The options as markup."""
        raw, text = state.typed.get(self._address), self._text
        if self._several:
            chosen = [raw] if isinstance(raw, str) else raw or ()
            for place in sorted({self._at[one] for one in chosen if one in self._at}, reverse=True):
                text = f"{text[:place]} checked{text[place:]}"
        else:
            place = self._at.get(raw if isinstance(raw, str) else one_text(raw))  # type: ignore[assignment]
            if place is not None:
                text = f"{text[:place]} checked{text[place:]}"
        return text.replace(ROW, state.row) if state.row else text
