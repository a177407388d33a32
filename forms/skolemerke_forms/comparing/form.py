"""What changed from one form to another, in the order of the form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from skolemerke_forms.comparing.asked import Compared, fails_wherever, kind_of_asking, kind_of_reach, reach
from skolemerke_forms.comparing.change import Change, Class, moved_ids, said_differently
from skolemerke_forms.comparing.questions import question_changes
from skolemerke_forms.definition import Form, Level, Requirement, Rule, Scale, Section
from skolemerke_forms.questions import Question
from skolemerke_forms.values import content_of

EASE = {"compulsory": 0, "optional": 1, "waived": 2, "fixed": 2}


def _(message: str) -> str:
    """Mark a message for translation; it is translated where it is shown."""
    return message


STATES = {
    "compulsory": _("compulsory"),
    "optional": _("optional"),
    "waived": _("waived"),
    "fixed": _("fixed: it need not be documented and everybody gets its points"),
}


def form_differences(old: Form, new: Form) -> list[Change]:
    """Every change from `old` to `new`; none when they are the same.

    Both are the forms as they were defined, with all their languages, and not copies in one of them.
    """
    compared = Compared(old, new)
    found = [*_of_requirements(compared), *_of_sections(compared), *_of_questions(compared)]
    found += [*_of_rules(compared), *_of_scales(compared), *_of_texts(compared)]
    if not found and content_of(old) != content_of(new):
        found.append(_told("form", new.form, "changed", "narrowing", _("Something in the form changed.")))
    return found


def _told(  # noqa: PLR0917 - the five are those of every change, in the order in which it is told
    part: str, name: str, change: str, kind: Class, message: str, item: str = "", figures: Mapping[str, object] = {}
) -> Change:
    said = {key: str(figure) for key, figure in figures.items()}
    return Change.model_validate(
        {"part": part, "id": name, "change": change, "kind": kind, "message": message, "item": item, "figures": said}
    )


def _of_requirements(compared: Compared) -> Iterator[Change]:
    before = {requirement.id: requirement for requirement in compared.old.requirements}
    after = {requirement.id: requirement for requirement in compared.new.requirements}
    for name in {**before, **after}:
        if name not in after:
            # Where points can be reached no more, a pass mark is harder to reach.
            kind: Class = "score_changing" if before[name].points and before[name].state != "waived" else "widening"
            yield _told("requirement", name, "removed", kind, _("The requirement “%(name)s” was dropped."))
        elif name not in before:
            yield _told("requirement", name, "added", "narrowing", _("The requirement “%(name)s” is new."))
        else:
            yield from _of_requirement(before[name], after[name])
    if moved_ids(list(before), list(after)):
        yield _told("form", compared.new.form, "changed", "wording", _("The requirements stand in another order."))


def _of_requirement(before: Requirement, after: Requirement) -> Iterator[Change]:
    if before.state != after.state:
        easier = EASE[after.state] > EASE[before.state] or (before.state, after.state) == ("waived", "fixed")
        message = _("The requirement “%(name)s” is now %(state)s.")
        kind: Class = "widening" if easier else "narrowing"
        yield _told("requirement", after.id, "changed", kind, message, figures={"state": STATES[after.state]})
    if before.points != after.points:
        kind = "widening" if after.points > before.points else "narrowing"
        message = _("The requirement “%(name)s” gives %(after)s points instead of %(before)s.")
        figures = {"before": before.points, "after": after.points}
        yield _told("requirement", after.id, "changed", kind, message, figures=figures)
    said = said_differently(before, after)
    if said == "text" or before.letter != after.letter:
        message = _("The wording of the requirement “%(name)s” changed.")
        yield _told("requirement", after.id, "changed", "wording", message)
    elif said:
        message = _("A translation of the requirement “%(name)s” changed.")
        yield _told("requirement", after.id, "changed", "wording", message)


def _of_sections(compared: Compared) -> Iterator[Change]:
    before = {section.id: section for section in compared.old.sections}
    after = {section.id: section for section in compared.new.sections}
    for name in {**before, **after}:
        # What its questions ask for is said of each of them.
        if name not in after:
            yield _told("section", name, "removed", "wording", _("The part “%(name)s” was dropped."))
        elif name not in before:
            yield _told("section", name, "added", "wording", _("The part “%(name)s” is new."))
        else:
            yield from _of_section(before[name], after[name], compared)
    for name in moved_ids(list(before), list(after)):
        yield _told("section", name, "changed", "wording", _("The part “%(name)s” stands in another place."))


def _of_section(before: Section, after: Section, compared: Compared) -> Iterator[Change]:
    if before.when != after.when:
        both = _in_both(before.questions, after.questions)
        kind = kind_of_reach(reach(before.when, after.when), both, compared)
        message = (
            _("The part “%(name)s” is for schools for which %(condition)s.")
            if after.when
            else _("The part “%(name)s” is for every school now.")
        )
        yield _told("section", after.id, "changed", kind, message)
    said = said_differently(before, after)
    if said == "text":
        yield _told("section", after.id, "changed", "wording", _("The wording of the part “%(name)s” changed."))
    elif said:
        yield _told("section", after.id, "changed", "wording", _("A translation of the part “%(name)s” changed."))
    stayed = [question.id for question in after.questions if any(question.id == one.id for one in before.questions)]
    for name in moved_ids([question.id for question in before.questions], stayed):
        yield _told("question", name, "changed", "wording", _("“%(name)s” stands in another place."))


def _of_questions(compared: Compared) -> Iterator[Change]:
    before = {question.id: question for question in compared.old.questions()}
    after = {question.id: question for question in compared.new.questions()}
    for name in {**before, **after}:
        if name not in after:
            kind = _kind_of_dropping(before[name], compared)
            yield _told("question", name, "removed", kind, _("The question “%(name)s” was dropped."))
        elif name not in before:
            kind = kind_of_asking(after[name], compared)
            yield _told("question", name, "added", kind, _("The question “%(name)s” is new."))
        else:
            yield from _of_section_change(before[name], after[name], compared)
            yield from question_changes(before[name], after[name], compared)


def _kind_of_dropping(question: Question, compared: Compared) -> Class:
    if question.most_points(compared.old):
        return "score_changing"
    if question.requirement and compared.new.requirement(question.requirement):
        # Without a question left a requirement can't be documented.
        return "widening" if compared.new.questions_of(question.requirement) else "narrowing"
    return "widening"


def _of_section_change(before: Question, after: Question, compared: Compared) -> Iterator[Change]:
    was, is_now = compared.old.section_of(before.id), compared.new.section_of(after.id)
    if was is None or is_now is None or was.id == is_now.id:
        return
    kind = kind_of_reach(reach(was.when, is_now.when), [(before, after)], compared)
    message = _("“%(name)s” stands in the part “%(item)s” now.")
    yield _told("question", after.id, "changed", kind, message, item=is_now.id)


def _of_rules(compared: Compared) -> Iterator[Change]:
    before = {rule.id: rule for rule in compared.old.rules}
    after = {rule.id: rule for rule in compared.new.rules}
    for name in {**before, **after}:
        if name not in after:
            yield _told("rule", name, "removed", "widening", _("A rule was dropped: “%(name)s”"))
        elif name not in before:
            yield _told("rule", name, "added", "narrowing", _("A rule is new: “%(name)s”"))
        else:
            yield from _of_rule(before[name], after[name])
    if moved_ids(list(before), list(after)):
        yield _told("form", compared.new.form, "changed", "wording", _("The rules stand in another order."))


def _of_rule(before: Rule, after: Rule) -> Iterator[Change]:
    if before.must != after.must or set(before.questions) != set(after.questions):
        # A rule is broken where its condition is false and one of its questions is shown.
        looser = fails_wherever(after.must, before.must) and set(after.questions) <= set(before.questions)
        message = _("A rule changed: “%(name)s”")
        yield _told("rule", after.id, "changed", "widening" if looser else "narrowing", message)
    elif before.questions != after.questions:
        yield _told("rule", after.id, "changed", "wording", _("A rule stands by another question: “%(name)s”"))
    if said_differently(before, after):
        yield _told("rule", after.id, "changed", "wording", _("The wording of a rule changed: “%(name)s”"))


def _of_scales(compared: Compared) -> Iterator[Change]:
    before = {scale.id: scale for scale in compared.old.scales}
    after = {scale.id: scale for scale in compared.new.scales}
    for name in {**before, **after}:
        # By itself a scale asks nothing; a question that changes its scale says so.
        if name not in after:
            yield _told("scale", name, "removed", "wording", _("The scale “%(name)s” was dropped."))
        elif name not in before:
            yield _told("scale", name, "added", "wording", _("The scale “%(name)s” is new."))
        else:
            yield from _of_scale(before[name], after[name])
    if moved_ids(list(before), list(after)):
        yield _told("form", compared.new.form, "changed", "wording", _("The scales stand in another order."))


def _of_scale(before: Scale, after: Scale) -> Iterator[Change]:
    was: dict[str, Level] = {level.value: level for level in before.levels}
    is_now: dict[str, Level] = {level.value: level for level in after.levels}
    for value in {**was, **is_now}:
        if value not in is_now:
            message = _("The level “%(item)s” of a scale was dropped.")
            yield _told("scale", after.id, "removed", "narrowing", message, value)
        elif value not in was:
            message = _("The level “%(item)s” of a scale is new.")
            yield _told("scale", after.id, "added", "score_changing", message, value)
        elif was[value].points != is_now[value].points:
            message = _("The level “%(item)s” of a scale gives %(after)s points instead of %(before)s.")
            figures = {"before": was[value].points, "after": is_now[value].points}
            yield _told("scale", after.id, "changed", "score_changing", message, value, figures)
    if moved_ids(list(was), list(is_now)):
        message = _("The levels of a scale stand in another order.")
        yield _told("scale", after.id, "changed", "score_changing", message)
    if said_differently(before, after):
        yield _told("scale", after.id, "changed", "wording", _("The wording of a scale changed."))


def _of_texts(compared: Compared) -> Iterator[Change]:
    old, new = compared.old, compared.new
    for name in ("declaration", "consent"):
        said = said_differently(getattr(old, name), getattr(new, name))
        if said == "text":
            message = _("The text of the declaration or of the consent changed.")
            yield _told("form", name, "changed", "wording", message)
        elif said:
            message = _("A translation of the declaration or of the consent changed.")
            yield _told("form", name, "changed", "wording", message)
    said = said_differently(old, new)
    names = (old.form, old.language) != (new.form, new.language)
    if said == "text" or names:
        yield _told("form", new.form, "changed", "wording", _("The title or the introduction of the form changed."))
    elif said:
        message = _("A translation of the title or of the introduction of the form changed.")
        yield _told("form", new.form, "changed", "wording", message)


def _in_both(before: Sequence[Question], after: Sequence[Question]) -> list[tuple[Question, Question]]:
    now = {question.id: question for question in after}
    return [(question, now[question.id]) for question in before if question.id in now]
