"""Step one for staff: the schools of a round with the result of the check, and an officer's word on one of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from flask import abort, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from werkzeug.datastructures import MultiDict

from skolemerke import database
from skolemerke.admin.base import LARGEST_ID, PageView, page
from skolemerke.admin.choices import countries
from skolemerke.admin.rights import ENTER
from skolemerke.contract.criteria import Verdict
from skolemerke.eligibility import comparing, listing, operations, queries, trying
from skolemerke.eligibility.asking import CriterionFault
from skolemerke.eligibility.rights import OVERRIDE
from skolemerke.eligibility.standing import standings
from skolemerke.invitations.queries import was_invited
from skolemerke.people.rights import Refused, may, serves
from skolemerke.registry.models import School
from skolemerke.rounds.queries import UnknownRound, current_round, known_rounds
from skolemerke.web import guard
from skolemerke.web.filling import said
from skolemerke.web.languages import current_language, day

VERDICTS = {"met": Verdict.MET, "not_met": Verdict.NOT_MET, "unclear": Verdict.UNCLEAR}
PARAMETERS = {
    "activities": lazy_gettext("activities that count"),
    "at_least": lazy_gettext("at least"),
    "at_most": lazy_gettext("at most"),
    "before": lazy_gettext("before"),
    "from": lazy_gettext("from"),
    "to": lazy_gettext("to"),
}
"""What the parameters of the conditions are called; one that a plugin brings stands as it is."""

MOST_SHOWN = 200
"""So many schools of a comparison stand on its page; the command lists them all."""


class StepOneView(PageView):
    """Who may apply in a round, and why."""

    rights: ClassVar = {
        "index": ENTER,
        "school": ENTER,
        "override": ENTER,
        "compare": ENTER,
        "what_if": ENTER,
    }

    @page("/")
    def index(self) -> ResponseReturnValue:
        """The schools of a round that the actor may see, narrowed as asked."""
        round_id = _round_asked()
        asked, language = request.args, current_language()
        narrowed = listing.Narrowed(
            verdict=VERDICTS.get(asked.get("verdict", "")),
            criterion=asked.get("criterion", ""),
            country=asked.get("country", ""),
            after=_number(asked.get("after", "0")),
        )
        run = queries.latest_run(round_id) if round_id else None
        found = listing.listed(round_id, guard.actor(), narrowed, language) if round_id and run else None
        kept = {name: value for name, value in asked.items() if name != "after" and value}
        return self.draw(
            "staff/step_one.html",
            round_id=round_id,
            rounds=[(name, name) for name in known_rounds()],
            run=run,
            found=found,
            criteria=listing.criteria_of(round_id, language) if round_id else [],
            countries=countries(),
            kept=kept,
        )

    @page(f"/<round_id>/<int(max={LARGEST_ID}):key>")
    def school(self, round_id: str, key: int) -> ResponseReturnValue:
        """The result of the check of one school, and the form in which an officer puts another."""
        return self._school(round_id, key, MultiDict())

    @page(f"/<round_id>/<int(max={LARGEST_ID}):key>/override", "POST")
    def override(self, round_id: str, key: int) -> ResponseReturnValue:
        """Put an officer's verdict in the place of the one that was computed."""
        school, typed = _school_or_404(key), request.form
        verdict = VERDICTS.get(typed.get("verdict", ""))
        if verdict is None or not typed.get("criterion"):
            flash(_("Choose a condition and what holds of it."), "warning")
            return self._school(round_id, key, typed), 422
        try:
            operations.override(
                guard.actor(),
                round_id,
                school.id,
                typed["criterion"],
                verdict=verdict,
                reason=typed.get("reason", ""),
                evidence=typed.get("evidence", ""),
            )
        except (Refused, UnknownRound, queries.NotScreened):
            abort(404)
        except operations.EligibilityRefusal as refusal:
            flash(said(refusal), "warning")
            return self._school(round_id, key, typed), 422
        flash(_("Your word stands in the place of the check's, with its reason."), "success")
        return redirect(self.get_url(".school", round_id=round_id, key=key))

    @page("/compare")
    def compare(self) -> ResponseReturnValue:
        """Two runs of a round beside each other."""
        round_id = _round_asked()
        runs = queries.runs(round_id) if round_id else []
        last = _number(request.args.get("to", "")) or None
        first = _number(request.args.get("from", "")) or None
        found = None
        if round_id and len(runs) > 1:
            try:
                found = comparing.compare(round_id, first, last, actor=guard.actor())
            except queries.NotScreened:
                abort(404)
        return self.draw(
            "staff/compare.html",
            round_id=round_id,
            runs=[(str(run.number), run) for run in runs],
            found=found,
            labels=dict(listing.criteria_of(round_id, current_language())) if round_id else {},
            most=MOST_SHOWN,
        )

    @page("/what-if")
    def what_if(self) -> ResponseReturnValue:
        """What another parameter would change. Nothing is stored."""
        round_id = _round_asked()
        parameters = listing.parameters_of(round_id) if round_id else []
        name, value = request.args.get("parameter", ""), request.args.get("value", "")
        found, fault = None, ""
        if round_id and name:
            try:
                instants = operations.due_screenings(round_id)
                asked = [trying.setting(f"{name}={value}")]
                found = trying.what_if(round_id, asked, instants, actor=guard.actor())
            except trying.SettingRefusal as refusal:
                fault = said(refusal)
            except (queries.NotScreened, CriterionFault) as error:
                fault = str(error)
        return self.draw(
            "staff/what_if.html",
            round_id=round_id,
            parameters=_in_words(round_id, parameters) if round_id else [],
            name=name,
            value=value,
            found=found,
            fault=fault,
            most=MOST_SHOWN,
        )

    def _school(self, round_id: str, key: int, typed: Any) -> str:
        school = _school_or_404(key)
        try:
            explanation = queries.explain(round_id, school, current_language())
        except (UnknownRound, queries.NotScreened):
            abort(404)
        stands = standings({round_id}, {school.id}).get((round_id, school.id))
        return self.draw(
            "staff/verdict.html",
            round_id=round_id,
            school=school,
            explanation=explanation,
            history=listing.history(round_id, school.id),
            invited=was_invited(round_id, school.id),
            taken_out=stands is not None and stands.is_taken_out,
            may_override=may(guard.actor(), OVERRIDE, school.agency_id),
            typed=typed,
        )


def _round_asked() -> str | None:
    round_id = request.args.get("round") or current_round()
    if round_id is not None and round_id not in known_rounds():
        abort(404)
    return round_id


def _school_or_404(key: int) -> School:
    school = database.read().get(School, key)
    if school is None or not serves(guard.actor(), school.agency_id):
        abort(404)
    return school


def _in_words(round_id: str, parameters: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """The parameters that can be tried, each with its condition and its value now in the reader's words."""
    labels = dict(listing.criteria_of(round_id, current_language()))
    found = []
    for parameter, stated in parameters:
        criterion, _dot, name = parameter.partition(".")
        facts = {
            "condition": labels.get(criterion, criterion),
            "what": PARAMETERS.get(name, name),
            "value": day(stated),
        }
        found.append((parameter, _("%(condition)s: %(what)s (now %(value)s)", **facts)))
    return found


def _number(text: str) -> int:
    return min(int(text), LARGEST_ID) if text.isdecimal() and len(text) < 12 else 0
