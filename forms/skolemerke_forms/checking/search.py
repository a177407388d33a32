"""Tries the answers on which conditions turn, to find what can ever be shown.

Only the questions on which a condition depends are varied, each over the few answers that some condition tells
apart. Where that would be too many, or where an expression may tell more apart, nothing is claimed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from itertools import combinations, islice, pairwise, product

from skolemerke_forms.answers import NOTHING, AnswerSet, Reading
from skolemerke_forms.checking.case import Case
from skolemerke_forms.checking.conditions import offered
from skolemerke_forms.cleaning import Cleaned
from skolemerke_forms.conditions import Condition
from skolemerke_forms.definition import Form
from skolemerke_forms.expressions import expression
from skolemerke_forms.questions import (
    Choices,
    Computed,
    Date,
    File,
    Group,
    Link,
    LongText,
    Matrix,
    Note,
    Number,
    Question,
    RegistryList,
    ShortText,
)

MAX_WORLDS = 4000
"""The most sets of answers that are tried for one question."""

BUDGET = 20_000
"""The most that are tried for a whole form."""

MAX_QUESTIONS = 8
"""On how many questions a condition may depend for its answers to be tried."""

MAX_SUBSETS = 6
"""Of how many options all combinations are tried."""


class World(Reading):
    """A reading in which the answers are given, not typed; in a free one, an answer counts although it is hidden."""

    def __init__(self, form: Form, answers: dict[str, Cleaned], *, free: bool) -> None:
        super().__init__(form, AnswerSet())
        self._given, self._free = answers, free

    @property
    def may_be_submitted(self) -> bool:
        """Whether no question on which this depends is open that has to be answered."""
        asked = [question for name in self._given if (question := self.form.question(name))]
        return not any(
            self.form.must_answer(question) and self.shows(question) and self.cleaned(question).value is None
            for question in asked
        )

    def cleaned(self, question: Question) -> Cleaned:
        """The answer that is tried, where the question is shown."""
        given = self._given.get(question.id)
        if not (self._free and given is not None) and not self.shows(question):
            return NOTHING
        if isinstance(question, Computed) and given is None:
            return question.read(self)
        return given or NOTHING


class Search:
    """Tries sets of answers under one form, until its budget is used up."""

    def __init__(self, case: Case) -> None:
        self.case, self.form = case, case.form
        self.budget = BUDGET

    def ever(self, conditions: Sequence[Condition], holds: Callable[[World], bool]) -> bool | None:
        """Whether some answers make `holds` true, which depends on these conditions alone; none when unknown.

        First each question that they name may be answered freely: what is impossible then is so under any
        conditions. Only then is it asked whether those answers can be given together.
        """
        freely = self._tried(conditions, holds, free=True)
        return False if freely is False else self._tried(conditions, holds, free=False)

    def _tried(self, conditions: Sequence[Condition], holds: Callable[[World], bool], *, free: bool) -> bool | None:
        asked = self._asked(conditions, deep=not free)
        if asked is None or len(asked[0]) > MAX_QUESTIONS:
            return None
        names, terms = asked
        if any(term.cel and expression(term.cel).walks_lists for term in terms):
            # Milliseconds for one set of answers, and minutes for thousands.
            return None
        whole = True
        choices: list[list[tuple[str, Cleaned]]] = []
        for name in names:
            question = self.form.question(name)
            if question is None or (isinstance(question, Computed) and not free):
                continue
            answers, all_of_them = _answers(question, self.form, [term for term in terms if name in term.own_names()])
            whole = whole and all_of_them
            choices.append([(name, answer) for answer in answers])
        tried = 0
        for picked in islice(product(*choices), max(0, min(MAX_WORLDS, self.budget)) + 1):
            tried += 1
            if holds(World(self.form, dict(picked), free=free)):
                self.budget -= tried
                return True
        self.budget -= tried
        return False if whole and tried <= MAX_WORLDS and self.budget >= 0 else None

    def _asked(self, conditions: Sequence[Condition], *, deep: bool) -> tuple[list[str], list[Condition]] | None:
        """Every question that conditions name, with all terms that ask about them; `deep`, also those on which these
        depend in turn. None when one is in doubt."""
        terms: list[Condition] = []
        names: set[str] = set()
        waiting = list(conditions)
        while waiting and len(names) <= MAX_QUESTIONS:
            condition = waiting.pop()
            terms += condition.terms()
            for name in condition.names() - names:
                question = self.form.question(name)
                if question is None or not self.case.trusts(name):
                    return None
                names.add(name)
                waiting += conditions_of(self.form, question) if deep else []
        return sorted(names), terms


def conditions_of(form: Form, question: Question) -> list[Condition]:
    """On what it depends that a question is shown, and what a computed one gives."""
    section = form.section_of(question.id)
    found = [condition for condition in (section.when if section else None, question.when) if condition]
    return [*found, Condition(cel=question.value)] if isinstance(question, Computed) else found


def _answers(question: Question, form: Form, terms: list[Condition]) -> tuple[list[Cleaned], bool]:
    """The answers to try, and whether no others can make a difference to the terms."""
    if isinstance(question, Note | File):
        return [NOTHING], True
    if isinstance(question, Computed):
        return [NOTHING], False
    in_cel = any(term.cel for term in terms)
    named = list(dict.fromkeys(value for term in terms for value in term.is_))
    values, whole = _values(question, form, terms, named, in_cel=in_cel)
    return [*values, NOTHING], whole


def _values(
    question: Question, form: Form, terms: list[Condition], named: list[str], *, in_cel: bool
) -> tuple[list[Cleaned], bool]:
    choices = offered(question, form)
    if isinstance(question, Matrix):
        return _of_matrix(question, choices or [], named), not in_cel and len(question.rows) <= MAX_SUBSETS
    if isinstance(question, Choices):
        few = len(choices or ()) <= MAX_SUBSETS
        return list(_subsets(choices or [], few=few)), few
    if choices is not None:
        others = [value for value in choices if value not in named]
        kept = choices if in_cel else [value for value in choices if value in named] + others[:1]
        return [Cleaned(value=value) for value in kept], True
    if isinstance(question, Group | RegistryList):
        return _of_rows(question, terms), not in_cel
    if isinstance(question, Number):
        return list(_of_number(question, form, terms, named)), not in_cel
    return list(_of_text(question, form, named)), not in_cel and type(question) in _OTHER


def _subsets(choices: list[str], *, few: bool) -> Iterator[Cleaned]:
    sizes = range(1, len(choices) + 1) if few else (1, 2, len(choices))
    for size in sizes:
        for picked in combinations(choices, size):
            yield Cleaned(value=picked)


def _of_matrix(question: Matrix, levels: list[str], named: list[str]) -> list[Cleaned]:
    rows = [row.value for row in question.rows]
    kept = [level for level in levels if level in named] + [level for level in levels if level not in named][:1]
    return [
        Cleaned(value={row: picked[min(at, size - 1)] for at, row in enumerate(rows[:count])})
        for count in range(1, len(rows) + 1)
        for size in range(1, min(count, len(kept)) + 1)
        for picked in combinations(kept, size)
    ]


def _of_rows(question: Group | RegistryList, terms: list[Condition]) -> list[Cleaned]:
    most = question.at_most if isinstance(question, Group) else 100
    counts = {1, most}
    for term in terms:
        for limit in (term.at_least, term.at_most):
            if limit is not None:
                counts |= {int(limit) - 1, int(limit), int(limit) + 1}
    return [Cleaned(value=({"row": "r"},) * count) for count in sorted(counts) if 1 <= count <= most]


def _of_number(question: Number, form: Form, terms: list[Condition], named: list[str]) -> Iterator[Cleaned]:
    limits = {limit for term in terms for limit in (term.at_least, term.at_most) if limit is not None}
    edges = sorted(limits | {Decimal(0), *(x for x in (question.minimum, question.maximum) if x is not None)})
    between = {(low + high) / 2 for low, high in pairwise(edges)}
    tried = {*edges, *between, edges[0] - 1, edges[-1] + 1}
    for text in dict.fromkeys([*named, *(f"{figure:f}" for figure in sorted(tried))]):
        cleaned = question.clean(text, form)
        if cleaned.value is not None:
            yield cleaned


_OTHER: dict[type[Question], str] = {
    ShortText: "x",
    LongText: "x",
    Date: "2019-03-07",
    Link: "https://example.org/another",
}
"""An answer that no condition names, by type."""


def _of_text(question: Question, form: Form, named: list[str]) -> Iterator[Cleaned]:
    for text in named:
        cleaned = question.clean(text, form)
        if cleaned.value is not None:
            yield cleaned
    other = _OTHER.get(type(question), "x")
    if isinstance(question, LongText):
        other = " ".join([other] * max(1, question.min_words))
    if other not in named:
        yield Cleaned(value=other)
