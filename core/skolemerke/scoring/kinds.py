"""The kinds of scoring that the core brings; here is the one that sums points against a pass mark."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from skolemerke_forms.answers import AnswerSet, documented
from skolemerke_forms.cleaning import Clean, Cleaned
from skolemerke_forms.definition import Form, Requirement
from skolemerke_forms.questions import Question, plain_number
from skolemerke_forms.values import Value

from skolemerke.contract.hooks import hookimpl
from skolemerke.contract.scoring import Judgements, Outcome, PolicyFlaw, ScoreLine, ScoreSheet, ScoringKind
from skolemerke.scoring.judging import Judged


class Points(ScoringKind):
    """The points of all answers and of all requirements are summed.

    A requirement gives its points when it is documented, or when its state is `fixed`; a waived one counts
    nothing. The outcome is `passed` when the sum reaches the pass mark and every compulsory requirement is
    documented; `unmet` names those that are not.
    """

    id = "points"

    class Parameters(Value):
        """`pass_mark`: the least sum with which a school passes."""

        pass_mark: Decimal = Decimal(0)

    def score(self, parameters: Parameters, form: Form, answers: AnswerSet, judgements: Judgements) -> ScoreSheet:
        """One line for each requirement, then one for each question that gives points."""
        requirements = [(r, _of_requirement(r, form, answers)) for r in form.requirements]
        lines = [line for _, line in requirements] + list(_of_questions(form, answers))
        points = sum((line.points or Decimal(0) for line in lines), start=Decimal(0))
        most = sum((line.most or Decimal(0) for line in lines), start=Decimal(0))
        unmet = tuple(r.id for r, line in requirements if r.must_be_documented and line.rule == "not_documented")
        outcome: Outcome = "passed" if points >= parameters.pass_mark and not unmet else "not_passed"
        return ScoreSheet(
            lines=tuple(lines), points=points, most=most, pass_mark=parameters.pass_mark, outcome=outcome, unmet=unmet
        )

    def check(self, parameters: Parameters, form: Form) -> Iterator[PolicyFlaw]:
        """The pass mark must lie between nothing and the most that all answers together can give."""
        most = sum((question.most_points(form) for question in form.questions()), start=Decimal(0))
        for requirement in form.requirements:
            asked = any(question.asks for question in form.questions_of(requirement.id))
            counts = requirement.state == "fixed" or (asked and requirement.state != "waived")
            most += requirement.points if counts else Decimal(0)
        if not Decimal(0) <= parameters.pass_mark <= most:
            message = f"the pass mark is {plain_number(parameters.pass_mark)}, and the answers and requirements of the "
            message += f"form give from 0 to {plain_number(most)}: lower it, or give more points"
            yield PolicyFlaw(parameter="pass_mark", code="pass_mark_out_of_reach", message=message)


def _of_requirement(requirement: Requirement, form: Form, answers: AnswerSet) -> ScoreLine:
    zero = Decimal(0)
    if requirement.state == "waived":
        return ScoreLine(part=requirement.id, rule="waived", points=zero, most=zero)
    if requirement.state == "fixed":
        return ScoreLine(part=requirement.id, rule="fixed", points=requirement.points, most=requirement.points)
    if documented(form, requirement, answers):
        return ScoreLine(part=requirement.id, rule="documented", points=requirement.points, most=requirement.points)
    return ScoreLine(part=requirement.id, rule="not_documented", points=zero, most=requirement.points)


def _of_questions(form: Form, answers: AnswerSet) -> Iterator[ScoreLine]:
    reading = answers.under(form)
    for section in form.sections:
        for question in section.questions:
            if not reading.shows(question):
                continue
            cleaned = answers.cleaned(question, form)
            points = question.points(cleaned, form)
            if points is None and not _does_not_apply(question, cleaned, form):
                continue
            value = cleaned.value
            rule = "answered" if value is not None else "unanswered"
            yield ScoreLine(
                part=question.id,
                section=section.id,
                rule=rule if points is not None else "does_not_apply",
                answer=_as_text(value),
                points=points or Decimal(0),
                most=question.most_points(form) if points is not None else Decimal(0),
            )


def _does_not_apply(question: Question, cleaned: Cleaned, form: Form) -> bool:
    return cleaned.value is not None and question.most_points(form) > 0


def _as_text(value: Clean) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{row}={level}" for row, level in value.items())
    return value if isinstance(value, str) else ", ".join(one for one in value or () if isinstance(one, str))


@hookimpl
def scoring_kinds() -> list[type[ScoringKind]]:
    """The kinds that the core brings."""
    return [Points, Judged]
