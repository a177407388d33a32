"""What is wrong with a part by itself: names that are taken, texts, points, and what is asked of whom."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise

from skolemerke_forms.checking.case import Case
from skolemerke_forms.checking.lengths import too_long
from skolemerke_forms.questions import Computed, File, Group, Note
from skolemerke_forms.whole import Flaw, ids_in, lists_of, questions_in
from skolemerke_forms.wording import Worded

RESERVED_PARTS = frozenset(("consent", "declaration", "form", "round", "scoring"))
"""What has no id of its own is named by these words in translations, so no part may be called so."""

MUST_SAY = {"label", "title", "text", "statement", "message"}
"""The texts that may not be blank."""


def flaws(case: Case) -> Iterator[Flaw]:
    """Every flaw of a part by itself."""
    yield from _reserved(case)
    yield from _texts(case)
    yield from _alike(case)
    yield from _asked_in_vain(case)
    yield from _scales(case)
    for at, section in enumerate(case.form.sections):
        if not section.questions and not case.lost:
            message = f"section '{section.id}' has no questions: add one, or remove it"
            yield Flaw(("sections", at), section.id, "empty_section", message)


def _reserved(case: Case) -> Iterator[Flaw]:
    sections = {section.id for section in case.form.sections}
    for loc, name, _part in ids_in(case.form):
        taken = case.reserved if name in sections and loc[0] == "sections" and len(loc) == 3 else RESERVED_PARTS
        if name in taken:
            message = f"'{name}' can't be an id here, since it names something else: rename it"
            yield Flaw(loc, name, "reserved_id", message)


def worded_in(case: Case) -> Iterator[tuple[tuple[int | str, ...], str, Worded]]:
    """Every part with texts: the path to it, its id, and the part."""
    yield (), "form", case.form
    yield ("declaration",), "declaration", case.form.declaration
    yield ("consent",), "consent", case.form.consent
    for loc, name, part in ids_in(case.form):
        if isinstance(part, Worded):
            yield loc[:-1], name, part


def _texts(case: Case) -> Iterator[Flaw]:
    for loc, name, part in worded_in(case):
        kind = getattr(part, "type", "")
        for field in part.worded:
            inline = getattr(part, field)
            for key, text in inline.items() if isinstance(inline, dict) else ((None, inline),):
                at = (*loc, field) if key is None else (*loc, field, key)
                if not text.strip() and field in MUST_SAY:
                    yield Flaw(at, name, "empty_text", f"'{name}' has an empty {field}; write it")
                if (said := too_long(field, text, kind)) is not None:
                    yield Flaw(at, name, "overlong_text", f"{field} of '{name}' {said}")
        for field, items in lists_of(part):
            for index, item in enumerate(items):
                at = (*loc, field, index, "label")
                if not item.label.strip():
                    message = f"'{item.value}' of '{name}' has an empty label; write it"
                    yield Flaw(at, name, "empty_text", message)
                if (said := too_long(field, item.label)) is not None:
                    yield Flaw(at, name, "overlong_text", f"the label of '{item.value}' of '{name}' {said}")


def plain(text: str) -> str:
    """A text as a reader tells it from another: without case and blanks."""
    return " ".join(text.split()).casefold()


def _alike(case: Case) -> Iterator[Flaw]:
    for loc, name, part in ids_in(case.form):
        for field, items in lists_of(part):
            seen: dict[str, str] = {}
            for index, item in enumerate(items):
                first = seen.setdefault(plain(item.label), item.value)
                if first != item.value and item.label.strip():
                    message = (
                        f"'{first}' and '{item.value}' of '{name}' have the same label: nobody can tell them apart"
                    )
                    yield Flaw((*loc[:-1], field, index, "label"), name, "options_alike", message)
    for at, section in enumerate(case.form.sections):
        labels: dict[str, str] = {}
        for index, question in enumerate(section.questions):
            first = labels.setdefault(plain(question.label), question.id) if question.asks else question.id
            if first != question.id and question.label.strip():
                message = f"'{first}' and '{question.id}' have the same label in one section: say how they differ"
                yield Flaw(("sections", at, "questions", index, "label"), question.id, "labels_alike", message)


def _asked_in_vain(case: Case) -> Iterator[Flaw]:
    for loc, question in questions_in(case.form):
        mute = isinstance(question, Note | Computed)
        if mute and question.required:
            message = f"'{question.id}' is a {question.type}, which nobody answers: it can't be required"
            yield Flaw((*loc, "required"), question.id, "required_without_answer", message)
        if mute and question.evidence != "none":
            message = f"'{question.id}' is a {question.type}: evidence is never asked for there; put it by a question"
            yield Flaw((*loc, "evidence"), question.id, "evidence_never_asked", message)
        if isinstance(question, File) and question.evidence == "none":
            message = f"'{question.id}' is a file, and without evidence there is nothing to add: write one or several"
            yield Flaw((*loc, "evidence"), question.id, "evidence_never_asked", message)


def _scales(case: Case) -> Iterator[Flaw]:
    asked = [question for _, question in questions_in(case.form)]
    asked += [column for question in asked if isinstance(question, Group) for column in question.columns]
    used = {getattr(question, "scale", None) for question in asked}
    for at, scale in enumerate(case.form.scales):
        if scale.id not in used:
            message = f"no question uses the scale '{scale.id}': remove it, or name it in a question"
            yield Flaw(("scales", at), scale.id, "unused_scale", message)
        if any(level.points != Decimal(0) for level in scale.levels):
            for index, (low, high) in enumerate(pairwise(scale.levels), start=1):
                if high.points <= low.points:
                    message = f"level '{high.value}' of '{scale.id}' gives no more points than '{low.value}' before it"
                    yield Flaw(("scales", at, "levels", index, "points"), scale.id, "points_not_rising", message)
