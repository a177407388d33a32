"""What changed from one edition to another, part by part, in sentences.

Each change is classed: `wording` changes words only; `widening` makes it easier for every applicant;
`narrowing` asks for more; `score_changing` may move points either way. Drafts take over the first two by
themselves. Whatever is not recognised counts as narrowing.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from skolemerke_forms.comparing import (
    BY_ITSELF,
    Change,
    Class,
    form_differences,
    said_differently,
    sentence_of,
)

from skolemerke.contract.rounds import Round
from skolemerke.rounds.composition import Content, FrozenCriterion, FrozenPolicy
from skolemerke.speech import marked as _
from skolemerke.speech import say, speaking

__all__ = ["Change", "Class", "differences", "in_words", "of_rounds", "reaches_drafts"]


def differences(old: Content, new: Content) -> list[Change]:
    """Every change from `old` to `new`, in the order of the form."""
    return [*_of_criteria(old, new), *form_differences(old.form, new.form), *_of_policy(old.policy, new.policy)]


def of_rounds(old: Round, new: Round) -> list[Change]:
    """What changed of how results are released: no part of an edition, so drafts have nothing to take over."""
    if old.release == new.release:
        return []
    if new.release == "one_by_one":
        one_by_one = _(
            "Results are now released one by one, also while the round is open: a school that was refused may improve "
            "its application and submit it again. They were released together, after closing."
        )
        return [_change("round", "release", "changed", "widening", one_by_one)]
    together = _(
        "Results are now released together, after closing. They were released one by one, also while the round was "
        "open, so that a school that was refused could improve its application and submit it again."
    )
    return [_change("round", "release", "changed", "narrowing", together)]


def reaches_drafts(changes: list[Change]) -> bool:
    """Whether drafts take the changes over by themselves."""
    return all(change.kind in BY_ITSELF for change in changes)


def in_words(change: Change, old: Content, new: Content, language: str) -> str:
    """A change as a sentence in a language."""
    forms = old.form.in_language(language), new.form.in_language(language)
    with speaking(language):
        if change.part != "criterion":
            return sentence_of(change, *forms, say)
        # A condition is checked against the register; a school reads it by its label.
        first, second = (old, new) if change.change == "removed" else (new, old)
        criterion = first.criterion(change.id) or second.criterion(change.id)
        label = criterion.said(language, criterion.language).label if criterion else ""
        return change.sentence(label or change.id, say)


def _of_criteria(old: Content, new: Content) -> Iterator[Change]:
    before = {criterion.id: criterion for criterion in old.criteria}
    after = {criterion.id: criterion for criterion in new.criteria}
    for name in {**before, **after}:
        if name not in after:
            yield _change("criterion", name, "removed", "widening", _("The condition “%(name)s” was dropped."))
        elif name not in before:
            yield _change("criterion", name, "added", "narrowing", _("The condition “%(name)s” is new."))
        else:
            yield from _of_criterion(before[name], after[name])


def _of_criterion(before: FrozenCriterion, after: FrozenCriterion) -> Iterator[Change]:
    yield from _of_parameters(after.id, before.parameters, after.parameters)
    if before.kind != after.kind:
        message = _("The condition “%(name)s” is checked in another way.")
        yield _change("criterion", after.id, "changed", "narrowing", message)
    if said_differently(before, after):
        message = _("The wording of the condition “%(name)s” changed.")
        yield _change("criterion", after.id, "changed", "wording", message)


def _of_parameters(name: str, before: dict[str, Any], after: dict[str, Any]) -> Iterator[Change]:
    message = _("The condition “%(name)s”: %(parameter)s is now %(after)s; it was %(before)s.")
    for parameter in {**before, **after}:
        was, is_now = before.get(parameter), after.get(parameter)
        if was != is_now:
            figures = {"parameter": parameter, "before": _said(was), "after": _said(is_now)}
            yield _change("criterion", name, "changed", "narrowing", message, **figures)


def _of_policy(old: FrozenPolicy, new: FrozenPolicy) -> Iterator[Change]:
    was, is_now = dict(old.parameters), dict(new.parameters)
    mark_before, mark_after = was.pop("pass_mark", None), is_now.pop("pass_mark", None)
    if mark_before != mark_after:
        easier = mark_after is None or (
            mark_before is not None and Decimal(str(mark_after)) < Decimal(str(mark_before))
        )
        message = _("The pass mark is %(after)s; it was %(before)s.")
        figures = {"before": _said(mark_before), "after": _said(mark_after)}
        yield _change("scoring", "pass_mark", "changed", "widening" if easier else "narrowing", message, **figures)
    if was != is_now or old.kind != new.kind:
        yield _change(
            "scoring", "scoring", "changed", "score_changing", _("The way in which answers are scored changed.")
        )
    if said_differently(old, new):
        yield _change("scoring", "scoring", "changed", "wording", _("The words about how it is scored changed."))


def _change(part: str, name: str, change: Any, kind: Class, message: str, **figures: str) -> Change:
    return Change(part=part, id=name, change=change, kind=kind, message=message, figures=figures)


def _said(value: object) -> str:
    if value is None:
        return "–"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
