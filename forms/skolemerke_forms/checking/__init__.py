"""The check of a form: every fault of one run, each with a stable code, at its line, with the way to mend it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from skolemerke_forms.checking import conditions, expressions, reach, shape
from skolemerke_forms.checking.case import Case
from skolemerke_forms.checking.salvage import salvage
from skolemerke_forms.definition import Form
from skolemerke_forms.located import Finding, Mark, place, read_leniently
from skolemerke_forms.questions import QUESTION_TYPES, Question
from skolemerke_forms.whole import Flaw, flaws_between

CHECKS: tuple[Callable[[Case], Iterable[Flaw]], ...] = (
    conditions.flaws,
    expressions.flaws,
    shape.flaws,
    reach.flaws,
)


@dataclass(frozen=True)
class Examined:
    """A definition after the check: the form as far as it could be made, and whether nothing was left out of it."""

    form: Form | None
    findings: list[Finding]
    whole: bool


def examine(
    data: Any,
    *,
    question_types: Mapping[str, type[Question]] = QUESTION_TYPES,
    reserved_sections: frozenset[str] = frozenset(),
    file: str = "form.yaml",
) -> Examined:
    """Check a definition as it was read (`located`), and give the form that could be made of it all the same."""
    salvaged = salvage(data, {"question_types": question_types}, file)
    found = list(salvaged.findings)
    if salvaged.form is not None:
        case = Case(salvaged.form, salvaged.data, lost=salvaged.lost, reserved=reserved_sections | shape.RESERVED_PARTS)
        flaws = case.worth_saying(flaws_between(case.form))
        for check in CHECKS:
            flaws += case.worth_saying(check(case))
        found += [at_place(flaw, case.data, file) for flaw in flaws]
    return Examined(salvaged.form, in_order(found), whole=not salvaged.findings)


def check_form(data: Any, **settings: Any) -> list[Finding]:
    """Everything that is wrong with a definition, in the order of its lines; see `examine`."""
    return examine(data, **settings).findings


def check_text(text: str, *, file: str = "form.yaml", **settings: Any) -> list[Finding]:
    """Everything that is wrong with the text of a definition; see `examine`."""
    data, found = read_leniently(text, file)
    if not is_cut(found):
        found += check_form(data, file=file, **settings)
    return in_order(found)


def is_cut(findings: Iterable[Finding]) -> bool:
    """Whether a file could be read only in part, so that nothing can be said of what is missing in it."""
    return any(finding.code in {"not_yaml", "not_mapping", "nested_too_deep"} for finding in findings)


def at_place(flaw: Flaw, data: Any, file: str) -> Finding:
    """A flaw of a form as a finding in the file that it was read from."""
    mark = place(data, flaw.loc, file)
    return Finding.at(mark if mark.file else Mark(file), flaw.code, flaw.message)


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Findings by file and line, none twice."""
    return sorted(dict.fromkeys(findings), key=lambda one: (one.file, one.line, one.column, one.code, one.message))
