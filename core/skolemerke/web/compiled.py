"""Sections compiled to markup, kept for the next page: one for each edition, section and language."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from functools import partial
from typing import Generic, TypeVar

from flask import current_app
from skolemerke_forms.definition import Form, Section
from skolemerke_forms.drawing import DrawnSection, draw_section

from skolemerke import speech
from skolemerke.applications.queries import DraftLike
from skolemerke.config import current_config
from skolemerke.web.languages import current_language

EXTENSION = "skolemerke.drawn_sections"
MOST = 256
"""So many sections are kept; one of 40 questions holds some 110 kB (see `bench/form.py`)."""

Key = TypeVar("Key")
Made = TypeVar("Made")


class Kept(Generic[Key, Made]):
    """What was made last, as many as are named; the one that was not asked for longest goes first."""

    def __init__(self, most: int) -> None:
        self._most, self._kept, self._lock = most, OrderedDict[Key, Made](), threading.Lock()

    def get(self, key: Key, make: Callable[[], Made]) -> Made:
        """What is kept for a key, or made now."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        # Two threads may make the same; neither waits for the other, and either is right.
        made = make()
        with self._lock:
            self._kept[key] = made
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return made

    def __len__(self) -> int:
        return len(self._kept)


def drawn(application: DraftLike, form: Form, section: Section) -> DrawnSection:
    """A section of an application's form, ready to be filled, in the reader's language."""
    language = current_language()
    kept: Kept[tuple[str, str, str], DrawnSection] = current_app.extensions.setdefault(EXTENSION, Kept(MOST))
    return kept.get((application.edition.hash, section.id, language), lambda: _made(form, section, language))


def _made(form: Form, section: Section, language: str) -> DrawnSection:
    return draw_section(
        form,
        section,
        language,
        say=say_in(language),
        say_day=partial(_day, language),
        largest=current_config().max_upload_mb,
    )


def say_in(language: str) -> Callable[[str], str]:
    """Says a message of the library in a language, whoever asks later."""
    catalogue = speech.catalogue(language)
    return lambda message: str(catalogue.gettext(message))


def _day(language: str, value: str) -> str:
    with speech.speaking(language):
        return speech.day(value)
