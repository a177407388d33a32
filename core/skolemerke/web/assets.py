"""The files of our pages, each under an address that names its content, so that a browser may keep it for a year.

The style sheet is written in parts, each of one subject, and leaves as one file.
"""

from __future__ import annotations

from functools import cache
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
    """The address of one of our files; with another content it has another address."""
    return f"{request.script_root}/static/{name}?v={_print_of(name)}"


@blueprint.get(f"/static/{STYLE}")
def style_sheet() -> Response:
    """The style sheet, all parts in one."""
    response = Response(_text_of(STYLE), mimetype="text/css")
    response.cache_control.no_cache = True
    response.set_etag(_print_of(STYLE))
    response.make_conditional(request)
    return response


# Every page asks for several of them; what is installed stays as it is while a process runs.
@cache
def _text_of(name: str) -> str:
    return joined(*PARTS) if name == STYLE else (STATIC_FILES / name).read_text(encoding="utf-8")


@cache
def _print_of(name: str) -> str:
    """What the content of a file is known by."""
    return sha256_of(_text_of(name))[:12]


def joined(*parts: str) -> str:
    """Some parts of the style sheet as one; also for a page that can ask for no file."""
    return "\n".join((STYLE_FILES / f"{part}.css").read_text(encoding="utf-8") for part in parts)


def _keep(response: Response) -> Response:
    """Let browsers keep a file whose address names its content."""
    if request.endpoint in guard.FILES and request.args.get("v") and response.status_code < HTTPStatus.BAD_REQUEST:
        response.cache_control.no_cache = None
        response.cache_control.public = True
        response.cache_control.max_age = YEAR
        response.cache_control.immutable = True
    return response
