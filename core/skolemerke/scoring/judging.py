"""The kind of scoring that knows no points: people judge each requirement, the sheet says what there is to judge."""

from __future__ import annotations

from skolemerke_forms.answers import AnswerSet, documented, lacks
from skolemerke_forms.definition import Form, Requirement
from skolemerke_forms.values import Value

from skolemerke.contract.scoring import ScoreLine, ScoreSheet, ScoringKind


class Judged(ScoringKind):
    """Nothing is summed and nothing is passed: whether the label is granted, a person decides.

    The sheet has one line for each requirement, `documented`, `not_documented`, `waived` or `fixed`, and one of the
    rule `incomplete` for each question where something is missing. `points` and `outcome` are none; `unmet` names
    the compulsory requirements that are not documented.
    """

    id = "judged"

    class Parameters(Value):
        """None."""

    def score(self, parameters: Parameters, form: Form, answers: AnswerSet) -> ScoreSheet:
        """One line for each requirement, then one for each question where something is missing."""
        stated = [(requirement, _rule(requirement, form, answers)) for requirement in form.requirements]
        lacking = {lack.question: lack.section for lack in lacks(form, answers)}
        return ScoreSheet(
            lines=(
                *(ScoreLine(part=requirement.id, rule=rule) for requirement, rule in stated),
                *(ScoreLine(part=name, section=section, rule="incomplete") for name, section in lacking.items()),
            ),
            unmet=tuple(
                requirement.id
                for requirement, rule in stated
                if requirement.must_be_documented and rule == "not_documented"
            ),
        )


def _rule(requirement: Requirement, form: Form, answers: AnswerSet) -> str:
    if requirement.state in {"waived", "fixed"}:
        return requirement.state
    return "documented" if documented(form, requirement, answers) else "not_documented"
