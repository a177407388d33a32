"""The files of our pages, each under an address that names its content, so that a browser may keep it for a year.

The style sheet is written in parts, each of one subject, and leaves as one file.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from http import HTTPStatus
from pathlib import Path

from flask import Blueprint, Flask, Response, request
from skolemerke_forms.values import sha256_of

from skolemerke.web import guard

STATIC_FILES = Path(__file__).parent / "static"
STYLE_FILES = Path(__file__).parent / "style"
STYLE = "style.css"
PARTS = (
    "tokens", "ground", "text", "frame", "forms", "parts", "front", "lists", "screens", "settings",
    "tasks", "writing", "evidence", "checking", "results", "application_screens", "places", "demo", "account",
)  # fmt: skip
"""The parts of the style sheet in their order: of two rules of equal weight the later one holds."""

YEAR = 365 * 24 * 3600

blueprint = Blueprint("assets", __name__)


def register(app: Flask) -> None:
    """Give the templates of an application the addresses of files, and let browsers keep what these name."""
    app.jinja_env.globals["asset"] = asset
    app.after_request(_keep)


def asset(name: str) -> str:
    """The address of one of our files; a changed file has another address."""
    _text, print_of_it = _read(*_stamped(name))
    return f"{request.script_root}/static/{name}?v={print_of_it}"


@blueprint.get(f"/static/{STYLE}")
def style_sheet() -> Response:
    """The style sheet, all parts in one."""
    text, print_of_it = _read(*_stamped(STYLE))
    response = Response(text, mimetype="text/css")
    response.cache_control.no_cache = True
    response.set_etag(print_of_it)
    response.make_conditional(request)
    return response


def _stamped(name: str) -> Iterator[tuple[Path, int]]:
    """Where a file lies, or each of its parts, and when that was changed."""
    paths = [STYLE_FILES / f"{part}.css" for part in PARTS] if name == STYLE else [STATIC_FILES / name]
    return ((path, path.stat().st_mtime_ns) for path in paths)


@lru_cache(maxsize=128)
def _read(*stamped: tuple[Path, int]) -> tuple[str, str]:
    """What stands in these files one after the other, and what that is known by."""
    text = "\n".join(path.read_text(encoding="utf-8") for path, _changed in stamped)
    return text, sha256_of(text)[:12]


def _keep(response: Response) -> Response:
    """Let browsers keep a file whose address names its content."""
    if request.endpoint in guard.FILES and request.args.get("v") and response.status_code < HTTPStatus.BAD_REQUEST:
        response.cache_control.no_cache = None
        response.cache_control.public = True
        response.cache_control.max_age = YEAR
        response.cache_control.immutable = True
    return response
