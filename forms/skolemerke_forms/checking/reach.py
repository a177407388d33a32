"""What can never be shown, documented or kept, whatever a school answers."""

from __future__ import annotations

from collections.abc import Iterator

from skolemerke_forms.checking.case import Case
from skolemerke_forms.checking.search import Search, World, conditions_of
from skolemerke_forms.definition import Requirement, Rule
from skolemerke_forms.questions import Question
from skolemerke_forms.whole import Flaw, questions_in


def flaws(case: Case) -> Iterator[Flaw]:
    """Sections, questions, requirements and rules that lead nowhere."""
    search = Search(case)
    hidden: set[str] = set()
    yield from _sections(case, search, hidden)
    yield from _questions(case, search, hidden)
    yield from _requirements(case, search, hidden)
    yield from _rules(case, search, hidden)


def _sections(case: Case, search: Search, hidden: set[str]) -> Iterator[Flaw]:
    for at, section in enumerate(case.form.sections):
        if section.when is None or not case.trusts(section.id):
            continue
        if search.ever([section.when], lambda world, section=section: world.shows_section(section)) is False:  # type: ignore[misc] # the name is bound at once
            hidden |= {section.id, *(question.id for question in section.questions)}
            message = f"section '{section.id}' can never be shown: no answers make its condition true"
            yield Flaw(("sections", at, "when"), section.id, "unreachable_section", message)


def _questions(case: Case, search: Search, hidden: set[str]) -> Iterator[Flaw]:
    for loc, question in questions_in(case.form):
        if question.id in hidden or question.when is None or not case.trusts(question.id):
            continue
        conditions = conditions_of(case.form, question)
        if search.ever(conditions, lambda world, question=question: world.shows(question)) is False:  # type: ignore[misc] # the name is bound at once
            hidden.add(question.id)
            must = case.form.must_answer(question) or case.form.must_document(question)
            code = "required_but_hidden" if must else "unreachable_question"
            what = "has to be answered, yet it" if must else "is of no use: it"
            message = f"'{question.id}' {what} can never be shown, since no answers make its condition true"
            yield Flaw((*loc, "when"), question.id, code, message)


def _requirements(case: Case, search: Search, hidden: set[str]) -> Iterator[Flaw]:
    for at, requirement in enumerate(case.form.requirements):
        asked = [question for question in case.form.questions_of(requirement.id) if question.asks]
        loc = ("requirements", at)
        if not asked:
            if requirement.state == "compulsory":
                message = f"'{requirement.id}' is compulsory, and no question documents it: name it in a question"
                yield Flaw(loc, requirement.id, "requirement_without_question", message)
            elif requirement.state == "optional" and requirement.points:
                message = f"nobody can reach the points of '{requirement.id}': no question documents it"
                yield Flaw(loc, requirement.id, "unreachable_score", message)
        elif _all_hidden(requirement, asked, hidden):
            message = f"nobody can reach the points of '{requirement.id}': its questions are never shown"
            yield Flaw(loc, requirement.id, "unreachable_score", message)
        elif requirement.state == "compulsory" and _may_be_hidden(case, search, asked):
            message = f"some answers hide every question of '{requirement.id}', which then can't be documented"
            yield Flaw(loc, requirement.id, "requirement_may_be_hidden", message)


def _all_hidden(requirement: Requirement, asked: list[Question], hidden: set[str]) -> bool:
    scored = requirement.state in {"compulsory", "optional"} and requirement.points > 0
    return scored and all(question.id in hidden for question in asked)


def _may_be_hidden(case: Case, search: Search, asked: list[Question]) -> bool:
    conditions = [conditions_of(case.form, question) for question in asked]
    if any(not found for found in conditions) or not case.trusts(*(question.id for question in asked)):
        return False
    every = [condition for found in conditions for condition in found]
    return (
        search.ever(
            every, lambda world: world.may_be_submitted and not any(world.shows(question) for question in asked)
        )
        is True
    )


def _rules(case: Case, search: Search, hidden: set[str]) -> Iterator[Flaw]:
    for at, rule in enumerate(case.form.rules):
        pointed = [question for name in rule.questions if (question := case.form.question(name))]
        if not case.trusts(rule.id, *rule.questions) or all(question.id in hidden for question in pointed):
            continue
        seen = _Rule(search, case, rule, pointed)
        if seen.broken() is True and seen.broken(shown=True) is False:
            message = f"nobody sees the message of rule '{rule.id}': when it is broken, what it points at is hidden"
            yield Flaw(("rules", at, "questions"), rule.id, "rule_never_seen", message)
        elif seen.kept() is False and seen.broken(shown=True) is True:
            message = f"no answers keep rule '{rule.id}': whoever answers what it asks about can never submit"
            yield Flaw(("rules", at, "must"), rule.id, "rule_never_kept", message)


class _Rule:
    """What can become of one rule."""

    def __init__(self, search: Search, case: Case, rule: Rule, pointed: list[Question]) -> None:
        self.search, self.rule, self.pointed = search, rule, pointed
        self.conditions = [rule.must, *(one for question in pointed for one in conditions_of(case.form, question))]

    def broken(self, *, shown: bool = False) -> bool | None:
        """Whether it can be broken, and its message be `shown`."""
        return self.search.ever(
            self.conditions, lambda world: world.truth(self.rule.must) is False and (self._seen(world) or not shown)
        )

    def kept(self) -> bool | None:
        """Whether it can be kept while its message could be shown."""
        return self.search.ever(
            self.conditions, lambda world: world.truth(self.rule.must) is True and self._seen(world)
        )

    def _seen(self, world: World) -> bool:
        return any(world.shows(question) for question in self.pointed)
