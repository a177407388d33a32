"""Whether each expression gives what it must, found by trying it on sample answers of the right types."""

from __future__ import annotations

import re
from collections.abc import Iterator

from skolemerke_forms.checking.case import Case
from skolemerke_forms.checking.conditions import offered
from skolemerke_forms.definition import Form
from skolemerke_forms.expressions import ExpressionFault, expression
from skolemerke_forms.questions import (
    Choices,
    Computed,
    Date,
    File,
    Group,
    Matrix,
    Note,
    Number,
    Question,
    RegistryList,
)
from skolemerke_forms.whole import Flaw, conditions_in, located_terms

SAMPLES = 3
"""How many sets of sample answers an expression is tried on."""

_WHOLE = re.compile(r"(?<![\w.\"'\[])(\d+)(?![\w.\]\"'])")


def flaws(case: Case) -> Iterator[Flaw]:
    """Expressions that mix types, give what their place does not take, or ask about what has no answer."""
    samples = [_answers(case.form, number) for number in range(SAMPLES)]
    for loc, part, condition in conditions_in(case.form):
        if not case.trusts(part):
            continue
        computed = loc[-1] == "value"
        for inner, term in located_terms(condition):
            if not term.cel:
                continue
            at = loc if computed else (*loc, *inner, "cel")
            asked = [case.form.question(name) for name in term.own_names()]
            if not case.trusts(*term.own_names()) or not all(_is_ours(question) for question in asked):
                continue
            mute = [name for name in sorted(term.own_names()) if isinstance(case.form.question(name), Note | File)]
            if mute:
                message = f"the expression of '{part}' asks about '{mute[0]}', which has no answer to speak of"
                yield Flaw(at, part, "wrong_test", message, (mute[0],))
            elif (said := _wrong_type(term.cel, samples, computed=computed)) is not None:
                code, what = said
                yield Flaw(at, part, code, f"the expression of '{part}' {what}", tuple(term.own_names()))


def _is_ours(question: Question | None) -> bool:
    """Whether it is known what an expression sees of a question: a plugin's own type may give anything."""
    return type(question).__module__.startswith("skolemerke_forms.")


def _wrong_type(source: str, samples: list[dict[str, object]], *, computed: bool) -> tuple[str, str] | None:
    for answers in samples:
        try:
            found = expression(source).tried(answers)
        except ExpressionFault as fault:
            if fault.code == "unknown_name":
                return fault.code, str(fault)
            return fault.code, f"mixes types that do not go together{_hint(source)}"
        if found is not None and not computed and not isinstance(found, bool):
            return "wrong_expression_type", f"gives {_called(found)}; a condition must be true or false"
        if found is not None and computed and not isinstance(found, bool | int | float | str):
            return "wrong_expression_type", f"gives {_called(found)}; a computed value is a number, a text or a truth"
    return None


def _hint(source: str) -> str:
    bare = re.sub(r"\"[^\"]*\"|'[^']*'", "''", source)
    whole = _WHOLE.search(bare)
    if whole:
        return f": answers are doubles, so write {whole.group(1)}.0 instead of {whole.group(1)}"
    if "size(" in bare:
        return ": size() gives a whole number, so write double(size(…)) beside other numbers"
    return ": numbers are doubles, days and choices are texts, and nothing is converted by itself"


def _called(found: object) -> str:
    names = ((bool, "a truth"), (int | float, "a number"), (str, "a text"), (list, "a list"), (dict, "a map"))
    return next((name for kind, name in names if isinstance(found, kind)), "something else")


def _answers(form: Form, number: int) -> dict[str, object]:
    """Sample answers to all questions as an expression sees them; each number gives another set."""
    found: dict[str, object] = {}
    for question in form.questions():
        found[question.id] = (
            _computed(question, found) if isinstance(question, Computed) else _sample(question, form, number)
        )
    return found


def _computed(question: Computed, answers: dict[str, object]) -> object:
    try:
        found = expression(question.value).tried(answers)
    except ExpressionFault:
        return None
    if isinstance(found, bool):
        return "yes" if found else "no"
    return float(found) if isinstance(found, int | float) else found


def _sample(question: Question, form: Form, number: int) -> object:
    values = offered(question, form)
    if values:
        return _chosen(question, values, number)
    if isinstance(question, Group):
        return [{c.id: _sample(c, form, number + row) for c in question.columns} for row in range(number + 1)]
    if isinstance(question, RegistryList):
        row = {"name": "A name", "details": "", "remark": "", "confirmed": "yes"}
        return [row] * (number + 1)
    if isinstance(question, Number):
        return float(number)
    if isinstance(question, Note | File):
        return None
    return f"202{number}-01-31" if isinstance(question, Date) else ("text", "12", "a longer text")[number % 3]


def _chosen(question: Question, values: list[str], number: int) -> object:
    if isinstance(question, Choices):
        return values[: number + 1]
    chosen = values[number % len(values)]
    return {row.value: chosen for row in question.rows} if isinstance(question, Matrix) else chosen
