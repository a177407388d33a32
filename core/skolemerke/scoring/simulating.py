"""What another rule would make of the submissions that a round has: worked out, shown, and stored nowhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select

from skolemerke import database
from skolemerke.agencies.models import Agency
from skolemerke.applications.models import Application, Submission
from skolemerke.config import current_config
from skolemerke.contract.scoring import ScoreSheet
from skolemerke.plugin_host.host import Plugin, PluginHost
from skolemerke.registry.models import School
from skolemerke.rounds.composition import Content, compose_with, host
from skolemerke.rounds.models import Edition
from skolemerke.rounds.queries import content, overlay_order, require_round
from skolemerke.scoring.judgements import NOTHING_JUDGED, judged_of_all
from skolemerke.scoring.queries import latest_submissions
from skolemerke.scoring.scorer import CannotScore, Scorer, answers_of


class CannotSimulate(Exception):
    """The plugin can't be tried on the round; the text says why."""


@dataclass(frozen=True)
class Scored:
    """What one set of rules gives: points as text, none where the policy knows none, and the outcome."""

    points: str | None
    outcome: str | None


@dataclass(frozen=True)
class Changed:
    """A school whose result would be another."""

    school: str
    name: str
    country: str
    before: Scored
    after: Scored


@dataclass(frozen=True)
class Simulated:
    """What the other rules would change. `before` and `after` count the outcomes; `cannot_score` the submissions that
    one of the two sets of rules can't score, `reasons` say why."""

    submissions: int
    before: dict[str, int]
    after: dict[str, int]
    changed: tuple[Changed, ...]
    cannot_score: int = 0
    reasons: tuple[str, ...] = ()


def simulate(round_id: str, folder: Path) -> Simulated:
    """Score the latest submissions of a round as they were, and as the plugin in `folder` would have it.

    The plugin is an overlay of the round, a changed copy of the round's own plugin, or another round, whose form and
    policy are then tried. Each submission is judged under the edition under which it was made. Raises `UnknownRound`,
    `CannotSimulate`, `RoundPaused`.
    """
    require_round(round_id)
    trial = host().trial(current_config().plugins, folder)
    plugin = _tried(trial, folder)
    rules = _Rules(round_id, trial, plugin)
    before: Counter[str] = Counter()
    after: Counter[str] = Counter()
    changed, reasons, failed, total = [], [], 0, 0
    for row in _submissions(round_id):
        total += 1
        try:
            was, would_be = rules.both(row)
        except CannotScore as error:
            failed += 1
            reasons.append(str(error))
            continue
        before[was.outcome or "none"] += 1
        after[would_be.outcome or "none"] += 1
        if was != would_be:
            changed.append(Changed(row.school_id, row.name, row.country, was, would_be))
    return Simulated(total, dict(before), dict(after), tuple(changed), failed, tuple(dict.fromkeys(reasons)))


class _Rules:
    """The scoring of each edition as it is, and as it would be; each made once."""

    def __init__(self, round_id: str, trial: PluginHost, plugin: Plugin) -> None:
        self._round, self._trial, self._plugin = round_id, trial, plugin
        self._order = overlay_order(database.read(), round_id)
        self._judged = judged_of_all(database.read(), latest_submissions(round_id))
        self._as_is: dict[int, Scorer] = {}
        self._as_tried: dict[str | None, Scorer] = {}

    def both(self, row: Any) -> tuple[Scored, Scored]:
        answers = answers_of(row.raw, row.evidence, row.known)
        found = self._judged.get(row.id, NOTHING_JUDGED).findings
        as_is, tried = self._now(row.edition_id), self._then(row.agency)
        return _scored(as_is.sheet_of(answers, found)), _scored(tried.sheet_of(answers, found))

    def _now(self, edition_id: int) -> Scorer:
        if edition_id not in self._as_is:
            self._as_is[edition_id] = Scorer(content(database.read().get_one(Edition, edition_id)), host())
        return self._as_is[edition_id]

    def _then(self, agency: str | None) -> Scorer:
        if agency not in self._as_tried:
            self._as_tried[agency] = Scorer(self._composed(agency), self._trial)
        return self._as_tried[agency]

    def _composed(self, agency: str | None) -> Content:
        if self._plugin.rounds and self._round not in self._plugin.rounds:
            return compose_with(self._trial, self._plugin.rounds[0], [], agency).content
        order = [*self._order, *(name for name in self._plugin.overlays if name not in self._order)]
        return compose_with(self._trial, self._round, order, agency).content


def _tried(trial: PluginHost, folder: Path) -> Plugin:
    plugin = next((p for p in trial.plugins if p.folder is not None and p.folder.resolve() == folder.resolve()), None)
    if plugin is None:
        raise CannotSimulate(f"there is no plugin in {folder}: name the folder that holds its pyproject.toml")
    if plugin.fault:
        raise CannotSimulate(f"{plugin.fault}; see 'skolemerke rounds check {folder}'")
    return plugin


def _submissions(round_id: str) -> Iterator[Any]:
    statement = (
        select(
            Submission.id,
            Submission.raw,
            Submission.evidence,
            Submission.known,
            Submission.edition_id,
            Agency.code.label("agency"),
            School.school_id,
            School.name,
            School.country,
        )
        .join(Application, Application.id == Submission.application_id)
        .join(School, School.id == Application.school_id)
        .outerjoin(Agency, Agency.id == Application.agency_id)
        .where(Submission.id.in_(latest_submissions(round_id)))
        .order_by(School.country, School.school_id)
        .execution_options(yield_per=500)
    )
    return iter(database.read().execute(statement))


def _scored(sheet: ScoreSheet) -> Scored:
    return Scored(sheet.model_dump(mode="json")["points"], sheet.outcome)
