"""What has to hold between the parts of a form: ids stand once, and what is named is there, and stands before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

from skolemerke_forms.conditions import Condition
from skolemerke_forms.questions import Choice, Choices, Computed, Group, Matrix, Question
from skolemerke_forms.values import Value

if TYPE_CHECKING:
    from skolemerke_forms.definition import Form

Loc = tuple[int | str, ...]


@dataclass(frozen=True)
class Flaw:
    """Something wrong with a part of a form: where in its data, and which ids it speaks of besides the part's own."""

    loc: Loc
    part: str
    code: str
    message: str
    names: tuple[str, ...] = ()


def require_whole(form: Form) -> None:
    """Raise a `ValidationError` with everything in which the parts of a form do not fit together."""
    flaws = list(flaws_between(form))
    if flaws:
        details: list[InitErrorDetails] = [
            {"type": PydanticCustomError(flaw.code, "{said}", {"said": flaw.message}), "loc": flaw.loc, "input": None}
            for flaw in flaws
        ]
        raise ValidationError.from_exception_data(type(form).__name__, details)


def flaws_between(form: Form) -> Iterator[Flaw]:
    """Everything in which the parts of a form do not fit together."""
    yield from _repeated_ids(form)
    yield from _repeated_values(form)
    order = _Order(form)
    for loc, question in questions_in(form):
        yield from _misfits(form, loc, question)
    for loc, part, condition in conditions_in(form):
        yield from order.flaws(loc, part, condition)
    for at, rule in enumerate(form.rules):
        for index, name in enumerate(rule.questions):
            if form.question(name) is None:
                message = f"rule '{rule.id}' points at the unknown question '{name}'"
                yield Flaw(("rules", at, "questions", index), rule.id, "unknown_question", message, (name,))


def questions_in(form: Form) -> Iterator[tuple[Loc, Question]]:
    """Every question with the path to it, columns of groups left out."""
    for at, section in enumerate(form.sections):
        for index, question in enumerate(section.questions):
            yield ("sections", at, "questions", index), question


def conditions_in(form: Form) -> Iterator[tuple[Loc, str, Condition]]:
    """Every condition, with the path to it and the id of its part; a computed value counts as one in CEL."""
    for at, section in enumerate(form.sections):
        if section.when:
            yield ("sections", at, "when"), section.id, section.when
        for index, question in enumerate(section.questions):
            here: Loc = ("sections", at, "questions", index)
            if question.when:
                yield (*here, "when"), question.id, question.when
            if isinstance(question, Computed):
                yield (*here, "value"), question.id, Condition(cel=question.value)
    for at, rule in enumerate(form.rules):
        yield ("rules", at, "must"), rule.id, rule.must


def ids_in(form: Form) -> Iterator[tuple[Loc, str, Value]]:
    """Every part that has an id, with the path to the id."""
    for at, scale in enumerate(form.scales):
        yield ("scales", at, "id"), scale.id, scale
    for at, requirement in enumerate(form.requirements):
        yield ("requirements", at, "id"), requirement.id, requirement
    for at, section in enumerate(form.sections):
        yield ("sections", at, "id"), section.id, section
        for index, question in enumerate(section.questions):
            here: Loc = ("sections", at, "questions", index)
            yield (*here, "id"), question.id, question
            for number, column in enumerate(question.columns if isinstance(question, Group) else ()):
                yield (*here, "columns", number, "id"), column.id, column
    for at, rule in enumerate(form.rules):
        yield ("rules", at, "id"), rule.id, rule


def _repeated_ids(form: Form) -> Iterator[Flaw]:
    seen: set[str] = set()
    for loc, name, _part in ids_in(form):
        if name in seen:
            message = f"the id '{name}' stands twice; every part needs its own"
            yield Flaw(loc, name, "repeated_id", message)
        seen.add(name)


def _repeated_values(form: Form) -> Iterator[Flaw]:
    for loc, name, part in ids_in(form):
        for key, items in lists_of(part):
            seen: set[str] = set()
            for index, item in enumerate(items):
                if item.value in seen:
                    message = f"the value '{item.value}' stands twice in '{name}'; each needs its own"
                    yield Flaw((*loc[:-1], key, index, "value"), name, "repeated_value", message)
                seen.add(item.value)


def lists_of(part: Any) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """The lists of a part whose items have a value and a label: options, rows, levels."""
    if isinstance(part, Choice | Choices):
        yield "options", part.options
    elif isinstance(part, Matrix):
        yield "rows", part.rows
    elif hasattr(part, "levels"):
        yield "levels", part.levels


def _misfits(form: Form, loc: Loc, question: Question) -> Iterator[Flaw]:
    if question.requirement and form.requirement(question.requirement) is None:
        message = f"question '{question.id}' names the unknown requirement '{question.requirement}'"
        yield Flaw((*loc, "requirement"), question.id, "unknown_requirement", message, (question.requirement,))
    try:
        question.check_within(form)
    except PydanticCustomError as error:
        at = (error.context or {}).get("at", ())
        yield Flaw((*loc, *at), question.id, error.type, error.message(), tuple(map(str, at)))
    except ValueError as error:
        yield Flaw(loc, question.id, "wrong_value", str(error))


class _Order:
    """Which question stands before which, and what each condition asks about."""

    def __init__(self, form: Form) -> None:
        self.form = form
        self.places = {question.id: at for at, question in enumerate(form.questions())}
        self.begins: dict[str, int] = {}
        at = 0
        for section in form.sections:
            self.begins[section.id] = at
            at += len(section.questions)
        self.asked: dict[str, set[str]] = {}
        for _, part, condition in conditions_in(form):
            self.asked.setdefault(part, set()).update(condition.names())
        for section in form.sections:
            for question in section.questions:
                self.asked.setdefault(question.id, set()).update(self.asked.get(section.id, ()))

    def flaws(self, loc: Loc, part: str, condition: Condition) -> Iterator[Flaw]:
        """What a condition names that is not there, or not before it."""
        # Rules are asked last; a section before its first question.
        limit = self.places.get(part, self.begins.get(part, len(self.places)))
        for inner, term in located_terms(condition):
            for name in sorted(term.own_names()):
                at, is_cel = (*loc, *inner), bool(term.cel)
                if name not in self.places:
                    code = "unknown_name" if is_cel else "unknown_question"
                    message = f"the condition of '{part}' names the unknown question '{name}'"
                    if is_cel:
                        message = f"the expression of '{part}' names '{name}', which is no question of this form"
                    yield Flaw(self._at(at, term, loc), part, code, message, (name,))
                elif self.places[name] >= limit:
                    circle = self._leads_to(name, part)
                    message = f"the condition of '{part}' asks about '{name}', which does not stand before it; "
                    message += "and that one depends on it in turn: break the circle" if circle else "move one of them"
                    code = "cycle" if circle else "forward_reference"
                    yield Flaw(self._at(at, term, loc), part, code, message, (name,))

    def _at(self, at: Loc, term: Condition, loc: Loc) -> Loc:
        if loc[-1] == "value":
            return loc
        return (*at, "cel" if term.cel else "question")

    def _leads_to(self, name: str, part: str) -> bool:
        seen: set[str] = set()
        open_names = [name]
        while open_names:
            here = open_names.pop()
            if here == part or self._within(here, part):
                return True
            if here not in seen:
                seen.add(here)
                open_names += self.asked.get(here, ())
        return False

    def _within(self, question: str, part: str) -> bool:
        section = self.form.section_of(question)
        return section is not None and section.id == part


def located_terms(condition: Condition, loc: Loc = ()) -> Iterator[tuple[Loc, Condition]]:
    """A condition and all within it, each with the path to it."""
    yield loc, condition
    for key, parts in (("all", condition.all_), ("any", condition.any_)):
        for at, part in enumerate(parts):
            yield from located_terms(part, (*loc, key, at))
    if condition.not_:
        yield from located_terms(condition.not_, (*loc, "not"))
