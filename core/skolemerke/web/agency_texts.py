"""Privacy, accessibility, help and contact: an agency's own text, else ours.

An agency's text is plain: paragraphs parted by empty lines, headings after `## `, points of a list after `- `.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from skolemerke_forms.wording import Text, chain

from skolemerke import clock
from skolemerke.agencies import queries as agencies
from skolemerke.agencies.models import Agency
from skolemerke.config import current_config
from skolemerke.rounds import queries as rounds
from skolemerke.web import languages, site

blueprint = Blueprint("agency_texts", __name__)

Name = Literal["privacy", "accessibility", "help", "contact"]


@dataclass(frozen=True)
class Piece:
    """A heading, a paragraph, or a list with its points."""

    kind: Literal["heading", "paragraph", "list"]
    text: Text
    points: list[Text] = field(default_factory=list)


@blueprint.get("/privacy")
def privacy() -> ResponseReturnValue:
    """How personal data is treated."""
    return _page("privacy", _("Privacy"), session_days=current_config().session_days)


@blueprint.get("/accessibility")
def accessibility() -> ResponseReturnValue:
    """The accessibility statement."""
    return _page("accessibility", _("Accessibility statement"))


@blueprint.get("/help", endpoint="help_page")
def help_page() -> ResponseReturnValue:
    """Answers to what schools ask."""
    round_id = rounds.current_round()
    agency = site.visitor_agency()
    calendar = rounds.calendar_of(round_id, agency.id if agency else None) if round_id else None
    minutes = current_config().sign_in_minutes
    return _page("help", _("Help"), calendar=calendar, now=clock.now(), sign_in_minutes=minutes)


@blueprint.get("/contact")
def contact() -> ResponseReturnValue:
    """How to reach the agency."""
    return _page("contact", _("Contact"))


def own_text(agency: Agency | None, name: Name, language: str) -> Text | None:
    """What an agency wrote itself, in the reader's language or the nearest one that it has; none when nothing."""
    if agency is None:
        return None
    for candidate in chain(language, agency.language):
        texts = agency.texts.get(candidate)
        found = texts.get(name) if isinstance(texts, dict) else None
        if isinstance(found, str) and found.strip():
            return Text.of(found, candidate)
    return None


def pieces(text: Text) -> list[Piece]:
    """The headings, paragraphs and lists of a plain text."""
    found: list[Piece] = []
    for block in text.replace("\r\n", "\n").split("\n\n"):
        for line in (line.strip() for line in block.split("\n")):
            if line.startswith("## "):
                found.append(Piece("heading", Text.of(line[3:].strip(), text.lang)))
            elif line.startswith("- "):
                if not found or found[-1].kind != "list":
                    found.append(Piece("list", Text.of("", text.lang)))
                found[-1].points.append(Text.of(line[2:].strip(), text.lang))
            elif line:
                _add_line(found, line, text.lang)
        found.append(Piece("paragraph", Text.of("", text.lang)))
    return [piece for piece in found if piece.text or piece.points]


def _add_line(found: list[Piece], line: str, lang: str) -> None:
    """Go on with the paragraph that stands last, or begin one."""
    if found and found[-1].kind == "paragraph" and found[-1].text:
        found[-1] = Piece("paragraph", Text.of(f"{found[-1].text} {line}", lang))
    else:
        found.append(Piece("paragraph", Text.of(line, lang)))


def _page(name: Name, title: str, **facts: object) -> ResponseReturnValue:
    agency = site.visitor_agency()
    own = own_text(agency, name, languages.current_language())
    if own is not None:
        return render_template("public/own_text.html", title=title, pieces=pieces(own), agency=agency)
    return render_template(f"public/{name}.html", title=title, agency=agency, agencies=agencies.all_agencies(), **facts)
