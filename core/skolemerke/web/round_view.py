"""A round as its public pages show it: composed for the visitor, said in the reader's language.

When the round is paused because of a fault, what was frozen of it is shown instead.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from flask import Flask
from skolemerke_forms.definition import Requirement
from skolemerke_forms.wording import Text

from skolemerke import clock, database, speech
from skolemerke.agencies.models import Agency
from skolemerke.contract.rounds import Calendar, Criterion, Overlay, Round, Source
from skolemerke.plugin_host.host import RoundPaused
from skolemerke.rounds import queries
from skolemerke.rounds.composition import Content, host
from skolemerke.web import criteria_words, languages
from skolemerke.web.pauses import why_paused


@dataclass(frozen=True)
class SourceView:
    """How sure one stated thing is, in words; `note` is in the language of the round."""

    key: str
    about: str
    certainty: str
    source: str
    note: Text


@dataclass(frozen=True)
class CriterionView:
    """A checked point of step one. `doubts` are its parts that no public source states."""

    id: str
    label: str
    statement: str
    figures: list[tuple[str, str]]
    doubts: list[SourceView]
    adjustment: Overlay | None


@dataclass(frozen=True)
class RequirementView:
    """A requirement of step two, with the adjustment that last changed it."""

    requirement: Requirement
    doubts: list[SourceView]
    doubts_of_points: list[SourceView]
    adjustment: Overlay | None


@dataclass(frozen=True)
class DateView:
    """One date of the calendar; `words` stand in its place where the round says it in words."""

    key: str
    label: str
    at: datetime
    is_past: bool
    doubts: list[SourceView]
    words: str = ""


@dataclass(frozen=True)
class RoundView:
    """Everything that the public pages say of one round. `paused` says why it can't be composed now."""

    id: str
    title: str
    state: queries.State
    language: str
    round: Round | None = None
    content: Content | None = None
    calendar: Calendar | None = None
    paused: str = ""
    criteria: list[CriterionView] = field(default_factory=list)
    requirements: list[RequirementView] = field(default_factory=list)
    dates: list[DateView] = field(default_factory=list)
    overlays: list[Overlay] = field(default_factory=list)
    sources: list[SourceView] = field(default_factory=list)
    scoring_note: str = ""
    scoring_adjustment: Overlay | None = None
    days_left: int | None = None

    @property
    def pass_mark(self) -> str:
        """The pass mark, where the round has one."""
        mark = self.content.policy.parameters.get("pass_mark") if self.content else None
        return "" if mark is None else str(mark)


def look_at(round_id: str, agency: Agency | None, language: str) -> RoundView:
    """A round for a visitor. Raises `UnknownRound`."""
    agency_id = agency.id if agency else None
    summary = queries.summary(round_id)
    round_, content, paused = _parts(round_id, agency_id)
    calendar = queries.calendar_of(round_id, agency_id) if round_id in host().rounds else None
    state = summary.state if paused else queries.state_of(round_id, agency_id)
    said = round_.said(language, round_.language) if round_ else None
    source_language = round_.language if round_ else content.form.language if content else "en"
    zone = ZoneInfo(agency.timezone if agency else speech.ZONE)
    wording = _Wording(round_, content, language, zone)
    note = content.policy.said(language, source_language).note if content else ""
    return RoundView(
        id=round_id,
        title=said.title if said else summary.title,
        state=state,
        language=source_language,
        round=said,
        content=content,
        calendar=calendar,
        paused=paused,
        criteria=wording.criteria(),
        requirements=wording.requirements(),
        dates=wording.dates(calendar, said.results_words if said else ""),
        overlays=[overlay.said(language, overlay.language) for overlay in content.overlays] if content else [],
        sources=[wording.source(source) for source in round_.sources] if round_ else [],
        scoring_note=note,
        scoring_adjustment=wording.adjustment("scoring"),
        days_left=_days_left(calendar, zone) if state == "open" else None,
    )


def register(app: Flask) -> None:
    """Give the templates of an application the names of rounds in the reader's language."""
    app.jinja_env.globals.update(round_title=lambda round_id: title_of(round_id, languages.current_language()))


def title_of(round_id: str, language: str) -> str:
    """The name of a round in a language, also when its plugin is missing. Raises `UnknownRound`."""
    stated = host().rounds.get(round_id)
    return stated.said(language, stated.language).title if stated else queries.summary(round_id).title


def _parts(round_id: str, agency_id: int | None) -> tuple[Round | None, Content | None, str]:
    """What the plugin says of the round, its content, and why it is paused."""
    try:
        composed = queries.composed(round_id, agency_id)
    except RoundPaused as reason:
        paused = why_paused(reason)
    else:
        return composed.round, composed.content, ""
    session = database.read()
    edition = queries.current_edition(session, round_id, agency_id) or queries.current_edition(session, round_id, None)
    content = queries.content(edition) if edition else None
    try:
        return host().own(round_id).round, content, paused
    except RoundPaused:
        return host().rounds.get(round_id), content, paused


def _days_left(calendar: Calendar | None, zone: ZoneInfo) -> int | None:
    if calendar is None:
        return None
    return (calendar.closes.astimezone(zone).date() - clock.now().astimezone(zone).date()).days


@dataclass(frozen=True)
class _Wording:
    """Says the parts of one round in one language."""

    round: Round | None
    content: Content | None
    language: str
    zone: ZoneInfo

    def criteria(self) -> list[CriterionView]:
        return [self._criterion(criterion) for criterion in (self.content.criteria if self.content else ())]

    @cached_property
    def labels(self) -> dict[str, str]:
        """Said once: a round has dozens of sources, and a form in another language is made anew."""
        return criteria_words.labels_of(self.content, self.language) if self.content else {}

    def requirements(self) -> list[RequirementView]:
        form = self.content.form.in_language(self.language) if self.content else None
        return [
            RequirementView(
                requirement,
                [doubt for doubt in self.doubts(requirement.id) if doubt.key != f"{requirement.id}.points"],
                [doubt for doubt in self.doubts(requirement.id) if doubt.key == f"{requirement.id}.points"],
                self.adjustment(requirement.id),
            )
            for requirement in (form.requirements if form else ())
        ]

    def dates(self, calendar: Calendar | None, results_words: str) -> list[DateView]:
        if calendar is None:
            return []
        instants = [("screenings", at) for at in calendar.screenings]
        instants += [(key, getattr(calendar, key)) for key in ("opens", "closes", "signatures_due", "results")]
        return [
            self._date(key, at, results_words if key == "results" else "")
            for key, at in sorted(instants, key=lambda item: item[1])
        ]

    def adjustment(self, part: str) -> Overlay | None:
        overlay = self.content.adjusted_by(part) if self.content else None
        return overlay.said(self.language, overlay.language) if overlay else None

    def doubts(self, about: str) -> list[SourceView]:
        """The parts of `about` that are an assumption of whoever set up the round."""
        sources = self.round.sources if self.round else ()
        return [
            self.source(source)
            for source in sources
            if source.certainty == "assumption" and (source.about == about or source.about.startswith(f"{about}."))
        ]

    def source(self, source: Source) -> SourceView:
        words = criteria_words.about_in_words(source.about, self.labels)
        language = self.round.language if self.round else "en"
        return SourceView(source.about, words, source.certainty, source.source, Text.of(source.note, language))

    def _criterion(self, criterion: Criterion) -> CriterionView:
        said = criterion.said(self.language, criterion.language)
        return CriterionView(
            id=criterion.id,
            label=said.label or said.id,
            statement=said.statement,
            figures=criteria_words.figures(criterion.parameters),
            doubts=self.doubts(criterion.id),
            adjustment=self.adjustment(criterion.id),
        )

    def _date(self, key: str, at: datetime, words: str) -> DateView:
        about = "calendar.results_words" if words else f"calendar.{key}"
        if key == "screenings":
            # The register is read as it is at the start of that day; the hour says nothing to a school.
            words = languages.day(at.astimezone(self.zone).date())
        return DateView(key, str(criteria_words.DATES[key]), at, at <= clock.now(), self.doubts(about), words)
