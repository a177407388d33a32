"""Sections compiled to markup, kept for the next page: one for each edition, section and language."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from skolemerke_forms.definition import Form, Section
from skolemerke_forms.drawing import DrawnSection, draw_section

from skolemerke import speech
from skolemerke.applications.queries import DraftLike
from skolemerke.config import current_config
from skolemerke.kept import kept_here
from skolemerke.web.languages import current_language

EXTENSION = "skolemerke.drawn_sections"
MOST = 256
"""So many sections are kept; one of 40 questions holds some 110 kB (see `bench/form.py`)."""


def drawn(application: DraftLike, form: Form, section: Section) -> DrawnSection:
    """A section of an application's form, ready to be filled, in the reader's language."""
    language = current_language()
    key = (application.edition.hash, section.id, language)
    made: DrawnSection = kept_here(EXTENSION, MOST).get(key, lambda: _made(form, section, language))
    return made


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
