"""States and certainties in the reader's words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from babel import Locale
from flask import Flask
from flask_babel import LazyString, lazy_gettext
from skolemerke_forms.saying import kind_words

from skolemerke.web import languages

Tone = Literal["good", "wait", "stop", "plain"]


def _(message: str) -> LazyString:
    """A message that is translated when it is shown."""
    return lazy_gettext(message)


WORDS: dict[str, tuple[LazyString, Tone]] = {
    # rounds
    "installed": (_("being prepared"), "plain"),
    "scheduled": (_("opens soon"), "wait"),
    "open": (_("open"), "good"),
    "closed": (_("closed"), "plain"),
    "published": (_("results published"), "plain"),
    "paused": (_("paused because of a fault"), "stop"),
    "missing": (_("paused because of a fault"), "stop"),
    # labels
    "valid": (_("valid"), "good"),
    "expired": (_("expired"), "plain"),
    "withdrawn": (_("withdrawn"), "stop"),
    # requirements
    "compulsory": (_("compulsory"), "plain"),
    "optional": (_("optional"), "plain"),
    "waived": (_("not asked for"), "good"),
    "fixed": (_("given to every school"), "good"),
    # parts of an application
    "done": (_("done"), "good"),
    "started": (_("started"), "wait"),
    "missing_parts": (_("something is missing"), "wait"),
    "not_started": (_("not started"), "plain"),
    "draft": (_("draft"), "wait"),
    "submitted": (_("submitted"), "good"),
    "signed": (_("signed"), "good"),
    "declined": (_("declined"), "stop"),
    "asked": (_("waiting for an answer"), "wait"),
    "returned": (_("given back"), "stop"),
    "yes": (_("yes"), "plain"),
    "no": (_("no"), "plain"),
    # scores and decisions
    "passed": (_("passed"), "good"),
    "not_passed": (_("not passed"), "stop"),
    "to_be_judged": (_("to be judged"), "wait"),
    "recommended": (_("recommended"), "good"),
    "not_recommended": (_("not recommended"), "stop"),
    "fulfilled": (_("fulfilled"), "good"),
    "not_fulfilled": (_("not fulfilled"), "stop"),
    "not_judged": (_("not judged yet"), "wait"),
    "granted": (_("granted"), "good"),
    "refused": (_("refused"), "stop"),
    # results of a check
    "met": (_("met"), "good"),
    "not_met": (_("not met"), "stop"),
    "unclear": (_("unclear"), "wait"),
}

CERTAINTIES = {
    "official": _("official source"),
    "third_party": _("a source that is not official"),
    "inference": _("concluded from sources"),
    "assumption": _("assumption of this installation"),
}


def register(app: Flask) -> None:
    """Give the templates of an application these words."""
    app.jinja_env.globals.update(kind_words=kind_words, word_of=word_of, tone_of=tone_of, certainty_of=certainty_of)
    app.jinja_env.filters["country_name"] = country_name


def word_of(status: str) -> str:
    """A state in words; one that is not known here as it is."""
    return str(WORDS[status][0]) if status in WORDS else status


def tone_of(status: str) -> Tone:
    """Whether a state is good news, something to wait for or to do, a stop, or neither."""
    return WORDS[status][1] if status in WORDS else "plain"


def certainty_of(certainty: str) -> str:
    """How sure a stated thing is, in words."""
    return str(CERTAINTIES.get(certainty, certainty))


def language_name(code: str) -> str:
    """A language in the reader's language, without its region; a code that is not known as it is."""
    names: Mapping[str, str] = Locale.parse(languages.current_language()).languages
    return names.get(code.partition("-")[0], code)


def country_name(code: str) -> str:
    """A country in the reader's language; a code that is not known as it is."""
    name: str = Locale.parse(languages.current_language()).territories.get(code, code)
    return name
