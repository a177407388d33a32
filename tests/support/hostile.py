"""Texts that want to be more than text, in every place of an installation where a text can stand."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml
from skolemerke import database
from skolemerke.database import Base
from sqlalchemy import JSON, String, select, update

from support.house import ROOT

PAYLOADS = (
    "<script>pwned()</script>",
    '"><script>pwned()</script>',
    "'><img src=x onerror=pwned()>",
    "<img src=x onerror=pwned()>",
    "<svg onload=pwned()>",
    "</textarea><pwned-a>",
    "</title><pwned-b>",
    "</style><script>pwned()</script>",
    "</script><script>pwned()</script>",
    "--><script>pwned()</script>",
    '" onfocus=pwned() autofocus="',
    "' onmouseover='pwned()",
    "javascript:pwned()",
    "<a href=javascript:pwned()>x</a>",
    '<iframe srcdoc="<script>parent.pwned()</script>"></iframe>',
    '<object data="data:text/html,<script>pwned()</script>"></object>',
    "<form action=//pwned.example><button formaction=javascript:pwned()>x</button>",
    "<base href=//pwned.example/>",
    "<meta http-equiv=refresh content=0;url=//pwned.example>",
    "<details open ontoggle=pwned()>",
    "<math><mtext><style><img src=x onerror=pwned()>",
    "<style>@import'//pwned.example'</style>",
    "<link rel=stylesheet href=//pwned.example/x.css>",
    r"\u003cscript\u003epwned()\u003c/script\u003e",
    "&lt;script&gt;pwned()&lt;/script&gt;",
)
TEMPLATES = (
    "{{1337*1001}}",
    "{% print(1337*1001) %}",
    "{school.__class__}",
    "%(school)s %s",
    '#eval("1337*1001")',
    '#import "/etc/passwd": *',
    "$1337*1001$ \\ \\u{41}",
    "${1337*1001}",
)
WORKED_OUT = ("1338337", "1,338,337", "1 338 337")
"""What stands there when one of `TEMPLATES` was read as more than text."""

FORMULA = '=HYPERLINK("https://pwned.example","x")'
TEXT = " ".join((FORMULA, *TEMPLATES, *PAYLOADS))
LINK = 'https://www.example.org/"onmouseover=pwned()//<script>pwned()</script>'

# The words of a definition, by the key at which they stand in its files.
WORDS = {
    "title", "introduction", "label", "help", "example", "statement", "description", "not_applicable", "heading",
    "text", "note", "reason", "results_words", "message", "name",
}  # fmt: skip

HOSTILE: dict[str, set[str]] = {
    "agency": {"name", "sender_name", "texts", "contact_email"},
    "agency_calendar": {"reason"},
    "account": {"name"},
    "activity": {"activity_id"},
    "answer_change": {"raw"},
    "application": {"answers"},
    "audit_details": {"details"},
    "audit_head": {"note"},
    "decision": {"reasons", "feedback"},
    "declaration": {"head_name", "head_email", "signer_name", "note"},
    "edition_change": {"changes"},
    "evidence": {"name", "link"},
    "judgement": {"feedback", "note"},
    "mail": {"address", "name", "payload", "error"},
    "mail_wording": {"subject", "body"},
    "person": {"teacher_id"},
    "project": {"project_id", "title"},
    "quality_label": {"label_id"},
    "round": {"title"},
    "school": {"name", "city", "region", "level", "address", "head_name", "head_email", "site", "facts", "school_id"},
    "school_label": {"school_name", "city", "region"},
    "sign_in_session": {"device"},
    "submission": {"raw", "clean", "evidence", "known"},
    "suppression": {"address", "detail", "lifted_by", "lift_reason"},
    "teacher": {"name", "role"},
    "upload": {"name"},
    "verdict_override": {"reason", "evidence"},
}
"""The columns of each table that hold what people write, and those of the register."""

KEPT = {
    "application", "certificate", "change", "id", "outcome", "question_id", "submission", "token", "media_type",
    "sha256", "by", "at", "version", "page", "valid_from", "valid_to", "confirmed", "row", "kind", "day",
}  # fmt: skip
"""The keys of JSON documents whose values are words of ours."""


def text_columns() -> Iterator[tuple[str, str]]:
    """Every column of every table that can hold a text."""
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, String | JSON):
                yield table.name, column.name


def poison(text: str = TEXT) -> None:
    """Put a hostile text, of all attacks or of one, into every row of every column in which people's words can
    stand."""
    with database.write() as session:
        for table in Base.metadata.sorted_tables:
            key = next(iter(table.primary_key.columns))
            for row in session.execute(select(table)).mappings().all():
                values = {
                    name: _poisoned(row[name], name, row[key.name], text)
                    for name in HOSTILE.get(table.name, ())
                    if row[name]
                }
                if table.name == "mail_wording":
                    # A brace that is no placeholder is refused when the wording is saved.
                    values = {name: re.sub(r"[{}]", "", value) for name, value in values.items()}
                if values:
                    session.execute(update(table).where(key == row[key.name]).values(values))


def _poisoned(value: Any, name: str, key: Any, text: str) -> Any:
    if name == "link":
        return LINK
    if name in {"school_id", "teacher_id", "project_id", "activity_id", "label_id", "address"}:
        # Each is there once.
        return f"{text} {key}"
    return text if isinstance(value, str) else poisoned(value, text)


def poisoned(value: Any, text: str = TEXT) -> Any:
    """A document with the hostile text in place of each of its words; numbers of rows and options stay."""
    if isinstance(value, dict):
        return {name: one if name in KEPT else poisoned(one, text) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [poisoned(one, text) for one in value]
    is_id = isinstance(value, str) and re.fullmatch(r"[a-z0-9_]{1,16}", value)
    return text if isinstance(value, str) and not is_id else value


def hostile_plugins(home: Path, *names: str) -> None:
    """The shipped plugins with the hostile text behind each of their words, in each language."""
    for name in names:
        folder = home / "plugins" / name
        shutil.copytree(ROOT / "plugins" / name, folder, ignore=shutil.ignore_patterns("__pycache__"))
        for file in folder.rglob("*.yaml"):
            if file.name != "examples.yaml":
                stated = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
                is_texts = file.parent.name == "texts"
                # A definition is YAML, of which JSON is a part.
                file.write_text(json.dumps(_worded(stated, everything=is_texts)), encoding="utf-8")


def _worded(part: Any, key: str = "", *, everything: bool = False) -> Any:
    if isinstance(part, dict):
        within = key in {"descriptors", "texts"} or (everything and key != "")
        return {
            name: one
            if everything and name == "language"
            else _worded(one, "descriptors" if within else name, everything=everything)
            for name, one in part.items()
        }
    if isinstance(part, list):
        return [_worded(one, key, everything=everything) for one in part]
    return f"{part} {TEXT}" if key in WORDS or key == "descriptors" else part


class Living(HTMLParser):
    """Reads a page as a browser does, and finds what of `PAYLOADS` became more than text: `found`."""

    ADDRESSES = frozenset(
        {"href", "src", "action", "formaction", "data", "poster", "srcset", "xlink:href", "background"}
    )

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._raw = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element and its attributes."""
        named = dict(attrs)
        if "pwned" in tag or tag in {"object", "embed", "base", "math", "applet"}:
            self._find(tag, attrs)
        if tag == "meta" and "http-equiv" in named:
            self._find(tag, attrs)
        if tag == "script" and "nonce" not in named:
            self._find(tag, attrs)
        for name, value in attrs:
            leads = name in self.ADDRESSES and _leads_away(value or "")
            if "pwned" in name or name.startswith("on") or name in {"style", "srcdoc"} or leads:
                self._find(tag, attrs)
        self._raw = tag if tag in {"script", "style"} else ""

    def handle_endtag(self, tag: str) -> None:
        """The end of an element."""
        self._raw = ""

    def handle_data(self, data: str) -> None:
        """Text, which is code within a script or a style."""
        if self._raw and "pwned" in data:
            self.found.append(f"within <{self._raw}>: {data[:80]}")

    def handle_comment(self, data: str) -> None:
        """A comment."""
        if "pwned" in data:
            self.found.append(f"comment: {data[:80]}")

    def _find(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append(f"<{tag} {attrs!r:.160}>")


def _leads_away(value: str) -> bool:
    plain = re.sub(r"[\x00-\x20]", "", value).lower()
    if plain.startswith(("javascript:", "vbscript:", "data:text", "data:application")):
        return True
    try:
        return "pwned.example" in (urlsplit(plain).netloc or "")
    except ValueError:
        return True
