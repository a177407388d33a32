"""The rules over a whole set of answers, without WTForms and without a request.

The check page, the submission, the scoring policy, the replay and the tests all ask these functions.
"""

from __future__ import annotations

from collections.abc import Mapping

from skolemerke_forms.cleaning import Cleaned, Problem, Raw, problem
from skolemerke_forms.definition import Form, Requirement
from skolemerke_forms.questions import Question
from skolemerke_forms.values import Value


class AnswerSet(Value):
    """What a school has answered: the raw text of each question, and how much evidence stands by it."""

    raw: dict[str, str | tuple[str, ...]] = {}
    evidence: dict[str, int] = {}

    @classmethod
    def of(cls, raw: Mapping[str, Raw], evidence: Mapping[str, int] | None = None) -> AnswerSet:
        """Make a set from answers as they were sent."""
        kept = {
            name: value if isinstance(value, str) else tuple(value) for name, value in raw.items() if value is not None
        }
        return cls(raw=kept, evidence=dict(evidence or {}))

    def cleaned(self, question: Question, form: Form) -> Cleaned:
        """The answer to one question as understood."""
        return question.clean(self.raw.get(question.id), form)


class Lack(Value):
    """Something that keeps an application from being submitted: the question, and what is wrong there."""

    section: str
    question: str
    requirement: str | None = None
    problem: Problem


def lacks(form: Form, answers: AnswerSet) -> list[Lack]:
    """Everything that is missing or wrong, in the order of the form; empty when the answers may be submitted."""
    found = []
    for section in form.sections:
        for question in section.questions:
            for what in _lacks_of(form, question, answers):
                found.append(  # noqa: PERF401 - the three loops read better than one comprehension
                    Lack(
                        section=section.id,
                        question=question.id,
                        requirement=question.requirement,
                        problem=what,
                    )
                )
    return found


def _lacks_of(form: Form, question: Question, answers: AnswerSet) -> list[Problem]:
    if not question.asks:
        return []
    cleaned = answers.cleaned(question, form)
    found = list(cleaned.problems)
    must_answer = form.must_answer(question)
    if must_answer and cleaned.value is None and not found:
        found.append(problem("unanswered"))
    elif must_answer and question.requirement and not found and not question.documents(cleaned):
        found.append(problem("falls_short"))
    if form.must_document(question) and not answers.evidence.get(question.id):
        found.append(problem("no_evidence"))
    return found


def documented(form: Form, requirement: Requirement, answers: AnswerSet) -> bool:
    """Whether a school has documented a requirement: each required question of it answered well enough, and
    the evidence that its questions ask for in place."""
    questions = [question for question in form.questions_of(requirement.id) if question.asks]
    if not questions:
        return False
    for question in questions:
        cleaned = answers.cleaned(question, form)
        if cleaned.problems or (question.required and not question.documents(cleaned)):
            return False
        if question.evidence != "none" and not answers.evidence.get(question.id):
            return False
    return True


def clean_answers(form: Form, answers: AnswerSet) -> dict[str, str | tuple[str, ...]]:
    """The clean values of all answered questions, as they are frozen in a submission."""
    values = {question.id: answers.cleaned(question, form).value for question in form.questions()}
    return {name: value for name, value in values.items() if value is not None}
