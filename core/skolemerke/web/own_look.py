"""How an installation looks like its agency: a style sheet and a logo of its own, in `instance/look/`.

The style sheet comes after ours, so that a few lines suffice: the tokens at the top of ours are what it sets. Both are
read when the application starts, and served from memory under an address that names their content.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256
from http import HTTPStatus

from flask import Blueprint, Flask, Response, abort, current_app, request

from skolemerke.config import EXTENSION, Config

STYLE = "style.css"
TYPES = {STYLE: "text/css", "logo.svg": "image/svg+xml", "logo.png": "image/png"}
LOOK = "skolemerke.own_look"

blueprint = Blueprint("own_look", __name__)


@dataclass(frozen=True)
class OwnLook:
    """The files of one installation, by name, and what each content is known by."""

    files: dict[str, bytes] = field(default_factory=dict)
    prints: dict[str, str] = field(default_factory=dict)

    @property
    def style(self) -> str:
        """The address of the style sheet; empty where there is none."""
        return self.address(STYLE)

    @property
    def logo(self) -> str:
        """The address of the logo, that which can be enlarged first; empty where there is none."""
        return self.address("logo.svg") or self.address("logo.png")

    def address(self, name: str) -> str:
        """Where a file is found; a changed one has another address."""
        return f"{request.script_root}/look/{name}?v={self.prints[name]}" if name in self.prints else ""


def read(config: Config) -> OwnLook:
    """What an installation has of its own."""
    folder = config.instance / "look"
    files = {name: (folder / name).read_bytes() for name in TYPES if (folder / name).is_file()}
    return OwnLook(files, {name: sha256(data).hexdigest()[:12] for name, data in files.items()})


def register(app: Flask) -> None:
    """Read the look of an application's installation and give it to the templates."""
    app.jinja_env.globals["own_look"] = app.extensions[LOOK] = read(app.extensions[EXTENSION])


@blueprint.get("/look/<filename>")
def file(filename: str) -> Response:
    """One of the files."""
    look: OwnLook = current_app.extensions[LOOK]
    if filename not in look.files:
        abort(HTTPStatus.NOT_FOUND)
    return Response(look.files[filename], mimetype=TYPES[filename])
