"""What the pages of an application say of its answers: in words, with the names of their places, by requirement."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _
from skolemerke_forms.answers import AnswerSet, Known, documented
from skolemerke_forms.cleaning import Raw
from skolemerke_forms.definition import Form, Requirement
from skolemerke_forms.drawing import label_at
from skolemerke_forms.questions import DeclarationQuestion, RegistryList, row_ids
from skolemerke_forms.saying import CONFIRMED, typed_words, words_of_typed

from skolemerke.applications import queries
from skolemerke.applications.models import Evidence
from skolemerke.applications.queries import DraftLike
from skolemerke.rounds.composition import Content
from skolemerke.web.languages import current_language, day
from skolemerke.web.words import Tone


@dataclass(frozen=True)
class Tag:
    """Where a requirement stands, in words. `tone` is one of those of `web.words`."""

    requirement: Requirement
    word: str
    tone: Tone
    reason: str = ""
    sentence: str = ""


@dataclass(frozen=True)
class Attempt:
    """What was sent and could not be taken: answers by address with why, and evidence by question with why and its
    link."""

    refused: dict[str, str] = field(default_factory=dict)
    typed: dict[str, Raw] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)

    def note(self, question_id: str, error: str) -> None:
        """Why a piece of evidence was not added; a question may have several."""
        self.errors[question_id] = f"{self.errors.get(question_id, '')} {error}".strip()

    @property
    def is_well(self) -> bool:
        """Whether everything was taken."""
        return not self.refused and not self.errors


def tags_of(application: DraftLike, form: Form, evidence: Sequence[Evidence]) -> dict[str, Tag]:
    """The tag of each requirement of an application, by its id, in the order of the form."""
    raw = {name: kept["raw"] for name, kept in application.answers.items()}
    counts = Counter(piece.question_id for piece in evidence)
    answers = AnswerSet.of(raw, counts, queries.known_of(application))
    return tags_with(application, form, answers, form.requirements)


def tags_with(
    application: DraftLike, form: Form, answers: AnswerSet, requirements: Iterable[Requirement]
) -> dict[str, Tag]:
    """The tags of some requirements, by id, for a caller who has the answers already."""
    frozen = queries.content_of(application)
    return {requirement.id: _tag(requirement, form, answers, frozen) for requirement in requirements}


def reason_of(frozen: Content, part: str) -> str:
    """Why a part of a round was adjusted, in the reader's language; empty when it was not."""
    overlay = frozen.adjusted_by(part)
    return overlay.said(current_language(), overlay.language).reason if overlay else ""


def words_at(address: str, form: Form, typed: Raw, known: Known) -> str:
    """What stands at a place, in the reader's words."""
    place = form.place_at(address)
    if place is None or not typed:
        return typed_words(typed)
    if isinstance(place.question, RegistryList):
        names = {row.id: row.label for row in known.lists.get(place.question.source, ())}
        return "\n".join(names.get(row, row) for row in row_ids(typed))
    if isinstance(place.question, DeclarationQuestion):
        return str(_(CONFIRMED))
    return words_of_typed(place.question, form, typed, say=_, say_day=day)


def name_at(address: str, form: Form, raw: Mapping[str, Any], known: Known) -> str:
    """What a place is called: its question, its row, its column."""
    return " – ".join(label_at(address, form, raw, known, say=_))


def _tag(requirement: Requirement, form: Form, answers: AnswerSet, frozen: Content) -> Tag:
    reason = reason_of(frozen, requirement.id)
    if requirement.state == "fixed":
        told = _("Need not be documented. Every school gets its points.")
        return Tag(requirement, _("Given to every school"), "good", reason, told)
    if requirement.state == "waived":
        return Tag(requirement, _("Not asked for"), "plain", reason, _("Need not be documented in this round."))
    if documented(form, requirement, answers):
        return Tag(requirement, _("Documented"), "good", reason)
    if requirement.state == "optional":
        return Tag(requirement, _("May be documented"), "plain", reason)
    return Tag(requirement, _("Not documented yet"), "wait", reason)
