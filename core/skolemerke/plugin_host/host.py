"""The plugins of one installation: loaded, isolated, and asked one at a time."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Literal, TypeVar

import pluggy
from skolemerke_forms.questions import Question

from skolemerke import collector
from skolemerke.contract.criteria import CriterionKind
from skolemerke.contract.rounds import Criterion, Form, Overlay, Round, ScoringPolicy
from skolemerke.contract.scoring import ScoringKind
from skolemerke.plugin_host.blocks import BuildingBlocks
from skolemerke.plugin_host.discovery import Candidate, find_candidates, hash_of, with_instead
from skolemerke.plugin_host.faults import Fault, PluginFault, fault_of
from skolemerke.plugin_host.folder import plugin_of_folder
from skolemerke.plugin_host.inheritance import MAX_DEPTH, inherit
from skolemerke.plugin_host.results import all_classes, all_values, hooks_of, one

log = logging.getLogger("skolemerke.plugins")

T = TypeVar("T")
State = Literal["active", "quarantined", "shadowed"]


@dataclass
class Plugin:
    """One plugin as the installation sees it."""

    id: str
    version: str
    source: str
    state: State
    folder: Path | None = None
    hash: str = ""
    rounds: list[str] = field(default_factory=list)
    overlays: list[str] = field(default_factory=list)
    fault: Fault | None = None
    object: Any = None


@dataclass(frozen=True)
class OwnRound:
    """A round as its plugin states it, with what it inherits and without overlays."""

    plugin: str
    round: Round
    criteria: tuple[Criterion, ...]
    form: Form
    policy: ScoringPolicy


def _(message: str) -> str:
    """Mark a message for translation; it is translated where it is shown."""
    return message


class RoundPaused(Exception):
    """A round can't be composed now, and why. What was frozen of it stays in use.

    `message` is English, marked for translation, with named figures; one of them can be the reason of another pause.
    What a plugin says of its own fault is in no catalogue and stays as it is.
    """

    def __init__(self, message: str, **figures: object) -> None:
        self.message, self.figures = message, figures
        super().__init__(message % figures if figures else message)


class PluginHost:
    """All plugins of an installation.

    `builtins` are the core's own, by id. `instead` is a folder that takes the place of an installed plugin of
    the same id: a plugin that is being written can be checked before it is installed.
    """

    def __init__(
        self,
        folder: Path,
        *,
        builtins: dict[str, object] | None = None,
        distributions: bool = True,
        instead: Path | None = None,
    ) -> None:
        self.plugins: list[Plugin] = []
        self.blocks = BuildingBlocks()
        self.rounds: dict[str, Round] = {}
        self.overlays: dict[str, Overlay] = {}
        self._owner_of_round: dict[str, str] = {}
        self._owner_of_overlay: dict[str, str] = {}
        self._own: dict[str, OwnRound] = {}
        self._answering: dict[str, Plugin] = {}
        self._hooks: dict[str, pluggy.HookRelay] = {}
        for name, builtin in (builtins or {}).items():
            self._hooks[name] = hooks_of(builtin, name)
            self._offer_blocks(name)
        self._builtins = builtins or {}
        candidates = find_candidates(folder, distributions=distributions)
        self._load(with_instead(candidates, instead) if instead else candidates)

    # Loading

    def _load(self, candidates: list[Candidate]) -> None:
        self.plugins = [self._enter(candidate, candidates) for candidate in candidates]
        for plugin in self.plugins:
            if plugin.state != "shadowed":
                self._answering.setdefault(plugin.id, plugin)
        for step in (self._register, self._offer, self._claim):
            for plugin in self._active():
                with suppress(PluginFault):
                    self._guard(plugin, None, partial(step, plugin))

    def _enter(self, candidate: Candidate, candidates: list[Candidate]) -> Plugin:
        plugin = Plugin(candidate.id, candidate.version, candidate.source, "active", candidate.folder)
        folders = [c for c in candidates if c.id == candidate.id and c.source == "folder"]
        if candidate.source == "distribution" and folders:
            plugin.state = "shadowed"
        elif candidate.source == "folder" and len(folders) > 1:
            names = ", ".join(str(c.folder.name) for c in folders if c.folder)
            message = f"the id {candidate.id} stands in several folders ({names}): keep one"
            self._quarantine(plugin, Fault(candidate.id, None, "pyproject.toml", 1, message))
        elif candidate.fault:
            self._quarantine(plugin, candidate.fault)
        elif candidate.folder is None and candidate.entry_point is not None:
            with suppress(PluginFault):
                plugin.object = self._guard(plugin, None, candidate.entry_point.load)
        return plugin

    def _register(self, plugin: Plugin) -> None:
        if plugin.object is None and plugin.folder is not None:
            plugin.hash = hash_of(plugin.folder)
            plugin.object = plugin_of_folder(plugin.id, plugin.folder, self.blocks)
        self._hooks[plugin.id] = hooks_of(plugin.object, plugin.id)

    def _offer(self, plugin: Plugin) -> None:
        self._offer_blocks(plugin.id)

    def _offer_blocks(self, plugin_id: str) -> None:
        for kind in self._items(plugin_id, "criterion_kinds", all_classes(CriterionKind)):
            self.blocks.claim("criterion_kinds", kind.id, plugin_id)
            self.blocks.criterion_kinds[kind.id] = kind()
        for question in self._items(plugin_id, "question_types", all_classes(Question)):
            name = str(question.model_fields["type"].annotation.__args__[0])
            self.blocks.claim("question_types", name, plugin_id)
            self.blocks.question_types[name] = question
        for scoring in self._items(plugin_id, "scoring_kinds", all_classes(ScoringKind)):
            self.blocks.claim("scoring_kinds", scoring.id, plugin_id)
            self.blocks.scoring_kinds[scoring.id] = scoring()

    def _claim(self, plugin: Plugin) -> None:
        for round_ in self._items(plugin.id, "rounds", all_values(Round)):
            plugin.rounds.append(round_.round)
            self._claim_one(plugin, "round", round_.round, self._owner_of_round)
            self.rounds[round_.round] = round_
        for overlay in self._items(plugin.id, "overlays", all_values(Overlay)):
            plugin.overlays.append(overlay.overlay)
            self._claim_one(plugin, "overlay", overlay.overlay, self._owner_of_overlay)
            self.overlays[overlay.overlay] = overlay

    def _claim_one(self, plugin: Plugin, what: str, name: str, owners: dict[str, str]) -> None:
        """Note who answers for a round or overlay; when two do, both are quarantined and neither wins."""
        owner = owners.get(name)
        if owner is None:
            owners[name] = plugin.id
            return
        message = f"{what} {name} is claimed by {owner} and {plugin.id}: remove one of the two"
        hook = f"{what}s"
        other = self.plugin(owner)
        if other is not None and other.state == "active":
            self._quarantine(other, Fault(owner, hook, f"{what}.yaml", None, message))
        raise PluginFault(Fault(plugin.id, hook, f"{what}.yaml", None, message))

    # Asking

    def trial(self, folder: Path, instead: Path) -> PluginHost:
        """Another host of the plugins in `folder`, in which the plugin in `instead` is tried."""
        return PluginHost(folder, builtins=self._builtins, instead=instead)

    def plugin(self, plugin_id: str) -> Plugin | None:
        """The plugin that answers under an id: never a shadowed one."""
        return self._answering.get(plugin_id)

    def owner_of_round(self, round_id: str) -> str | None:
        """The plugin that answers for a round."""
        return self._owner_of_round.get(round_id)

    def owner_of_overlay(self, overlay_id: str) -> str | None:
        """The plugin that answers for an overlay."""
        return self._owner_of_overlay.get(overlay_id)

    def code_of(self, plugin_id: str) -> dict[str, str]:
        """Id, version and hash of a plugin, as an edition names it."""
        plugin = self.plugin(plugin_id)
        if plugin is None:
            return {"id": plugin_id, "version": "", "hash": ""}
        return {"id": plugin.id, "version": plugin.version, "hash": plugin.hash}

    def ask(self, plugin_id: str, hook: str, check: Callable[[Any], T], **facts: Any) -> T | None:
        """Ask one plugin; none when it does not implement the hook.

        Raises `PluginFault`, and quarantines the plugin, when it raises or returns what the hook does not allow.
        """
        plugin = self.plugin(plugin_id)
        if plugin is None or plugin.state != "active":
            fault = plugin.fault if plugin else None
            raise PluginFault(fault or Fault(plugin_id, hook, None, None, "the plugin is not installed"))
        return self._guard(plugin, hook, lambda: self._asked(plugin_id, hook, check, **facts))

    def own(self, round_id: str) -> OwnRound:
        """The round as its plugin states it. Raises `RoundPaused` when it can't be had now."""
        return self._resolve(round_id, ())

    @collector.paused()  # what is read of plugins stays
    def examine(self) -> None:
        """Resolve every round, so that each fault is known before somebody needs the round."""
        for round_id in list(self.rounds):
            try:
                self.own(round_id)
            except RoundPaused as reason:
                log.warning("round %s is paused: %s", round_id, reason)

    def _resolve(self, round_id: str, children: tuple[str, ...]) -> OwnRound:
        if round_id in self._own:
            return self._own[round_id]
        stated, owner = self.rounds.get(round_id), self._owner_of_round.get(round_id)
        plugin = self.plugin(owner) if owner else None
        if stated is None or plugin is None:
            raise RoundPaused(_("round %(round)s is not installed"), round=round_id)
        if plugin.state != "active":
            raise RoundPaused(
                _("plugin %(plugin)s is paused because of a fault: %(fault)s"), plugin=plugin.id, fault=plugin.fault
            )
        if round_id in children or len(children) >= MAX_DEPTH:
            path = " -> ".join((*children, round_id))
            raise RoundPaused(
                _("rounds extend one another in a circle or more than %(most)s deep: %(path)s"),
                most=MAX_DEPTH,
                path=path,
            )
        parent = None
        if stated.extends:
            try:
                parent = self._resolve(stated.extends, (*children, round_id))
            except RoundPaused as reason:
                raise RoundPaused(
                    _("it extends %(round)s: %(reason)s"), round=stated.extends, reason=reason
                ) from reason
        try:
            own = self._own_of(plugin.id, stated, parent)
        except PluginFault as error:
            raise RoundPaused(str(error)) from error
        self._own[round_id] = own
        return own

    def _own_of(self, owner: str, stated: Round, parent: OwnRound | None) -> OwnRound:
        round_ = inherit(parent.round, stated) if parent else stated
        criteria = self.ask(
            owner,
            "eligibility_criteria",
            all_values(Criterion),
            round=round_,
            inherited=list(parent.criteria) if parent else None,
        )
        form = self.ask(
            owner, "self_assessment_form", one(Form), round=round_, inherited=parent.form if parent else None
        )
        policy = self.ask(
            owner, "scoring_policy", one(ScoringPolicy), round=round_, inherited=parent.policy if parent else None
        )
        if parent is not None:
            criteria = criteria if criteria is not None else list(parent.criteria)
            form, policy = form or parent.form, policy or parent.policy
        if criteria is None or form is None or policy is None:
            answers = {"eligibility_criteria": criteria, "self_assessment_form": form, "scoring_policy": policy}
            missing = next(hook for hook, answer in answers.items() if answer is None)
            raise PluginFault(Fault(owner, missing, None, None, f"round {stated.round} does not answer this hook"))
        return OwnRound(owner, round_, tuple(self._normal(owner, criteria)), form, self._normal_policy(owner, policy))

    def _normal(self, owner: str, criteria: list[Criterion]) -> list[Criterion]:
        plugin = self.plugin(owner)
        if plugin is None:
            return criteria
        return (
            self._guard(
                plugin,
                "eligibility_criteria",
                lambda: [self.blocks.normal_criterion(criterion) for criterion in criteria],
            )
            or []
        )

    def _normal_policy(self, owner: str, policy: ScoringPolicy) -> ScoringPolicy:
        plugin = self.plugin(owner)
        if plugin is None:
            return policy
        return self._guard(plugin, "scoring_policy", lambda: self.blocks.normal_policy(policy))

    # Isolation

    def _items(self, plugin_id: str, hook: str, check: Callable[[Any], list[Any]]) -> list[Any]:
        """What a plugin, or one of the core's own, lists under a hook."""
        known = self.plugin(plugin_id) is not None
        return (self.ask if known else self._asked)(plugin_id, hook, check) or []

    def _asked(self, plugin_id: str, hook: str, check: Callable[[Any], T], **facts: Any) -> T | None:
        answers = getattr(self._hooks[plugin_id], hook)(**facts)
        return check(answers[0]) if answers else None

    def _guard(self, plugin: Plugin, hook: str | None, action: Callable[[], T]) -> T:
        """Run what may call a plugin; whatever it raises quarantines that plugin alone."""
        try:
            return action()
        except (Exception, SystemExit) as error:
            fault = fault_of(error, plugin.id, hook, plugin.folder)
            self._quarantine(plugin, fault)
            raise PluginFault(fault) from error

    def _quarantine(self, plugin: Plugin, fault: Fault) -> None:
        plugin.state, plugin.fault = "quarantined", fault
        log.error("%s", fault)

    def _active(self) -> Iterable[Plugin]:
        return [plugin for plugin in self.plugins if plugin.state == "active"]
