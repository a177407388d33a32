"""The questions of a section as a page draws them: what is asked, what was answered, and what is known about it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _
from skolemerke_forms.answers import AnswerSet, documented
from skolemerke_forms.cleaning import Raw, count_words, tidy
from skolemerke_forms.definition import Form, Requirement, Section
from skolemerke_forms.fields import answer_name, fillable, takes_several, version_name
from skolemerke_forms.questions import Choice, Date, Link, LongText, Number, Question, ScaleQuestion, YesNo
from skolemerke_forms.saying import options_of, words_of_typed
from wtforms import Form as SectionForm

from skolemerke.applications import queries
from skolemerke.applications.models import Application, Evidence
from skolemerke.rounds.composition import Content
from skolemerke.web.languages import current_language, day

KINDS: dict[str, type[Question] | tuple[type[Question], ...]] = {
    "scale": ScaleQuestion,
    "radios": (Choice, YesNo),
    "lines": LongText,
    "number": Number,
    "date": Date,
    "link": Link,
}


@dataclass(frozen=True)
class Option:
    """One answer that can be chosen."""

    id: str
    value: str
    label: str
    descriptor: str
    is_chosen: bool


@dataclass(frozen=True)
class Tag:
    """Where a requirement stands, in words. `tone` is one of those of `web.words`."""

    requirement: Requirement
    word: str
    tone: str
    reason: str = ""
    sentence: str = ""


@dataclass(frozen=True)
class Asked:
    """One question on a page. `kind` says how it is drawn: text, lines, number, date, link, radios, scale, boxes,
    note, or gone (a type that is not installed any more)."""

    question: Question
    kind: str
    name: str
    version_name: str
    version: int
    typed: Raw
    errors: Sequence[str]
    options: list[Option]
    is_needed: bool
    tag: Tag | None
    evidence: list[Evidence]
    evidence_error: str = ""
    typed_link: str = ""

    @property
    def anchor(self) -> str:
        """The id of the first control, to which an error summary leads."""
        return f"{self.name}-0" if self.options else self.name

    @property
    def max_words(self) -> int | None:
        """The most words that the answer may have."""
        return self.question.max_words if isinstance(self.question, LongText) else None

    @property
    def words(self) -> int:
        """How many words the answer has now."""
        return count_words(tidy(self.typed))

    @property
    def rows(self) -> int:
        """How high the field is for the text that is asked for."""
        return min(14, max(4, (self.max_words or 100) // 20))

    @property
    def may_add_evidence(self) -> bool:
        """Whether there is a place for evidence."""
        return self.question.evidence == "several" or (self.question.evidence == "one" and not self.evidence)


@dataclass(frozen=True)
class Attempt:
    """What was sent and could not be taken, by question: answers with why, and evidence with why and its link."""

    refused: dict[str, str] = field(default_factory=dict)
    typed: dict[str, Raw] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)

    @property
    def is_well(self) -> bool:
        """Whether everything was taken."""
        return not self.refused and not self.errors


def asked_of(
    application: Application, form: Form, section: Section, bound: SectionForm, attempt: Attempt
) -> list[Asked]:
    """The questions of a section with the answers as they are saved; what could not be saved stands as it was typed."""
    evidence = queries.evidence_of(application.id)
    tags = tags_of(application, form, evidence)
    found = []
    for question in section.questions:
        name = answer_name(question.id)
        kept: dict[str, Any] = application.answers.get(question.id, {})
        typed = attempt.typed.get(question.id, kept.get("raw"))
        refused = attempt.refused.get(question.id)
        found.append(
            Asked(
                question=question,
                kind=kind_of(question),
                name=name,
                version_name=version_name(question.id),
                version=kept.get("version", 0),
                typed=typed,
                errors=[refused] if refused else list(bound[name].errors) if name in bound else [],
                options=_options(question, form, typed),
                is_needed=form.must_answer(question),
                tag=tags.get(question.requirement) if question.requirement else None,
                evidence=[one for one in evidence if one.question_id == question.id],
                evidence_error=attempt.errors.get(question.id, ""),
                typed_link=attempt.links.get(question.id, ""),
            )
        )
    return found


def anchor_of(question: Question, form: Form) -> str:
    """The id of the first control of a question on its section's page."""
    return answer_name(question.id) + ("-0" if options_of(question, form) else "")


def kind_of(question: Question) -> str:
    """How a question is drawn."""
    if not fillable(question):
        return "gone" if question.asks else "note"
    if takes_several(question):
        return "boxes"
    return next((kind for kind, of_type in KINDS.items() if isinstance(question, of_type)), "text")


def tags_of(application: Application, form: Form, evidence: Sequence[Evidence]) -> dict[str, Tag]:
    """The tag of each requirement of an application, by its id, in the order of the form."""
    frozen = queries.content_of(application)
    raw = {name: kept["raw"] for name, kept in application.answers.items()}
    answers = AnswerSet.of(raw, Counter(piece.question_id for piece in evidence))
    return {requirement.id: _tag(requirement, form, answers, frozen) for requirement in form.requirements}


def reason_of(frozen: Content, part: str) -> str:
    """Why a part of a round was adjusted, in the reader's language; empty when it was not."""
    overlay = frozen.adjusted_by(part)
    return overlay.said(current_language(), overlay.language).reason if overlay else ""


def words_of(question: Question, form: Form, typed: Raw) -> str:
    """An answer in the reader's words."""
    return words_of_typed(question, form, typed, say=_, say_day=day)


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


def _options(question: Question, form: Form, typed: Raw) -> list[Option]:
    chosen = {typed} if isinstance(typed, str) else set(typed or ())
    descriptors = question.descriptors if isinstance(question, ScaleQuestion) else {}
    name = answer_name(question.id)
    return [
        Option(f"{name}-{number}", value, label, descriptors.get(value, ""), value in chosen)
        for number, (value, label) in enumerate(options_of(question, form, _))
    ]
