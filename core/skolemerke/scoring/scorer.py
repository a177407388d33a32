"""One edition's scoring, ready to be used for any number of applications: pure, without a database."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from skolemerke_forms.answers import AnswerSet, Known
from skolemerke_forms.definition import Form
from skolemerke_forms.questions import QUESTION_TYPES

from skolemerke.contract.scoring import NOT_JUDGED, Judgements, ScoreSheet, ScoringKind
from skolemerke.plugin_host.faults import fault_of
from skolemerke.plugin_host.host import PluginHost
from skolemerke.rounds.composition import Content, FrozenPolicy

SHIPPED = "skolemerke"


class CannotScore(Exception):
    """The code that an edition or a sheet names is not the code that is installed, or it failed; the text says
    which."""


class Scorer:
    """The scoring of one edition by the code that is installed now. Raises `CannotScore`.

    The policy's parameters are read and its kind is looked up once, not once an application.
    """

    def __init__(self, content: Content, plugins: PluginHost) -> None:
        self._content = content
        self._plugins = plugins
        self._kind = _kind_of(content.policy, plugins)
        self._owner = _owner_of(content.policy, plugins)
        _require_types(content, plugins)
        self._parameters = self._guarded(lambda: self._kind.Parameters.model_validate(content.policy.parameters))

    def sheet_of(self, answers: AnswerSet, judgements: Judgements = NOT_JUDGED) -> ScoreSheet:
        """The score sheet of one set of answers with what was judged of it."""
        sheet = self._guarded(lambda: self._kind.score(self._parameters, self._content.form, answers, judgements))
        if not isinstance(sheet, ScoreSheet):
            raise CannotScore(
                f"plugin {self._owner} in scoring_kinds: kind {self._kind.id} gave a "
                f"{type(sheet).__name__} instead of a ScoreSheet"
            )
        return sheet

    def judged_parts(self, answers: AnswerSet) -> tuple[str, ...]:
        """The sections that officers judge of one set of answers; none where the policy asks for no judgement."""
        named = self._guarded(lambda: self._kind.judged_parts(self._parameters, self._content.form, answers))
        return tuple(part for part in named if self._content.form.section(part))

    @property
    def form(self) -> Form:
        """The form whose answers it scores."""
        return self._content.form

    @cached_property
    def code(self) -> dict[str, Any]:
        """What the sheets depend on besides the edition, as it is kept with each sheet."""
        return code_of(self._content, self._plugins)

    def _guarded(self, action: Any) -> Any:
        try:
            return action()
        except Exception as error:
            plugin = self._plugins.plugin(self._owner)
            fault = fault_of(error, self._owner, "scoring_kinds", plugin.folder if plugin else None)
            raise CannotScore(str(fault)) from error


def code_of(content: Content, plugins: PluginHost) -> dict[str, Any]:
    """The kind of scoring with its version and owner, and the owners of question types that plugins brought.

    What the core brings is told by the kind's version; what a plugin brings by the plugin's hash.
    """
    owner = _owner_of(content.policy, plugins)
    types = {}
    for name in sorted({question.type for question in content.form.questions()} - set(QUESTION_TYPES)):
        brought_by = plugins.blocks.owners.get(("question_types", name), "")
        types[name] = {"owner": brought_by, "hash": plugins.code_of(brought_by)["hash"]}
    kind = plugins.blocks.scoring_kinds.get(content.policy.kind)
    return {
        "kind": content.policy.kind,
        "version": kind.version if kind else None,
        "owner": owner,
        "hash": plugins.code_of(owner)["hash"],
        "question_types": types,
    }


def answers_of(raw: Mapping[str, Any], evidence: list[dict[str, Any]], known: Mapping[str, Any]) -> AnswerSet:
    """The answers of a submission as they were frozen, with how much evidence stood by each question and what the
    registry knew."""
    counts: dict[str, int] = {}
    for piece in evidence:
        counts[piece["question_id"]] = counts.get(piece["question_id"], 0) + 1
    return AnswerSet.of(raw, counts, Known.model_validate(known) if known else None)


def _kind_of(policy: FrozenPolicy, plugins: PluginHost) -> ScoringKind:
    kind = plugins.blocks.scoring_kinds.get(policy.kind)
    if kind is None:
        raise CannotScore(f"the kind of scoring '{policy.kind}' is not installed")
    if kind.version != policy.kind_version:
        raise CannotScore(
            f"the kind of scoring '{policy.kind}' is installed in version {kind.version}; "
            f"the edition names version {policy.kind_version}"
        )
    return kind


def _owner_of(policy: FrozenPolicy, plugins: PluginHost) -> str:
    return plugins.blocks.owners.get(("scoring_kinds", policy.kind), SHIPPED)


def _require_types(content: Content, plugins: PluginHost) -> None:
    for question in content.form.questions():
        if question.type not in plugins.blocks.question_types:
            raise CannotScore(f"the question type '{question.type}' is not installed")
