"""The label's page, and the pages of its rounds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from skolemerke_forms.wording import Text

from skolemerke.contract.rounds import PageBlock, PageItem
from skolemerke.plugin_host.host import RoundPaused
from skolemerke.rounds import queries
from skolemerke.web import languages, round_view, site
from skolemerke.web.round_view import RoundView

blueprint = Blueprint("public", __name__)


@dataclass(frozen=True)
class Part:
    """One section of the label's page: a block of the round's own, or one that is made from the round."""

    id: str
    heading: str
    text: str = ""
    items: tuple[PageItem, ...] = ()
    certainty: str = ""
    source: str = ""


@dataclass(frozen=True)
class RoundLink:
    """A round in a list."""

    id: str
    title: str
    state: queries.State


@blueprint.get("/")
def label_page() -> ResponseReturnValue:
    """What the label is, how a school gets it, and by when: made from the current round."""
    round_id = queries.current_round()
    if round_id is None:
        return render_template("public/no_round.html", rounds=_links())
    view = _view(round_id)
    parts = list(_parts(view))
    return render_template("public/label_page.html", view=view, parts=parts, rounds=_links())


@blueprint.get("/rounds")
def rounds_list() -> ResponseReturnValue:
    """All rounds, the newest first."""
    return render_template("public/rounds.html", rounds=_links())


@blueprint.get("/rounds/<round_id>")
def round_page(round_id: str) -> ResponseReturnValue:
    """One round: its dates, conditions, requirements, scoring, adjustments and sources."""
    try:
        view = _view(round_id)
    except queries.UnknownRound:
        abort(404)
    return render_template("public/round.html", view=view)


def _view(round_id: str) -> RoundView:
    return round_view.look_at(round_id, site.visitor_agency(), languages.current_language())


def _links() -> list[RoundLink]:
    language = languages.current_language()
    return [
        RoundLink(name, round_view.title_of(name, language), _state(name)) for name in reversed(queries.known_rounds())
    ]


def _state(round_id: str) -> queries.State:
    agency = site.visitor_agency()
    try:
        queries.composed(round_id, agency.id if agency else None)
    except RoundPaused:
        return "paused"
    return queries.state_of(round_id, agency.id if agency else None)


def _parts(view: RoundView) -> Iterator[Part]:
    """The sections in their order. What is made from the round stands in its place even when the round wrote no
    block for it: the steps after the mission, the dates before the results, the lists of all rounds at the end."""
    made = {"step_one": _("Step one – which schools can apply?"), "step_two": _("Step two – the self-assessment")}
    blocks = list(view.round.page) if view.round else []
    named = {block.id for block in blocks}
    steps_due = [Part(name, heading) for name, heading in made.items() if name not in named]
    dates = [Part("dates", _("Dates"))] if view.dates else []
    for block in blocks:
        if block.id in {"how_to_apply", "tips", "results"}:
            yield from steps_due
            steps_due = []
        if block.id == "results":
            yield from dates
            dates = []
        yield _part(block, made)
    yield from steps_due
    yield from dates
    yield Part("rounds", _("Schools with the label, round by round"))


def _part(block: PageBlock, made: dict[str, str]) -> Part:
    heading = block.heading or made.get(block.id) or Text.of(block.id.replace("_", " ").capitalize(), "en")
    return Part(block.id, heading, block.text, block.items, block.certainty, block.source)
