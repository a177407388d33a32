"""Rounds, and the plugins that they are made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from flask import abort, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from skolemerke.admin.base import PageView, page
from skolemerke.admin.figures import STEPS, figures_of
from skolemerke.admin.rights import ENTER
from skolemerke.contract.rounds import Calendar, Overlay
from skolemerke.decisions import statistics
from skolemerke.people.rights import may
from skolemerke.plugin_host.faults import Fault
from skolemerke.plugin_host.host import RoundPaused
from skolemerke.plugin_host.translating import LanguageState
from skolemerke.rounds import checking, operations, queries
from skolemerke.rounds.composition import host
from skolemerke.rounds.models import Edition
from skolemerke.rounds.queries import RoundSummary
from skolemerke.rounds.rights import RUN
from skolemerke.web import guard
from skolemerke.web.filling import said
from skolemerke.web.pauses import why_paused

ALL_STEPS = {
    "checked": lazy_gettext("checked"),
    "eligible": STEPS["eligible"],
    "unclear": lazy_gettext("unclear"),
    "ineligible": lazy_gettext("may not apply"),
    **{step: label for step, label in STEPS.items() if step != "eligible"},
}


@dataclass(frozen=True)
class RoundInfo:
    """A round with what adjusts it, what is wrong with it, and its frozen editions that the actor may see."""

    summary: RoundSummary
    calendar: Calendar | None
    overlays: list[Overlay]
    faults: list[Fault]
    editions: list[Edition]
    can_open: bool
    can_close: bool
    languages: list[LanguageState]


class RoundsView(PageView):
    """Every round with its state, its plugin and its overlays in their order."""

    rights: ClassVar = {"index": ENTER, "figures": ENTER, "open_round": RUN, "close_round": RUN}

    @page("/")
    def index(self) -> ResponseReturnValue:
        """All rounds, the newest first."""
        frozen = queries.frozen()
        rounds = [_info(name, frozen.get(name, [])) for name in reversed(queries.known_rounds())]
        return self.draw("staff/rounds.html", rounds=rounds, may_run=may(guard.actor(), RUN), why_paused=why_paused)

    @page("/figures")
    def figures(self) -> ResponseReturnValue:
        """One round in figures: the funnel, and the countries in their order."""
        round_id = request.args.get("round") or queries.current_round()
        if round_id is None or round_id not in queries.known_rounds():
            abort(404)
        rows = statistics.by_country(round_id, guard.actor())
        return self.draw("staff/figures.html", round_id=round_id, figures=figures_of(rows), steps=ALL_STEPS)

    @page("/open", "POST")
    def open_round(self) -> ResponseReturnValue:
        """Let a round begin."""
        return self._run(operations.open_round, _("The round is open within its dates."))

    @page("/close", "POST")
    def close_round(self) -> ResponseReturnValue:
        """End a round before the date of its calendar."""
        return self._run(operations.close_round, _("The round is closed."))

    def _run(self, operation: Any, done: str) -> ResponseReturnValue:
        try:
            operation(request.form.get("round", ""), actor=guard.actor())
        except queries.UnknownRound:
            abort(404)
        except operations.RoundRefusal as refusal:
            flash(said(refusal), "warning")
        except RoundPaused as pause:
            flash(why_paused(pause), "warning")
        else:
            flash(done, "success")
        return redirect(self.get_url(".index"))


class PluginsView(PageView):
    """The installed plugins and what is wrong with them."""

    rights: ClassVar = {"index": ENTER}

    @page("/")
    def index(self) -> ResponseReturnValue:
        """All plugins by id."""
        host().examine()
        return self.draw("staff/plugins.html", plugins=sorted(host().plugins, key=lambda plugin: plugin.id))


def _info(round_id: str, editions: list[Edition]) -> RoundInfo:
    summary = queries.summary(round_id)
    try:
        calendar = queries.calendar_of(round_id)
    except queries.UnknownRound:
        calendar = None
    overlays = [host().overlays[name] for name in summary.overlays if name in host().overlays]
    owners = {summary.plugin, *(host().owner_of_overlay(name) for name in summary.overlays)}
    actor = guard.actor()
    return RoundInfo(
        summary=summary,
        calendar=calendar,
        overlays=overlays,
        faults=[plugin.fault for plugin in host().plugins if plugin.id in owners and plugin.fault],
        editions=[
            edition
            for edition in editions
            if actor.sees_all_agencies or edition.agency_id is None or edition.agency_id in actor.agencies
        ],
        can_open=summary.state == "installed",
        can_close=summary.state in {"open", "scheduled"},
        languages=checking.texts_of(summary.plugin) if summary.plugin and summary.state != "paused" else [],
    )
