"""What an installation looks like: the files in `instance/look/`, and the one colour that reaches where no style sheet
does, letters and the bar of a browser.

Both are read when the application starts.
"""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass, field

from flask import current_app

from skolemerke.config import Config

EXTENSION = "skolemerke.look"
STYLE = "style.css"
NAMES = (STYLE, "logo.svg", "logo.png")

ACCENT = "#0b4f5c"
"""The accent of our own style sheet."""

COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
STATED = re.compile(r"(?<![\w-])--accent\s*:\s*(#[0-9a-f]{6}|#[0-9a-f]{3})\s*[;}]", re.IGNORECASE)
"""A mail program knows fewer ways to write a colour than a browser: only this one is taken."""


@dataclass(frozen=True)
class Look:
    """The files of one installation by name, and its accent as `#rrggbb` or `#rgb`."""

    files: dict[str, bytes] = field(default_factory=dict)
    accent: str = ACCENT


def read(config: Config) -> Look:
    """What an installation has of its own; what it does not say is ours."""
    folder = config.instance / "look"
    files = {name: (folder / name).read_bytes() for name in NAMES if (folder / name).is_file()}
    return Look(files, accent_of(files.get(STYLE, b"").decode("utf-8", errors="replace")))


def accent_of(sheet: str) -> str:
    """The accent that a style sheet states first; ours, where it states none that can be taken."""
    found = STATED.search(COMMENT.sub(" ", sheet))
    return found[1].lower() if found else ACCENT


def hash_of(style: str) -> str:
    """What a policy of a page names, so that this style within the page and no other is used."""
    return "sha256-" + base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()


def current() -> Look:
    """The look of the current application."""
    found: Look = current_app.extensions[EXTENSION]
    return found
