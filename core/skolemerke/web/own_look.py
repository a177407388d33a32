"""How an installation looks like its agency: a style sheet and a logo of its own, in `instance/look/`.

The style sheet comes after ours, so that a few lines suffice: the tokens at the top of ours are what it sets. Both are
served from memory under an address that names their content.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from http import HTTPStatus

from flask import Blueprint, Flask, Response, abort, request

from skolemerke import look

TYPES = {look.STYLE: "text/css", "logo.svg": "image/svg+xml", "logo.png": "image/png"}

blueprint = Blueprint("own_look", __name__)


@dataclass(frozen=True)
class OwnLook:
    """What pages ask of the look of one installation; `prints` says by name what each content is known by."""

    accent: str
    prints: dict[str, str]

    @property
    def style(self) -> str:
        """The address of the style sheet; empty where there is none."""
        return self.address(look.STYLE)

    @property
    def logo(self) -> str:
        """The address of the logo, that which can be enlarged first; empty where there is none."""
        return self.address("logo.svg") or self.address("logo.png")

    def address(self, name: str) -> str:
        """Where a file is found; a changed one has another address."""
        return f"{request.script_root}/look/{name}?v={self.prints[name]}" if name in self.prints else ""


def register(app: Flask) -> None:
    """Give the look of an application's installation to the templates."""
    found: look.Look = app.extensions[look.EXTENSION]
    prints = {name: sha256(data).hexdigest()[:12] for name, data in found.files.items()}
    app.jinja_env.globals["own_look"] = OwnLook(found.accent, prints)


@blueprint.get("/look/<filename>")
def file(filename: str) -> Response:
    """One of the files."""
    files = look.current().files
    if filename not in files:
        abort(HTTPStatus.NOT_FOUND)
    return Response(files[filename], mimetype=TYPES[filename])
