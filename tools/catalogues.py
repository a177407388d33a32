"""The catalogues of the interface: collects the messages of the code and brings `translations/*.po` up to date.

    python -m tools.catalogues          what is missing, stale or lost a placeholder
    python -m tools.catalogues --write  adds new messages (untranslated) and drops those that are gone

The repository holds the `.po` files only; the application reads them as they are.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
TRANSLATIONS = ROOT / "core" / "skolemerke" / "translations"
LANGUAGES = ("nb", "nn")
SOURCES = (ROOT / "core" / "skolemerke", ROOT / "forms" / "skolemerke_forms")
METHODS = [("**/migrations/**", "ignore"), ("**.py", "python"), ("**/templates/**.html", "jinja2")]
OPTIONS = {"**/templates/**.html": {"trimmed": "true", "silent": "false"}}
KEYWORDS = {
    "_": None,
    "gettext": None,
    "lazy_gettext": None,
    "say": None,
    "ngettext": (1, 2),
    "say_many": (1, 2),
    "_n": (1, 2),
}
HOLDERS = "The Skolemerke contributors"
BEGUN = datetime(2026, 11, 23, tzinfo=UTC)
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")


def collected() -> Catalog:
    """All messages of the code, in the order of the files."""
    catalog = Catalog(project="Skolemerke", charset="utf-8")
    found = []
    for source in SOURCES:
        for name, line, message, comments, _context in extract_from_dir(
            source, METHODS, OPTIONS, KEYWORDS, comment_tags=("TRANSLATORS:",)
        ):
            place = (source / name).relative_to(ROOT).as_posix()
            found.append((place, line, message, comments))
    for place, _line, message, comments in sorted(found, key=lambda entry: (entry[0], entry[1])):
        catalog.add(message, None, [(place, 0)], auto_comments=comments)
    return catalog


def stored(language: str) -> Catalog:
    """The catalogue of a language as it stands in the repository."""
    path = TRANSLATIONS / f"{language}.po"
    if not path.is_file():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def faults(language: str) -> Iterator[str]:
    """What is missing, stale or lost a placeholder in one language, each in a sentence."""
    wanted, have = collected(), stored(language)
    for message in wanted:
        if not message.id:
            continue
        translated = have.get(message.id)
        if translated is None or not _texts(translated) or not all(_texts(translated)):
            yield f"{language}: not translated: {message.id!r}"
        elif translated.fuzzy:
            yield f"{language}: marked as uncertain: {message.id!r}"
        elif not _keeps_placeholders(message, translated):
            yield f"{language}: another placeholder than in the source: {message.id!r}"
    known = {_key(message) for message in wanted}
    yield from (f"{language}: not in the code any more: {m.id!r}" for m in have if m.id and _key(m) not in known)


def write(language: str) -> None:
    """Bring the catalogue of one language up to date; what was translated stays."""
    wanted, have = collected(), stored(language)
    made = Catalog(
        locale=language,
        header_comment=f"# The words of the interface of Skolemerke: {language}. See tools/catalogues.py.",
        project="Skolemerke",
        version="1",
        msgid_bugs_address="-",
        copyright_holder=HOLDERS,
        last_translator=HOLDERS,
        language_team=HOLDERS,
        # A date of writing would differ with every run and say nothing that git does not.
        creation_date=BEGUN,
        revision_date=BEGUN,
        fuzzy=False,
    )
    for message in wanted:
        if message.id:
            old = have.get(message.id)
            string = old.string if old is not None else None
            made.add(message.id, string, message.locations, auto_comments=message.auto_comments)
    TRANSLATIONS.mkdir(exist_ok=True)
    with (TRANSLATIONS / f"{language}.po").open("wb") as file:
        write_po(file, made, width=110, sort_output=False, include_lineno=False, omit_header=False)


def main(words: list[str]) -> int:
    """Write or check; gives the exit code."""
    if "--write" in words:
        for language in LANGUAGES:
            write(language)
    found = [fault for language in LANGUAGES for fault in faults(language)]
    for fault in found:
        print(fault)  # noqa: T201 - a program of the command line
    return 1 if found else 0


def _texts(message: Message) -> list[str]:
    string = message.string
    return list(string) if isinstance(string, (tuple, list)) else [str(string or "")]


def _keeps_placeholders(message: Message, translated: Message) -> bool:
    """Whether each text names what its source does; that of one thing may say its figure in a word, or as a figure."""
    sources, texts = _sources(message), _texts(translated)
    whole = _placeholders(sources[-1])
    if len(sources) == 1:
        return all(_placeholders(text) == whole for text in texts)
    one = (_placeholders(sources[0]), whole, whole - {"%(num)s"})
    return _placeholders(texts[0]) in one and all(_placeholders(text) == whole for text in texts[1:])


def _sources(message: Message) -> list[str]:
    """The text, or the one for a single thing and that for several: each is translated by itself."""
    return [str(one) for one in message.id] if isinstance(message.id, (tuple, list)) else [str(message.id)]


def _key(message: Message) -> str:
    return str(message.id[0] if isinstance(message.id, (tuple, list)) else message.id)


def _placeholders(text: str) -> set[str]:
    return set(PLACEHOLDER.findall(text))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
