"""Kinds of scoring: a pure function from frozen answers and judgements to a score sheet.

Pure means: no clock, network, randomness or database; `Decimal` for points; the same input gives the same
bytes on any machine.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, field_serializer
from skolemerke_forms.answers import AnswerSet
from skolemerke_forms.definition import Form
from skolemerke_forms.questions import plain_number
from skolemerke_forms.values import Value, canonical_json

Outcome = Literal["passed", "not_passed", "recommended", "not_recommended"]
"""What a sheet proposes: by its points, or by what people judged. A person decides."""

Finding = Literal["fulfilled", "not_fulfilled"]

Judgements = Mapping[str, Finding]
"""What officers found of the parts of one submission, by the part's id; a part that is not judged yet is not in it."""

NOT_JUDGED: Judgements = MappingProxyType({})


class ScoreLine(Value):
    """One line of a score sheet: which part under which rule gave which points.

    `rule` is a word of the kind of scoring, such as `level`, `documented`, `not_documented`, `fixed`,
    `waived`, `fulfilled`; `answer` is the clean answer that it was read from, where there is one.
    """

    part: str
    section: str = ""
    rule: str
    answer: str = ""
    points: Decimal | None = None
    most: Decimal | None = None

    @field_serializer("points", "most")
    def _as_text(self, points: Decimal | None) -> str | None:
        return None if points is None else plain_number(points)


class ScoreSheet(Value):
    """What a policy says of one set of answers. A policy may know no points at all: `points` is then none."""

    lines: tuple[ScoreLine, ...] = ()
    points: Decimal | None = None
    most: Decimal | None = None
    pass_mark: Decimal | None = None
    outcome: Outcome | None = None
    unmet: tuple[str, ...] = ()

    @field_serializer("points", "most", "pass_mark")
    def _as_text(self, points: Decimal | None) -> str | None:
        return None if points is None else plain_number(points)

    def canonical(self) -> str:
        """The sheet as the one text that is stored, compared and hashed."""
        return canonical_json(self.model_dump(mode="json"))

    def of_part(self, part: str) -> ScoreLine | None:
        """The line of a question, requirement or judged part, by its id."""
        return next((line for line in self.lines if line.part == part), None)


class PolicyFlaw(Value):
    """Something wrong with the parameters of a policy under its form, as `rounds check` says it.

    `parameter` is the one to mend, empty for the policy as a whole; `code` a stable name (a kind's own codes are
    described where the kind is); `message` says what is wrong and how to mend it.
    """

    parameter: str = ""
    code: str
    message: str


def flaw_of_weights(parameter: str, weights: Mapping[str, Decimal], total: Decimal = Decimal(1)) -> PolicyFlaw | None:
    """What is wrong with weights that do not sum to `total`; none when they do."""
    found = sum(weights.values(), start=Decimal(0))
    if found == total:
        return None
    message = f"the weights sum to {plain_number(found)}, not to {plain_number(total)}: "
    message += ", ".join(f"{name} {plain_number(weight)}" for name, weight in weights.items())
    return PolicyFlaw(parameter=parameter, code="weights_do_not_sum", message=message)


class ScoringKind(ABC):
    """One kind of scoring. A subclass is stateless; it is made once when its plugin is loaded."""

    id: ClassVar[str]
    version: ClassVar[int] = 1
    Parameters: ClassVar[type[BaseModel]]

    @abstractmethod
    def score(self, parameters: Any, form: Form, answers: AnswerSet, judgements: Judgements) -> ScoreSheet:
        """Score one set of answers with what officers judged of it; called once an application, never once an
        answer."""

    def judged_parts(self, parameters: Any, form: Form, answers: AnswerSet) -> tuple[str, ...]:
        """The sections of the form that officers judge, by id and in their order; none where nothing is judged."""
        return ()

    def check(self, parameters: Any, form: Form) -> Iterable[PolicyFlaw]:
        """What can't be right with these parameters under this form; asked by `rounds check`, never when scoring."""
        return ()


ScoringKinds = Mapping[str, ScoringKind]
