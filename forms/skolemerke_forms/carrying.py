"""What an applicant should look at again when a draft goes on under another form.

Nothing of the answers is rewritten: each stays at its address as it was typed, also when its question is gone, and
comes back when the question does. What is different is how they are read, and that is told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

from skolemerke_forms.answers import AnswerSet, Reading, is_answered
from skolemerke_forms.comparing import Change, form_differences
from skolemerke_forms.definition import Form
from skolemerke_forms.questions import Question
from skolemerke_forms.values import Value

Why = Literal["gone", "hidden", "problem", "changed", "reworded", "missing", "shown"]


def _(message: str) -> str:
    """Mark a message for translation; it is translated where it is shown."""
    return message


REASONS: dict[Why, str] = {
    "gone": _("This question is not in the form any more. Your answer is kept, but not submitted."),
    "hidden": _("This question is not asked of your school any more. Your answer is kept, but not submitted."),
    "problem": _("Your answer does not fit what is asked for now."),
    "changed": _("What is asked for changed after you wrote your answer."),
    "reworded": _("The question is worded differently than when you wrote your answer."),
    "missing": _("This has to be answered now."),
    "shown": _("This question is asked of your school now."),
}
"""Why a question should be looked at again, in English."""


class Look(Value):
    """A question to look at again, and why. `section` is where it stands in the new form, or stood in the old one."""

    question: str
    section: str
    why: Why


def to_look_at(old: Form, new: Form, answers: AnswerSet) -> list[Look]:
    """The questions to look at again, in the order of the new form, then those that are gone.

    Both are the forms as they were defined, with all their languages. A question that nobody answered is named only
    when it has to be answered now and had not to before.
    """
    changes: dict[str, list[Change]] = {}
    for change in form_differences(old, new):
        if change.part in {"question", "scale"}:
            changes.setdefault(change.id, []).append(change)
    before, after = answers.under(old), answers.under(new)
    found = [*_in_new(new, before, after, changes), *_only_in_old(old, new, answers)]
    return [Look(question=question.id, section=_section(form, question), why=why) for form, question, why in found]


def _in_new(
    new: Form, before: Reading, after: Reading, changes: Mapping[str, list[Change]]
) -> Iterator[tuple[Form, Question, Why]]:
    for question in new.questions():
        # A level that changed concerns every question on its scale.
        told = [*changes.get(question.id, ()), *changes.get(getattr(question, "scale", ""), ())]
        why = _why(before.form.question(question.id), question, before, after, told)
        if why:
            yield new, question, why


def _why(was: Question | None, question: Question, before: Reading, after: Reading, told: list[Change]) -> Why | None:
    if not question.asks:
        return None
    answered = is_answered(question, after.answers) or (was is not None and is_answered(was, before.answers))
    seen_before = was is not None and before.shows(was)
    if not after.shows(question):
        return "hidden" if answered and seen_before else None
    if answered:
        return _why_answered(was, question, before, after, told)
    if not _must(after.form, question) or (was is not None and seen_before and _must(before.form, was)):
        return None
    return "shown" if was is not None and not seen_before else "missing"


def _why_answered(
    was: Question | None, question: Question, before: Reading, after: Reading, told: list[Change]
) -> Why | None:
    if was is None:
        # The question came back, with the answer that it had.
        return "changed"
    if _problems(question, after) - _problems(was, before):
        return "problem"
    if not before.shows(was):
        return "shown"
    kinds = {change.kind for change in told}
    if kinds & {"narrowing", "score_changing"}:
        return "changed"
    return "reworded" if _reworded(was, question, before.form, after.form) else None


def _reworded(was: Question, question: Question, old: Form, new: Form) -> bool:
    """Whether the applicant reads something else now, in whatever language."""
    languages = {old.language, *was.texts, *question.texts}
    said = ((was.said(language, old.language), question.said(language, new.language)) for language in languages)
    return any(
        any(getattr(one, name) != getattr(other, name) for name in ("label", "help")) or _differ(one, other)
        for one, other in said
    )


def _differ(one: Question, other: Question) -> bool:
    """Whether something that can be chosen in both is called differently."""
    labels = [_labels(question) for question in (one, other)]
    return any(labels[0][value] != labels[1][value] for value in labels[0].keys() & labels[1].keys())


def _labels(question: Question) -> dict[str, str]:
    return {
        getattr(item, key): str(getattr(item, text))
        for name, (key, text) in question.worded_items.items()
        for item in getattr(question, name)
    }


def _problems(question: Question, reading: Reading) -> set[tuple[str, str]]:
    if not reading.shows(question):
        return set()
    cleaned = reading.cleaned(question)
    found = {(problem.code, problem.place) for problem in cleaned.problems}
    form = reading.form
    if form.must_answer(question) and question.requirement and not found and not question.documents(cleaned):
        found.add(("falls_short", ""))
    if not found and cleaned.value is not None:
        found |= {(problem.code, problem.place) for problem in question.missing(cleaned, reading)}
    return found


def _must(form: Form, question: Question) -> bool:
    return form.must_answer(question) or form.must_document(question)


def _only_in_old(old: Form, new: Form, answers: AnswerSet) -> Iterator[tuple[Form, Question, Why]]:
    for question in old.questions():
        if new.question(question.id) is None and question.asks and is_answered(question, answers):
            yield old, question, "gone"


def _section(form: Form, question: Question) -> str:
    section = form.section_of(question.id)
    return section.id if section else ""
