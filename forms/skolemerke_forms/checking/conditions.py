"""Whether each condition asks what its question can answer."""

from __future__ import annotations

import re
from collections.abc import Iterator

from skolemerke_forms.checking.case import Case
from skolemerke_forms.conditions import Condition
from skolemerke_forms.definition import Form
from skolemerke_forms.questions import (
    NOT_APPLICABLE,
    Choice,
    Choices,
    Computed,
    Date,
    DeclarationQuestion,
    File,
    Group,
    Matrix,
    Note,
    Number,
    Question,
    RegistryList,
    ScaleQuestion,
    YesNo,
)
from skolemerke_forms.whole import Flaw, Loc, conditions_in, located_terms

_COMPARED = re.compile(r"""\b([a-z][a-z0-9_]*)\s*[!=]=\s*(?:"([^"\\]*)"|'([^'\\]*)')""")

TAKES: tuple[tuple[type[Question] | tuple[type[Question], ...], frozenset[str]], ...] = (
    ((Note, File), frozenset()),
    ((Group, RegistryList), frozenset(("answered", "at_least", "at_most"))),
    ((Number, Choices, Matrix, Computed), frozenset(("is", "answered", "at_least", "at_most"))),
)
"""What can be asked of a question of these types; of the library's other types `is` and `answered`."""


def flaws(case: Case) -> Iterator[Flaw]:
    """Conditions that ask for what is not offered, or what can't be asked of that type of question."""
    for loc, part, condition in conditions_in(case.form):
        for inner, term in located_terms(condition):
            at = (*loc, *inner) if loc[-1] != "value" else loc
            if term.question:
                yield from _of_answer(case, at, part, term)
            elif term.cel:
                yield from _of_expression(case, at, part, term.cel)


def offered(question: Question, form: Form) -> list[str] | None:
    """The values among which an answer is chosen; none where it is written, or not known."""
    if isinstance(question, YesNo):
        return ["yes", "no"]
    if isinstance(question, DeclarationQuestion):
        return ["yes"]
    if isinstance(question, Choice | Choices):
        return [option.value for option in question.options]
    if isinstance(question, ScaleQuestion | Matrix):
        levels = next((scale.levels for scale in form.scales if scale.id == question.scale), None)
        if levels is None:
            return None
        return [*(level.value for level in levels), *((NOT_APPLICABLE,) if question.may_not_apply else ())]
    return None


def _of_answer(case: Case, loc: Loc, part: str, term: Condition) -> Iterator[Flaw]:
    question = case.form.question(term.question or "")
    if question is None or not case.trusts(question.id):
        return
    asked = _tests_of(term)
    can = next((tests for types, tests in TAKES if isinstance(question, types)), frozenset(("is", "answered")))
    if not type(question).__module__.startswith("skolemerke_forms."):
        can |= {"at_least", "at_most"}
    strange = [test for test in asked if test not in can]
    if strange:
        ways = " and ".join(f"'{test}'" for test in sorted(can)) or "nothing"
        message = f"'{strange[0]}' can't be asked of '{question.id}', which is a {question.type}; ask {ways}"
        yield Flaw((*loc, strange[0]), part, "wrong_test", message, (question.id,))
        return
    choices = offered(question, case.form)
    for at, value in enumerate(term.is_):
        if choices is not None and value not in choices:
            yield _not_offered((*loc, "is", at), part, question, value, choices)
        elif choices is None and (said := _as_written(question, value, case.form)) is not None:
            yield Flaw((*loc, "is", at), part, "wrong_test", said, (question.id,))


def _tests_of(term: Condition) -> list[str]:
    found = {
        "is": bool(term.is_),
        "answered": term.answered is not None,
        "at_least": term.at_least is not None,
        "at_most": term.at_most is not None,
    }
    return [test for test, there in found.items() if there]


def _as_written(question: Question, value: str, form: Form) -> str | None:
    """What is wrong with a value that a written answer is compared with."""
    if not isinstance(question, Number | Date):
        return None
    clean = question.clean(value, form).value
    if clean == value:
        return None
    if clean is None:
        return f"'{question.id}' can never be '{value}', which is no answer that it takes"
    return f"'{question.id}' is kept as '{clean}', so it can never be '{value}': write '{clean}'"


def _of_expression(case: Case, loc: Loc, part: str, source: str) -> Iterator[Flaw]:
    at = loc if loc[-1] == "value" else (*loc, "cel")
    for name, double, single in _COMPARED.findall(source):
        question = case.form.question(name)
        if question is None or isinstance(question, Matrix | Choices) or not case.trusts(name):
            continue
        choices = offered(question, case.form)
        if choices is not None and (value := double or single) not in choices:
            yield _not_offered(at, part, question, value, choices)


def _not_offered(loc: Loc, part: str, question: Question, value: str, choices: list[str]) -> Flaw:
    message = f"'{question.id}' does not offer '{value}'; it offers {', '.join(choices)}"
    return Flaw(loc, part, "not_offered", message, (question.id,))
