"""The reader's language: chosen on the page, else that of the account, else what the browser asks for."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

from babel.messages import mofile, pofile
from babel.support import NullTranslations, Translations
from flask import Flask, current_app, g, request, session
from flask_babel import Babel, Domain, format_date, format_datetime

from skolemerke.app_names import CONFIG
from skolemerke.config import LANGUAGES, Config
from skolemerke.web import guard

CATALOGUES = Path(__file__).parent.parent / "translations"
NAMES = {"nb": "Bokmål", "nn": "Nynorsk", "en": "English"}
ALIASES = {"no": "nb", "nb": "nb", "nn": "nn", "en": "en"}
ZONE = "Europe/Brussels"


class OurDomain(Domain):
    """Catalogues read from `.po` files, so that the repository holds nothing compiled; nynorsk falls back to
    bokmål."""

    def get_translations(self) -> NullTranslations:
        """The catalogue of the reader's language."""
        return catalogue(current_language())


def register(app: Flask) -> None:
    """Give an application its languages."""
    domain = OurDomain()
    babel = Babel(app, locale_selector=current_language, timezone_selector=lambda: ZONE, default_domain=domain)
    # Flask-Babel hands its default domain to templates and to gettext alike.
    babel.domain_instance = domain
    app.before_request(_choose)
    app.jinja_env.globals.update(
        language=current_language, languages=NAMES, day=day, moment=moment, html_language=current_language
    )


def current_language() -> str:
    """The language of this request, one of `LANGUAGES`; also of a mail or command (`speaking`)."""
    if "language" in g:
        found: str = g.language
        return found
    if not request:
        return default_language()
    g.language = _wanted()
    chosen: str = g.language
    return chosen


def default_language() -> str:
    """The language of the installation."""
    config: Config = current_app.extensions[CONFIG]
    return config.default_language


def nearest(language: str) -> str:
    """The language of the interface for somebody whose language is `language` (BCP 47)."""
    return ALIASES.get(language.lower().split("-", maxsplit=1)[0], "en")


def day(value: object) -> str:
    """A day in the reader's words."""
    return format_date(value, "long")


def moment(value: datetime, zone: str = ZONE) -> str:
    """An instant in the reader's words, with its zone."""
    local = value.astimezone(ZoneInfo(zone))
    return f"{format_datetime(local, 'd MMMM y, HH:mm', rebase=False)} ({local.tzname()})"


@cache
def catalogue(language: str) -> NullTranslations:
    """The translations of one language; English is the source."""
    path = CATALOGUES / f"{language}.po"
    if not path.is_file():
        return NullTranslations()
    with path.open("rb") as file:
        read = pofile.read_po(file, locale=language)
    compiled = BytesIO()
    mofile.write_mo(compiled, read)
    compiled.seek(0)
    translations = Translations(compiled)
    if language == "nn":
        translations.add_fallback(catalogue("nb"))
    return translations


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
        return nearest(known)
    best = request.accept_languages.best_match(["nb", "nn", "no", "en"], default=default_language())
    return nearest(best)
