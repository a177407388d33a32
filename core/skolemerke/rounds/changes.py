"""What changed from one edition to another, part by part, in sentences.

Each change is classed: `wording` changes words only; `widening` makes it easier for every applicant;
`narrowing` asks for more; `score_changing` may move points either way. Drafts take over the first two by
themselves. Whatever is not recognised counts as narrowing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any, Literal

from skolemerke_forms.definition import Requirement
from skolemerke_forms.questions import Question
from skolemerke_forms.values import Value, content_of
from skolemerke_forms.wording import Worded

from skolemerke.rounds.composition import Content

Class = Literal["wording", "widening", "narrowing", "score_changing"]

BY_ITSELF: frozenset[Class] = frozenset({"wording", "widening"})
EASE = {"compulsory": 0, "optional": 1, "waived": 2, "fixed": 2}


def _(message: str) -> str:
    """Mark a message for translation; it is translated where it is shown."""
    return message


class Change(Value):
    """One change. `message` is English with named figures; `%(name)s` stands for the part's label."""

    part: str
    id: str
    change: Literal["added", "removed", "changed"]
    kind: Class
    message: str
    figures: dict[str, str] = {}

    def sentence(self, name: str, say: Callable[[str], str] = str) -> str:
        """The change in words; `say` translates, `name` is the label of the part in that language."""
        figures = {key: say(value) for key, value in self.figures.items()}
        return say(self.message) % {"name": name, **figures}


STATES = {
    "compulsory": _("compulsory"),
    "optional": _("optional"),
    "waived": _("waived"),
    "fixed": _("fixed: it need not be documented and everybody gets its points"),
}


def differences(old: Content, new: Content) -> list[Change]:
    """Every change from `old` to `new`, in the order of the form."""
    found = list(_of_criteria(old, new))
    found += _of_requirements(old, new)
    found += _of_questions(old, new)
    found += _of_rest(old, new)
    return found


def reaches_drafts(changes: list[Change]) -> bool:
    """Whether drafts take the changes over by themselves."""
    return all(change.kind in BY_ITSELF for change in changes)


def label_of(content: Content, part_id: str, language: str) -> str:
    """The name of a part in a language, for the sentence of its change."""
    form = content.form.in_language(language)
    named = form.requirement(part_id) or form.question(part_id)
    if named is not None:
        return named.label
    criterion = content.criterion(part_id)
    if criterion is not None:
        return criterion.said(language, criterion.language).label or part_id
    return part_id


def _of_criteria(old: Content, new: Content) -> Iterator[Change]:
    before = {criterion.id: criterion for criterion in old.criteria}
    after = {criterion.id: criterion for criterion in new.criteria}
    for name in {**before, **after}:
        if name not in after:
            yield _change("criterion", name, "removed", "widening", _("The condition “%(name)s” was dropped."))
        elif name not in before:
            yield _change("criterion", name, "added", "narrowing", _("The condition “%(name)s” is new."))
        elif _bare(before[name]) != _bare(after[name]):
            yield from _of_parameters(name, before[name].parameters, after[name].parameters)


def _of_parameters(name: str, before: dict[str, Any], after: dict[str, Any]) -> Iterator[Change]:
    message = _("The condition “%(name)s”: %(parameter)s is now %(after)s; it was %(before)s.")
    for parameter in {**before, **after}:
        was, is_now = before.get(parameter), after.get(parameter)
        if was != is_now:
            figures = {"parameter": parameter, "before": _said(was), "after": _said(is_now)}
            yield _change("criterion", name, "changed", "narrowing", message, **figures)


def _of_requirements(old: Content, new: Content) -> Iterator[Change]:
    before = {requirement.id: requirement for requirement in old.form.requirements}
    after = {requirement.id: requirement for requirement in new.form.requirements}
    for name in {**before, **after}:
        if name not in after:
            yield _change("requirement", name, "removed", "widening", _("The requirement “%(name)s” was dropped."))
        elif name not in before:
            yield _change("requirement", name, "added", "narrowing", _("The requirement “%(name)s” is new."))
        else:
            yield from _of_requirement(before[name], after[name])


def _of_requirement(before: Requirement, after: Requirement) -> Iterator[Change]:
    if before.state != after.state:
        easier = EASE[after.state] > EASE[before.state] or (before.state, after.state) == ("waived", "fixed")
        message = _("The requirement “%(name)s” is now %(state)s.")
        kind: Class = "widening" if easier else "narrowing"
        yield _change("requirement", after.id, "changed", kind, message, state=STATES[after.state])
    if before.points != after.points:
        kind = "widening" if after.points > before.points else "narrowing"
        message = _("The requirement “%(name)s” gives %(after)s points instead of %(before)s.")
        figures = {"before": str(before.points), "after": str(after.points)}
        yield _change("requirement", after.id, "changed", kind, message, **figures)
    if (before.label, before.description, before.texts) != (after.label, after.description, after.texts):
        yield _change(
            "requirement", after.id, "changed", "wording", _("The wording of the requirement “%(name)s” changed.")
        )


def _of_questions(old: Content, new: Content) -> Iterator[Change]:
    before = {question.id: question for question in old.form.questions()}
    after = {question.id: question for question in new.form.questions()}
    for name in {**before, **after}:
        if name not in after:
            kind: Class = "score_changing" if before[name].most_points(old.form) else "widening"
            yield _change("question", name, "removed", kind, _("The question “%(name)s” was dropped."))
        elif name not in before:
            kind = "narrowing" if new.form.must_answer(after[name]) else "widening"
            yield _change("question", name, "added", kind, _("The question “%(name)s” is new."))
        elif before[name] != after[name]:
            yield _of_question(before[name], after[name])


def _of_question(before: Question, after: Question) -> Change:
    if _bare(before) == _bare(after):
        return _change("question", after.id, "changed", "wording", _("The wording of “%(name)s” changed."))
    if _bare(before.model_copy(update={"required": False})) == _bare(after) and not after.required:
        return _change("question", after.id, "changed", "widening", _("“%(name)s” need not be answered any more."))
    return _change("question", after.id, "changed", "narrowing", _("What “%(name)s” asks for changed."))


def _of_rest(old: Content, new: Content) -> Iterator[Change]:
    if [_bare(scale) for scale in old.form.scales] != [_bare(scale) for scale in new.form.scales]:
        yield _change("scoring", "scales", "changed", "score_changing", _("The levels of a scale changed."))
    was, is_now = dict(old.policy.parameters), dict(new.policy.parameters)
    mark_before, mark_after = was.pop("pass_mark", None), is_now.pop("pass_mark", None)
    if mark_before != mark_after:
        easier = mark_after is None or (
            mark_before is not None and Decimal(str(mark_after)) < Decimal(str(mark_before))
        )
        message = _("The pass mark is %(after)s; it was %(before)s.")
        figures = {"before": _said(mark_before), "after": _said(mark_after)}
        yield _change("scoring", "pass_mark", "changed", "widening" if easier else "narrowing", message, **figures)
    if was != is_now or old.policy.kind != new.policy.kind:
        yield _change(
            "scoring", "scoring", "changed", "score_changing", _("The way in which answers are scored changed.")
        )
    for name in ("declaration", "consent"):
        if getattr(old.form, name) != getattr(new.form, name):
            yield _change(
                "form", name, "changed", "wording", _("The text of the declaration or of the consent changed.")
            )


def _change(part: str, name: str, change: Any, kind: Class, message: str, **figures: str) -> Change:
    return Change(part=part, id=name, change=change, kind=kind, message=message, figures=figures)


def _bare(value: Worded) -> dict[str, Any]:
    """A value without its texts."""
    data = content_of(value)
    for name in (*value.worded, "texts"):
        data.pop(name, None)
    for name, (_key, text) in value.worded_items.items():
        for item in data.get(name, ()):
            item.pop(text, None)
    return data


def _said(value: object) -> str:
    if value is None:
        return "–"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
