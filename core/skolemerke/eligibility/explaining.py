"""One school's verdicts in words: what was found, what was required, and what an officer put in its place.

The sentences are made when they are read; where a kind of criterion is missing or fails, a plain one is given.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from skolemerke.contract.criteria import Verdict
from skolemerke.eligibility.models import Override, Run, SchoolVerdict
from skolemerke.eligibility.packing import found_by_each, met_together, unpacked, whole
from skolemerke.registry.models import School
from skolemerke.rounds.composition import Content, FrozenCriterion, host
from skolemerke.speech import day, say, speaking, spoken
from skolemerke.speech import marked as _

log = logging.getLogger("skolemerke.eligibility")

WHOLE_NUMBER = re.compile(r"-?\d{1,15}", re.ASCII)
DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
DECIMAL = re.compile(r"-?\d{1,15}\.\d{1,15}", re.ASCII)


PLAIN = {
    Verdict.MET: _("%(label)s: met (found: %(found)s)."),
    Verdict.NOT_MET: _("%(label)s: not met (found: %(found)s)."),
    Verdict.UNCLEAR: _("%(label)s: unclear (found: %(found)s)."),
}
FALLBACKS = {"nn": ("nn", "nb")}
STANDS_TWICE = _(
    "The school seems to stand twice in the register, also as %(names)s; together they would meet this. The agency can "
    "find out."
)


@dataclass(frozen=True)
class ShownOverride:
    """An officer's verdict in place of the computed one."""

    verdict: Verdict
    computed: Verdict
    reason: str
    evidence: str
    at: datetime
    account_id: int | None


@dataclass(frozen=True)
class CriterionResult:
    """The result of one criterion for one school. `verdict` is the one that stands; `found` and `required` are
    texts as stored: a number, an ISO date or empty. The sentence tells of the computed verdict."""

    id: str
    label: str
    verdict: Verdict
    found: str
    required: str
    sentence: str
    override: ShownOverride | None = None

    def as_json(self) -> dict[str, Any]:
        """The result as `eligibility explain` prints it."""
        shown: dict[str, Any] = {
            "id": self.id,
            "verdict": self.verdict.word,
            "found": figure(self.found),
            "required": figure(self.required),
            "sentence": self.sentence,
            "override": None,
        }
        if self.override is not None:
            shown["override"] = {
                "verdict": self.override.verdict.word,
                "computed": self.override.computed.word,
                "reason": self.override.reason,
                "evidence": self.override.evidence,
                "at": self.override.at.isoformat(),
            }
        return shown


@dataclass(frozen=True)
class Explanation:
    """Why a school may apply or not; `eligible` is none while it is unclear.

    `twins` are the other entries of the school in the register, where only together they would be eligible.
    """

    school: School
    run: Run
    eligible: bool | None
    criteria: tuple[CriterionResult, ...]
    twins: tuple[School, ...] = ()

    def choices(self) -> list[tuple[str, str]]:
        """The criteria to choose from: id and label of each."""
        return [(result.id, result.label) for result in self.criteria]

    def as_json(self) -> dict[str, Any]:
        """The explanation as `eligibility explain` prints it."""
        return {
            "school": self.school.school_id,
            "name": self.school.name,
            "round": self.run.round_id,
            "run": self.run.number,
            "eligible": self.eligible,
            "twins": [twin.school_id for twin in self.twins],
            "criteria": [result.as_json() for result in self.criteria],
        }


class Explainer:
    """Explains rows of one edition in one language."""

    def __init__(self, content: Content, language: str) -> None:
        self._language = language
        self._asked = [_Asked(criterion, language) for criterion in content.criteria]

    def explain(
        self,
        school: School,
        run: Run,
        row: SchoolVerdict,
        overrides: Mapping[str, Override],
        twins: Sequence[School] = (),
    ) -> Explanation:
        """The explanation of one stored row with the overrides of its school, by criterion, and its twins."""
        together = met_together(row.verdicts, len(self._asked))
        with speaking(self._language):
            results = tuple(
                _result(asked, verdict, found, overrides.get(asked.id), twins if with_twin else None)
                for (asked, verdict, found), with_twin in zip(self._computed(row), together, strict=True)
            )
        outcome = whole(result.verdict for result in results)
        eligible = {Verdict.MET: True, Verdict.NOT_MET: False}.get(outcome)
        return Explanation(school, run, eligible, results, tuple(twins))

    def kept_out_by(self, row: SchoolVerdict, overrides: Mapping[str, Override]) -> CriterionResult | None:
        """The one criterion that keeps the school of a row out while all others are met, or none."""
        lacking = []
        for asked, verdict, found in self._computed(row):
            override = overrides.get(asked.id)
            stands = Verdict(override.verdict) if override else verdict
            if stands is not Verdict.MET:
                lacking.append((stands, asked, verdict, found, override))
        if len(lacking) != 1 or lacking[0][0] is not Verdict.NOT_MET:
            return None
        with speaking(self._language):
            return _result(*lacking[0][1:])

    def _computed(self, row: SchoolVerdict) -> Iterator[tuple[_Asked, Verdict, str]]:
        verdicts = unpacked(row.verdicts, len(self._asked))
        found = found_by_each(row.found, len(self._asked))
        return zip(self._asked, verdicts, found, strict=True)


def figure(text: str) -> int | float | str | None:
    """What was found or required as JSON data: a number, an ISO date or none. Other words stand in the sentence."""
    if WHOLE_NUMBER.fullmatch(text):
        return int(text)
    if DECIMAL.fullmatch(text):
        return float(text)
    return text if DAY.fullmatch(text) else None


class _Asked:
    """A criterion with what its kind says of it. A plugin's code may fail here without harm to the page."""

    def __init__(self, criterion: FrozenCriterion, language: str) -> None:
        self.id = criterion.id
        self.label = criterion.said(language, criterion.language).label or criterion.id
        self.required = ""
        self._kind = host().blocks.criterion_kinds.get(criterion.kind)
        self._parameters: Any = None
        if self._kind is None:
            return
        try:
            self._parameters = self._kind.Parameters.model_validate(criterion.parameters)
            self.required = str(self._kind.required(self._parameters))
        except Exception:
            log.exception("criterion %s: its kind %s can't read it", criterion.id, criterion.kind)
            self._kind = None

    def sentence(self, verdict: Verdict, found: str) -> str:
        """The result in the language that is spoken."""
        if self._kind is not None:
            try:
                return str(self._kind.sentence(self._parameters, found, verdict, self._say, day))
            except Exception:
                log.exception("criterion %s: its kind %s can't say its result", self.id, self._kind.id)
        return say(PLAIN[verdict], label=self.label, found=day(found) or "–")

    def _say(self, message: str, **figures: object) -> str:
        """A message of the kind: in its own translation where it brings one, else in that of the catalogue."""
        own = self._kind.translations if self._kind is not None else {}
        for language in FALLBACKS.get(spoken(), (spoken(),)):
            text = own.get(language, {}).get(message)
            if text is not None:
                return text % figures if figures else text
        return say(message, **figures)


def _result(
    asked: _Asked, computed: Verdict, found: str, override: Override | None, twins: Sequence[School] | None = None
) -> CriterionResult:
    """`twins`: given where the criterion is unclear only because the school stands twice; it is not met alone."""
    sentence = asked.sentence(computed if twins is None else Verdict.NOT_MET, found)
    if twins is not None:
        names = ", ".join(f"{twin.name} ({twin.school_id})" for twin in twins)
        sentence = f"{sentence} {say(STANDS_TWICE, names=names)}"
    if override is None:
        return CriterionResult(asked.id, asked.label, computed, found, asked.required, sentence)
    verdict = Verdict(override.verdict)
    shown = ShownOverride(verdict, computed, override.reason, override.evidence, override.made_at, override.account_id)
    return CriterionResult(asked.id, asked.label, verdict, found, asked.required, sentence, shown)
