"""Whom a condition lets see a question: whether one condition holds wherever another does."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import Literal

from skolemerke_forms.comparing.change import Class, worst
from skolemerke_forms.conditions import Condition
from skolemerke_forms.definition import Form
from skolemerke_forms.expressions import expression
from skolemerke_forms.questions import Computed, Question

Reach = Literal["same", "fewer", "more", "others"]


@dataclass(frozen=True)
class Compared:
    """Two forms that are compared."""

    old: Form
    new: Form

    @cached_property
    def named(self) -> frozenset[str]:
        """The questions about which a condition, a rule or a computed value of either form asks."""
        return frozenset(name for form in (self.old, self.new) for name in _named_in(form))


def reach(before: Condition | None, after: Condition | None) -> Reach:
    """Whether a question is asked of the same schools as before, of fewer, of more, or of others.

    What can't be proved counts as `others`.
    """
    narrower, wider = _always(after, before), _always(before, after)
    if narrower and wider:
        return "same"
    return "fewer" if narrower else "more" if wider else "others"


def kind_of_reach(found: Reach, questions: list[tuple[Question, Question]], compared: Compared) -> Class:
    """How a change of reach is classed, by the questions (as they were and are) that it shows or hides."""
    if found == "same":
        return "wording"
    if found == "others":
        return "narrowing"
    return worst(
        _kind_of_hiding(before, compared) if found == "fewer" else kind_of_asking(after, compared)
        for before, after in questions
    )


def kind_of_asking(question: Question, compared: Compared) -> Class:
    """How it is classed that a question is asked which was not asked before."""
    form = compared.new
    documents = question.requirement is not None and (question.required or question.evidence != "none")
    if form.must_answer(question) or form.must_document(question) or documents:
        return "narrowing"
    if question.most_points(form):
        return "score_changing"
    return "narrowing" if question.id in compared.named and compared.old.question(question.id) else "widening"


def _kind_of_hiding(question: Question, compared: Compared) -> Class:
    if question.id in compared.named:
        return "narrowing"
    # A requirement is documented by questions that are shown, and a hidden answer gives no points.
    return "score_changing" if question.requirement or question.most_points(compared.old) else "widening"


@lru_cache(maxsize=8192)
def holds_wherever(narrow: Condition, wide: Condition) -> bool:
    """Whether it can be proved that `wide` is true of all answers of which `narrow` is.

    Remembered, since nested conditions lead to the same two parts on very many ways.
    """
    if narrow == wide:
        return True
    if narrow.any_:
        return all(holds_wherever(part, wide) for part in narrow.any_)
    if wide.all_:
        return all(holds_wherever(narrow, part) for part in wide.all_)
    some = any(holds_wherever(part, wide) for part in narrow.all_)
    some = some or any(holds_wherever(narrow, part) for part in wide.any_)
    if narrow.not_ and wide.not_:
        return fails_wherever(narrow.not_, wide.not_)
    return some or (_ask_the_same(narrow, wide) and _answers_within(narrow, wide))


@lru_cache(maxsize=8192)
def fails_wherever(narrow: Condition, wide: Condition) -> bool:
    """Whether it can be proved that `wide` is false of all answers of which `narrow` is; undetermined is not false."""
    if narrow == wide:
        return True
    if narrow.all_:
        return all(fails_wherever(part, wide) for part in narrow.all_)
    if wide.any_:
        return all(fails_wherever(narrow, part) for part in wide.any_)
    some = any(fails_wherever(part, wide) for part in narrow.any_)
    some = some or any(fails_wherever(narrow, part) for part in wide.all_)
    if narrow.not_ and wide.not_:
        return holds_wherever(narrow.not_, wide.not_)
    # Whether something was answered is never undetermined, whereas a value is: they do not compare.
    tests_values = narrow.answered is None and wide.answered is None
    return some or (_ask_the_same(narrow, wide) and tests_values and _answers_within(wide, narrow))


def _ask_the_same(one: Condition, other: Condition) -> bool:
    return one.question is not None and one.question == other.question


def _always(narrow: Condition | None, wide: Condition | None) -> bool:
    if wide is None:
        return True
    return narrow is not None and holds_wherever(narrow, wide)


def _answers_within(narrow: Condition, wide: Condition) -> bool:
    """Whether every answer that the one test takes is taken by the other; both ask about the same question."""
    if wide.answered is not None:
        return wide.answered and narrow.answered is not False
    if narrow.answered is not None:
        return False
    if narrow.is_ or wide.is_:
        return bool(narrow.is_) and set(narrow.is_) <= set(wide.is_)
    return _least(narrow) >= _least(wide) and _most(narrow) <= _most(wide)


def _least(condition: Condition) -> Decimal:
    return condition.at_least if condition.at_least is not None else Decimal("-Infinity")


def _most(condition: Condition) -> Decimal:
    return condition.at_most if condition.at_most is not None else Decimal("Infinity")


def _named_in(form: Form) -> set[str]:
    conditions = [part.when for part in form.sections] + [question.when for question in form.questions()]
    named = {name for condition in conditions if condition for name in condition.names()}
    named |= {name for rule in form.rules for name in rule.must.names()}
    for question in form.questions():
        if isinstance(question, Computed):
            named |= expression(question.value).names
    return named
