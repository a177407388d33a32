"""The reader's language: chosen on the page, else that of the account, else what the browser asks for."""

from __future__ import annotations

from datetime import date, datetime

from babel.support import NullTranslations
from flask import Flask, g, request, session
from flask_babel import Babel, Domain

from skolemerke import speech
from skolemerke.config import LANGUAGES, current_config
from skolemerke.web import guard

NAMES = {"nb": "Bokmål", "nn": "Nynorsk", "en": "English"}


class OurDomain(Domain):  # type: ignore[misc] # Flask-Babel ships no types
    """Catalogues read from `.po` files, so that the repository holds nothing compiled; nynorsk falls back to
    bokmål."""

    def get_translations(self) -> NullTranslations:
        """The catalogue of the reader's language."""
        return speech.catalogue(current_language())


def register(app: Flask) -> None:
    """Give an application its languages."""
    domain = OurDomain()
    babel = Babel(app, locale_selector=current_language, timezone_selector=lambda: speech.ZONE, default_domain=domain)
    # Flask-Babel hands its default domain to templates and to gettext alike.
    babel.domain_instance = domain
    # Templates ask the catalogue itself: a page has dozens of messages, and Flask-Babel looks for its domain each time.
    app.jinja_env.install_gettext_callables(_gettext, _ngettext, newstyle=True)  # type: ignore[attr-defined]
    app.before_request(_choose)
    app.jinja_env.globals.update(language=current_language, languages=NAMES, day=day, moment=moment)


def _gettext(message: str) -> str:
    return str(speech.catalogue(current_language()).gettext(message))


def _ngettext(one: str, many: str, count: int) -> str:
    return str(speech.catalogue(current_language()).ngettext(one, many, count))


def current_language() -> str:
    """The language of this request, one of `LANGUAGES`; outside of one, that which is spoken."""
    found: str | None = g.get("language")
    if found is None:
        if not request:
            return speech.spoken()
        found = g.language = _wanted()
    return found


def default_language() -> str:
    """The language of the installation."""
    return current_config().default_language


def day(value: date | str) -> str:
    """A day in the reader's words."""
    with speech.speaking(current_language()):
        return speech.day(value)


def moment(value: datetime) -> str:
    """An instant in the reader's words, with its zone."""
    with speech.speaking(current_language()):
        return speech.moment(value)


def _choose() -> None:
    """Remember a language that was chosen by `?language=`."""
    wanted = request.args.get("language", "")
    if wanted in LANGUAGES:
        session["language"] = wanted
        session.permanent = True


def _wanted() -> str:
    chosen = session.get("language")
    if chosen in LANGUAGES:
        return str(chosen)
    known = guard.actor().language
    if known:
        return speech.nearest(known)
    best = request.accept_languages.best_match(["nb", "nn", "no", "en"], default=default_language())
    return speech.nearest(best)
