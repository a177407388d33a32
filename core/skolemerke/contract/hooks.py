"""The hook specifications, in three groups. Each hook returns plain, frozen values of this package.

A plugin marks its functions with `hookimpl` of `skolemerke.toolkit`. It may take fewer arguments than the
specification names. Wrappers, `tryfirst` and `trylast` are refused: the order of loading decides nothing.
"""

from __future__ import annotations

from collections.abc import Iterable

import pluggy
from skolemerke_forms.questions import Question

from skolemerke.contract.criteria import CriterionKind
from skolemerke.contract.rounds import Criterion, Form, Overlay, Round, ScoringPolicy
from skolemerke.contract.scoring import ScoringKind

PROJECT = "skolemerke"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


class RoundHooks:
    """One plugin answers for a round: the core asks that plugin alone.

    `inherited` is the parent's own value, without overlays, for a round that `extends` another; else none.
    A hook that such a round does not implement takes over the parent's value unchanged.
    """

    @hookspec
    def rounds(self) -> Iterable[Round]:  # type: ignore[empty-body] # a specification has no body
        """Name the rounds that this plugin answers for.

        Called once when the plugin is loaded. A round that another plugin names too quarantines both.
        """

    @hookspec
    def eligibility_criteria(  # type: ignore[empty-body] # a specification has no body
        self, round: Round, inherited: list[Criterion] | None
    ) -> list[Criterion]:
        """Give the criteria of step one, in the order in which they are shown.

        Called when the round is composed: for pages, and when an edition is frozen.
        """

    @hookspec
    def self_assessment_form(  # type: ignore[empty-body] # a specification has no body
        self, round: Round, inherited: Form | None
    ) -> Form:
        """Give the form of step two, with its requirements, declaration and consent."""

    @hookspec
    def scoring_policy(  # type: ignore[empty-body] # a specification has no body
        self, round: Round, inherited: ScoringPolicy | None
    ) -> ScoringPolicy:
        """Give the policy that scores the answers: the kind of scoring and its parameters."""


class OverlayHooks:
    """An overlay adjusts a round: the core calls exactly its owner, once for each overlay, in the stored
    order, and feeds each result to the next. An overlay implements only what it adjusts."""

    @hookspec
    def overlays(self) -> Iterable[Overlay]:  # type: ignore[empty-body] # a specification has no body
        """Name the overlays of this plugin: id, round, reason, and the agencies that it is meant for."""

    @hookspec
    def adjust_eligibility_criteria(  # type: ignore[empty-body] # a specification has no body
        self, overlay: Overlay, round: Round, criteria: list[Criterion]
    ) -> list[Criterion]:
        """Give the criteria as the overlay would have them; the list handed in stays as it is."""

    @hookspec
    def adjust_self_assessment_form(  # type: ignore[empty-body] # a specification has no body
        self, overlay: Overlay, round: Round, form: Form
    ) -> Form:
        """Give the form as the overlay would have it: a waived requirement, a question, a wording."""

    @hookspec
    def adjust_scoring_policy(  # type: ignore[empty-body] # a specification has no body
        self, overlay: Overlay, round: Round, policy: ScoringPolicy
    ) -> ScoringPolicy:
        """Give the scoring policy as the overlay would have it."""


class BuildingBlockHooks:
    """New building blocks that rounds may name. An id that is taken quarantines the plugin that came later."""

    @hookspec
    def criterion_kinds(self) -> Iterable[type[CriterionKind]]:  # type: ignore[empty-body] # a specification has no body
        """Offer kinds of criterion, each a class that turns parameters into one SQL statement."""

    @hookspec
    def question_types(self) -> Iterable[type[Question]]:  # type: ignore[empty-body] # a specification has no body
        """Offer question types, each a subclass of `Question` with a `type` of its own."""

    @hookspec
    def scoring_kinds(self) -> Iterable[type[ScoringKind]]:  # type: ignore[empty-body] # a specification has no body
        """Offer kinds of scoring, each a pure function from answers to a score sheet."""


HOOK_GROUPS = (RoundHooks, OverlayHooks, BuildingBlockHooks)
