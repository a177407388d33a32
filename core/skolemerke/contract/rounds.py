"""A round and its parts, as plain frozen values."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import AwareDatetime, Field, StringConstraints, model_validator
from skolemerke_forms.definition import Form
from skolemerke_forms.values import Id, Value
from skolemerke_forms.wording import Worded

RoundId = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z][0-9A-Za-z._-]*$", max_length=40)]
"""The name of a round, such as `2021-2022`."""

PluginId = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z][0-9A-Za-z._-]*$", max_length=80)]

Certainty = Literal["official", "third_party", "inference", "assumption"]
DecisionLevel = Literal["agency", "central"]
Release = Literal["together", "one_by_one"]


class Source(Value):
    """How sure a stated thing is, and where it stands. An `assumption` is this project's own."""

    about: str
    certainty: Certainty
    source: str = ""
    note: str = ""

    @property
    def is_assumed(self) -> bool:
        """Whether no public source states it."""
        return self.certainty in {"inference", "assumption"}


class Calendar(Value):
    """The instants of a round, each with its offset.

    `closes` is the deadline that is told. What arrives within `grace_minutes` after it is taken all the same, so that
    nobody is lost to a slow line.
    """

    screenings: tuple[AwareDatetime, ...] = ()
    opens: AwareDatetime
    closes: AwareDatetime
    grace_minutes: Annotated[int, Field(ge=0, le=7 * 24 * 60)] = 0
    signatures_due: AwareDatetime
    results: AwareDatetime
    valid_from: int
    valid_to: int

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        order = [("opens", self.opens), ("closes", self.closes), ("signatures_due", self.signatures_due)]
        if self.grace_minutes and self.signatures_due < self.takes_until:
            raise ValueError("signatures_due must not be before the end of grace_minutes")
        for (before, first), (after, second) in pairwise(order):
            if second < first:
                raise ValueError(f"{after} must not be before {before}")
        if self.results < self.closes:
            raise ValueError("results must not be before closes")
        if self.valid_to < self.valid_from:
            raise ValueError("valid_to must not be before valid_from")
        return self

    @property
    def takes_until(self) -> datetime:
        """The last second at which an arrival is in time."""
        # Added to the instant, not to the hour that a clock on a wall shows: a night of changed clocks alters nothing.
        return (self.closes.astimezone(UTC) + timedelta(minutes=self.grace_minutes)).astimezone(self.closes.tzinfo)

    def is_open(self, now: datetime) -> bool:
        """Whether an arrival at `now` is in time: from `opens` up to and including the second of `takes_until`."""
        return self.opens <= now and now.replace(microsecond=0) <= self.takes_until


class PageItem(Value):
    """One point of a list on the label's page."""

    id: Id
    text: str


class PageBlock(Worded):
    """One block of the label's public page, with where its text comes from."""

    worded: ClassVar[tuple[str, ...]] = ("heading", "text")
    worded_items: ClassVar[dict[str, tuple[str, str]]] = {"items": ("id", "text")}

    id: Id
    heading: str = ""
    text: str = ""
    items: tuple[PageItem, ...] = ()
    certainty: Certainty = "assumption"
    source: str = ""


class Round(Worded):
    """One call of the label. Its criteria, form and policy are asked of the same plugin by other hooks.

    `results_words` says when results come where that is a span and not an instant. `release` says whether results are
    decided and released `together`, after closing, or `one_by_one`, also while the round is open: then a school that
    was refused may improve its application and send it again until the deadline.
    """

    worded: ClassVar[tuple[str, ...]] = ("title", "results_words")

    round: RoundId
    extends: RoundId | None = None
    language: str = "en"
    title: str
    results_words: str = ""
    calendar: Calendar
    decision: Annotated[tuple[DecisionLevel, ...], Field(min_length=1)] = ("agency",)
    release: Release = "together"
    page: tuple[PageBlock, ...] = ()
    sources: tuple[Source, ...] = ()

    def source_of(self, about: str) -> Source | None:
        """What is said of the certainty of one part, by its id."""
        return next((source for source in self.sources if source.about == about), None)


class Criterion(Worded):
    """One named condition of step one: a kind of check with its parameters."""

    worded: ClassVar[tuple[str, ...]] = ("label", "statement")

    id: Id
    kind: Id
    parameters: dict[str, Any] = {}
    label: str = ""
    statement: str = ""
    language: str = "en"


class ScoringPolicy(Worded):
    """How answers become a score sheet: a kind of scoring with its parameters."""

    worded: ClassVar[tuple[str, ...]] = ("note",)

    kind: Id
    parameters: dict[str, Any] = {}
    note: str = ""


class Overlay(Worded):
    """An adjustment of a round, with its reason; `agencies` limits it to those (none named: all)."""

    worded: ClassVar[tuple[str, ...]] = ("reason",)

    overlay: PluginId
    round: RoundId
    reason: Annotated[str, StringConstraints(min_length=1)]
    language: str = "en"
    agencies: tuple[str, ...] = ()


__all__ = [
    "Calendar",
    "Certainty",
    "Criterion",
    "DecisionLevel",
    "Form",
    "Overlay",
    "PageBlock",
    "PageItem",
    "Release",
    "Round",
    "ScoringPolicy",
    "Source",
]
