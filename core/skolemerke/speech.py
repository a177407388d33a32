"""The interface's words in a language: in a request that of the reader, elsewhere the one that is spoken.

Messages are written in English in the code and marked for translation; catalogues are `translations/<language>.po`.
Nynorsk falls back to bokmål.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time
from babel.messages import mofile, pofile
from babel.support import NullTranslations, Translations

CATALOGUES = Path(__file__).parent / "translations"
ALIASES = {"no": "nb", "nb": "nb", "nn": "nn", "en": "en"}
ZONE = "Europe/Brussels"

_spoken: ContextVar[str] = ContextVar("spoken", default="en")


def marked(message: str) -> str:
    """Mark a sentence for translation, imported as `_`; it is said when it is read."""
    return message


class Refusal(Exception):
    """Something can't be done now, and why. The text is English; `in_words` says it in the language that is spoken.

    `message` is English, marked for translation, with named figures; one that is an instant is said in `zone`, where
    it is `exact` to the second.
    """

    def __init__(self, message: str, *, zone: str = ZONE, exact: bool = False, **figures: object) -> None:
        self.message, self.figures, self._zone, self._exact = message, figures, zone, exact
        with speaking("en"):
            super().__init__(self.in_words())

    def in_words(self) -> str:
        """The sentence in the language that is spoken."""
        said = {
            name: moment(figure, self._zone, exact=self._exact) if isinstance(figure, datetime) else figure
            for name, figure in self.figures.items()
        }
        return say(self.message, **said)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak a language of the interface, the nearest to `language` (BCP 47), until the block ends."""
    token = _spoken.set(nearest(language))
    try:
        yield
    finally:
        _spoken.reset(token)


def spoken() -> str:
    """The language that is spoken now."""
    return _spoken.get()


def nearest(language: str) -> str:
    """The language of the interface for somebody whose language is `language` (BCP 47)."""
    return ALIASES.get(language.lower().split("-", maxsplit=1)[0], "en")


def say(message: str, **figures: object) -> str:
    """A message in the language that is spoken, with its named figures."""
    text = str(catalogue(_spoken.get()).gettext(message))
    return text % figures if figures else text


def say_many(one: str, many: str, count: int, **figures: object) -> str:
    """A message about a count, which stands in it as `%(count)s`."""
    text = str(catalogue(_spoken.get()).ngettext(one, many, count))
    return text % {"count": count, **figures}


def day(value: date | str) -> str:
    """A day, or a day in ISO 8601, in words; anything else as it is."""
    if isinstance(value, date):
        return format_date(value, "long", locale=_locale())
    try:
        return format_date(date.fromisoformat(value), "long", locale=_locale())
    except ValueError:
        return value


def moment(value: datetime, zone: str = ZONE, *, exact: bool = False) -> str:
    """An instant in words, with its zone; to the minute, or exactly to the second."""
    return ", ".join(day_and_time(value, zone, exact=exact))


def day_and_time(value: datetime, zone: str = ZONE, *, exact: bool = False) -> tuple[str, str]:
    """The two halves of an instant in words: its day, and its time of day with the zone."""
    local = value.astimezone(ZoneInfo(zone))
    time = format_time(local, "HH:mm:ss" if exact else "HH:mm", locale=_locale())
    return format_date(local, "long", locale=_locale()), f"{time} ({local.tzname()})"


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


def _locale() -> str:
    # English here is that of Europe: the day before the month.
    return {"en": "en_GB"}.get(_spoken.get(), _spoken.get())
