"""The kind of scoring that knows no points: officers judge each part, and the sheet says what that amounts to."""

from __future__ import annotations

from collections.abc import Iterable

from skolemerke_forms.answers import AnswerSet, documented, lacks
from skolemerke_forms.definition import Form, Requirement
from skolemerke_forms.values import Value

from skolemerke.contract.scoring import Judgements, Outcome, PolicyFlaw, ScoreLine, ScoreSheet, ScoringKind


class Judged(ScoringKind):
    """Nothing is summed: officers judge each part of the form, yes or no, and decide.

    The sheet has one line for each judged part, `fulfilled`, `not_fulfilled` or `not_judged`; one for each
    requirement, `documented`, `not_documented`, `waived` or `fixed`; and one of the rule `incomplete` for each question
    where something is missing. `unmet` names the compulsory requirements that are not documented.

    The outcome is `not_recommended` as soon as a part is not fulfilled, `recommended` when all are and every compulsory
    requirement is documented, and none as long as a part is still to be judged. There are no points.
    """

    id = "judged"

    class Parameters(Value):
        """`parts`: the sections that are judged, by id; all that ask something unless stated."""

        parts: tuple[str, ...] = ()

    def score(self, parameters: Parameters, form: Form, answers: AnswerSet, judgements: Judgements) -> ScoreSheet:
        """One line for each judged part, then for each requirement, then for each question where something is
        missing."""
        parts = {part: judgements.get(part, "not_judged") for part in self.judged_parts(parameters, form, answers)}
        stated = [(requirement, _rule(requirement, form, answers)) for requirement in form.requirements]
        lacking = {lack.question: lack.section for lack in lacks(form, answers)}
        unmet = tuple(
            requirement.id
            for requirement, rule in stated
            if requirement.must_be_documented and rule == "not_documented"
        )
        return ScoreSheet(
            lines=(
                *(ScoreLine(part=part, rule=found) for part, found in parts.items()),
                *(ScoreLine(part=requirement.id, rule=rule) for requirement, rule in stated),
                *(ScoreLine(part=name, section=section, rule="incomplete") for name, section in lacking.items()),
            ),
            outcome=_outcome(parts.values(), is_whole=not unmet),
            unmet=unmet,
        )

    def judged_parts(self, parameters: Parameters, form: Form, answers: AnswerSet) -> tuple[str, ...]:
        """The sections that are judged: of those that are named, or of all, the ones that ask the school something."""
        reading = answers.under(form)
        return tuple(
            section.id
            for section in form.sections
            if (not parameters.parts or section.id in parameters.parts)
            and any(question.asks and reading.shows(question) for question in section.questions)
        )

    def check(self, parameters: Parameters, form: Form) -> Iterable[PolicyFlaw]:
        """A part that is named must be a section of the form."""
        for part in parameters.parts:
            if form.section(part) is None:
                known = ", ".join(section.id for section in form.sections)
                message = f"no section of the form is called '{part}': name some of {known}, or leave `parts` out"
                yield PolicyFlaw(parameter="parts", code="unknown_part", message=message)


def _outcome(found: Iterable[str], *, is_whole: bool) -> Outcome | None:
    findings = set(found)
    if "not_fulfilled" in findings:
        return "not_recommended"
    if "not_judged" in findings or not findings:
        return None
    return "recommended" if is_whole else "not_recommended"


def _rule(requirement: Requirement, form: Form, answers: AnswerSet) -> str:
    if requirement.state in {"waived", "fixed"}:
        return requirement.state
    return "documented" if documented(form, requirement, answers) else "not_documented"
