"""A round composed with the overlays of one agency: what an edition freezes.

The plugin of the round is asked first; then each overlay's owner, in the stored order, each with the result of
the one before. An overlay that can't be had pauses the round: without it the agency's rule would be another.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import current_app
from skolemerke_forms.values import Value, canonical_json, content_of, sha256_of
from skolemerke_forms.wording import Worded

from skolemerke.contract.rounds import Criterion, Form, Overlay, Round, ScoringPolicy
from skolemerke.plugin_host.faults import PluginFault
from skolemerke.plugin_host.host import PluginHost, RoundPaused
from skolemerke.plugin_host.results import all_values, one
from skolemerke.speech import marked as _

EXTENSION = "skolemerke.plugins"
CACHE = "skolemerke.compositions"


class Adjustment(Value):
    """An overlay changed one part: a criterion, a requirement, a question or `scoring`."""

    part: str
    overlay: str


class FrozenCriterion(Criterion):
    """A criterion with the version of its kind."""

    kind_version: int = 1


class FrozenPolicy(ScoringPolicy):
    """A policy with the version of its kind and the plugin that owns the kind."""

    kind_version: int = 1
    owner: str = "skolemerke"


class PluginCode(Value):
    """Which code and data made a part of an edition."""

    id: str
    version: str
    hash: str


class Content(Value):
    """Everything that an edition freezes, and nothing that changes by operation (calendar, mail wording)."""

    round: str
    agency: str | None = None
    criteria: tuple[FrozenCriterion, ...]
    form: Form
    policy: FrozenPolicy
    overlays: tuple[Overlay, ...] = ()
    adjusted: tuple[Adjustment, ...] = ()
    plugins: tuple[PluginCode, ...] = ()

    def canonical(self) -> str:
        """The content as the one text that is stored and hashed."""
        return canonical_json(content_of(self))

    def hash(self) -> str:
        """The SHA-256 of the canonical text."""
        return sha256_of(self.canonical())

    def substance(self) -> str:
        """The canonical text without the plugins' versions and hashes: what a school can notice."""
        return canonical_json(content_of(self.model_copy(update={"plugins": ()})))

    def adjusted_by(self, part: str) -> Overlay | None:
        """The overlay that last changed a part."""
        names = [adjustment.overlay for adjustment in self.adjusted if adjustment.part == part]
        return next((overlay for overlay in self.overlays if names and overlay.overlay == names[-1]), None)

    def criterion(self, criterion_id: str) -> FrozenCriterion | None:
        """The criterion of that id, or none."""
        return next((criterion for criterion in self.criteria if criterion.id == criterion_id), None)


class Composed(Value):
    """A round as it stands now: what its plugin says of it, and what would be frozen."""

    round: Round
    content: Content


def host() -> PluginHost:
    """The plugins of the current application."""
    found: PluginHost = current_app.extensions[EXTENSION]
    return found


def compose(round_id: str, overlay_order: Sequence[str], agency: str | None) -> Composed:
    """Compose a round for an agency, by its code, or for the base edition. Raises `RoundPaused`."""
    cache: dict[Any, Composed] = current_app.extensions.setdefault(CACHE, {})
    key = (round_id, tuple(overlay_order), agency)
    if key not in cache:
        cache[key] = compose_with(host(), round_id, overlay_order, agency)
    return cache[key]


def compose_with(plugins: PluginHost, round_id: str, overlay_order: Sequence[str], agency: str | None) -> Composed:
    """Compose a round from the plugins of any host; see `compose`, which remembers the answer."""
    own = plugins.own(round_id)
    criteria, form, policy = list(own.criteria), own.form, own.policy
    overlays, adjusted = [], []
    for overlay_id in overlay_order:
        overlay = plugins.overlays.get(overlay_id)
        owner = plugins.owner_of_overlay(overlay_id)
        if overlay is None or owner is None:
            raise RoundPaused(_("overlay %(overlay)s, which adjusts it, is not installed"), overlay=overlay_id)
        if overlay.agencies and not _names(overlay, agency):
            continue
        before = _parts(criteria, form, policy)
        try:
            facts = {"overlay": overlay, "round": own.round}
            asked = plugins.ask(
                owner, "adjust_eligibility_criteria", all_values(Criterion), criteria=list(criteria), **facts
            )
            criteria = criteria if asked is None else asked
            form = plugins.ask(owner, "adjust_self_assessment_form", one(Form), form=form, **facts) or form
            policy = plugins.ask(owner, "adjust_scoring_policy", one(ScoringPolicy), policy=policy, **facts) or policy
        except PluginFault as error:
            raise RoundPaused(_("overlay %(overlay)s: %(fault)s"), overlay=overlay_id, fault=error) from error
        overlays.append(overlay)
        adjusted += [
            Adjustment(part=part, overlay=overlay_id) for part in _changed(before, _parts(criteria, form, policy))
        ]
    owners = [own.plugin, *(plugins.owner_of_overlay(overlay.overlay) or "" for overlay in overlays)]
    content = Content(
        round=round_id,
        agency=agency,
        criteria=tuple(_frozen_criterion(plugins, criterion) for criterion in criteria),
        form=form,
        policy=_frozen_policy(plugins, policy),
        overlays=tuple(overlays),
        adjusted=tuple(adjusted),
        plugins=tuple(PluginCode(**plugins.code_of(name)) for name in _lineage(plugins, own.plugin, owners)),
    )
    return Composed(round=own.round, content=content)


def _names(overlay: Overlay, agency: str | None) -> bool:
    # Two agencies never differ by capital letters alone, so neither does their name in an overlay.
    return (agency or "").lower() in {code.lower() for code in overlay.agencies}


def _lineage(plugins: PluginHost, owner: str, owners: Sequence[str]) -> list[str]:
    """The plugins that an edition is made of: those of the round and its ancestors, then of its overlays."""
    names: list[str] = []
    round_ = next((r for r in plugins.rounds.values() if plugins.owner_of_round(r.round) == owner), None)
    while round_ is not None and round_.extends:
        parent = plugins.owner_of_round(round_.extends)
        names.insert(0, parent or "")
        round_ = plugins.rounds.get(round_.extends)
    return list(dict.fromkeys([*names, *owners]))


def _frozen_criterion(plugins: PluginHost, criterion: Criterion) -> FrozenCriterion:
    normal = plugins.blocks.normal_criterion(criterion)
    version = plugins.blocks.criterion_kinds[criterion.kind].version
    return FrozenCriterion(**{**dict(normal), "kind_version": version})


def _frozen_policy(plugins: PluginHost, policy: ScoringPolicy) -> FrozenPolicy:
    normal = plugins.blocks.normal_policy(policy)
    version = plugins.blocks.scoring_kinds[policy.kind].version
    owner = plugins.blocks.owners.get(("scoring_kinds", policy.kind), "skolemerke")
    return FrozenPolicy(**{**dict(normal), "kind_version": version, "owner": owner})


def _parts(criteria: Sequence[Criterion], form: Form, policy: ScoringPolicy) -> dict[str, Worded]:
    parts: dict[str, Worded] = {criterion.id: criterion for criterion in criteria}
    parts |= {requirement.id: requirement for requirement in form.requirements}
    parts |= {question.id: question for question in form.questions()}
    return {**parts, "scoring": policy}


def _changed(before: dict[str, Worded], after: dict[str, Worded]) -> list[str]:
    return [name for name in {**before, **after} if before.get(name) != after.get(name)]
