"""The building blocks that are known: kinds of criterion, question types and kinds of scoring."""

from __future__ import annotations

from dataclasses import dataclass, field

from pydantic import ValidationError
from skolemerke_forms.questions import QUESTION_TYPES, Question

from skolemerke.contract.criteria import CriterionKind
from skolemerke.contract.rounds import Criterion, ScoringPolicy
from skolemerke.contract.scoring import ScoringKind


class UnknownBlock(ValueError):
    """A definition names a kind that no plugin offers, or gives it parameters that it does not take.

    `code` is that of the check, `path` leads to the value at fault.
    """

    def __init__(self, code: str, path: tuple[str | int, ...], message: str) -> None:
        super().__init__(message)
        self.code, self.path = code, path


@dataclass
class BuildingBlocks:
    """What rounds may name. An id belongs to whoever claimed it first, `owners` says who."""

    criterion_kinds: dict[str, CriterionKind] = field(default_factory=dict)
    question_types: dict[str, type[Question]] = field(default_factory=lambda: dict(QUESTION_TYPES))
    scoring_kinds: dict[str, ScoringKind] = field(default_factory=dict)
    owners: dict[tuple[str, str], str] = field(default_factory=dict)

    def claim(self, group: str, name: str, owner: str) -> None:
        """Note who offers a block. Raises `ValueError` when it is taken."""
        taken = self.owners.get((group, name)) or ("skolemerke" if name in self._of(group) else None)
        if taken:
            raise ValueError(f"{group} '{name}' is already offered by {taken}")
        self.owners[(group, name)] = owner

    def normal_criterion(self, criterion: Criterion) -> Criterion:
        """The criterion with its parameters read by its kind and written in one way."""
        kind = self.criterion_kinds.get(criterion.kind)
        if kind is None:
            raise UnknownBlock(
                "unknown_kind", ("kind",), _unknown("kind of criterion", criterion.kind, self.criterion_kinds)
            )
        parameters = _normal(kind.Parameters, criterion.parameters, criterion.id)
        return criterion.model_copy(update={"parameters": parameters})

    def normal_policy(self, policy: ScoringPolicy) -> ScoringPolicy:
        """The policy with its parameters read by its kind and written in one way."""
        kind = self.scoring_kinds.get(policy.kind)
        if kind is None:
            raise UnknownBlock("unknown_kind", ("kind",), _unknown("kind of scoring", policy.kind, self.scoring_kinds))
        return policy.model_copy(update={"parameters": _normal(kind.Parameters, policy.parameters, "scoring")})

    def _of(self, group: str) -> dict[str, object]:
        return dict(getattr(self, group))


def _normal(model: type, parameters: dict[str, object], name: str) -> dict[str, object]:
    try:
        read = model.model_validate(parameters)  # type: ignore[attr-defined] # a pydantic model, checked on load
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(step) for step in first["loc"])
        message = f"{name}: parameter {where}: {first['msg']}"
        raise UnknownBlock("wrong_parameter", ("parameters", *first["loc"]), message) from error
    return dict(read.model_dump(mode="json", by_alias=True))


def _unknown(what: str, name: str, known: dict[str, object] | dict[str, CriterionKind] | dict[str, ScoringKind]) -> str:
    return f"there is no {what} '{name}'; known: {', '.join(sorted(known))}"
