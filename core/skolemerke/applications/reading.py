"""An application in words: what stands on a page that is read, printed or signed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from skolemerke_forms.answers import AnswerSet, Known, Reading
from skolemerke_forms.definition import Form
from skolemerke_forms.questions import Computed, Question
from skolemerke_forms.saying import in_words

from skolemerke import speech


@dataclass(frozen=True)
class ReadEvidence:
    """A piece of evidence: `id` is that of its address; a link, or the name of a file."""

    id: str
    name: str
    link: str


@dataclass(frozen=True)
class ReadAnswer:
    """A question with its answer in words, empty when nothing was answered."""

    question_id: str
    label: str
    words: str
    evidence: tuple[ReadEvidence, ...] = ()

    @property
    def lines(self) -> list[str]:
        """The answer line by line."""
        return self.words.splitlines()


@dataclass(frozen=True)
class ReadSection:
    """A section with its questions, notes left out."""

    id: str
    title: str
    answers: tuple[ReadAnswer, ...]


def read_in_words(
    form: Form, raw: Mapping[str, Any], evidence: Sequence[Mapping[str, Any]], known: Mapping[str, Any], language: str
) -> tuple[ReadSection, ...]:
    """Answers and evidence in words, of what is shown; the form is in that language already."""
    reading = AnswerSet.of(raw, {}, Known.model_validate(known)).under(form)
    with speech.speaking(language):
        return tuple(
            ReadSection(
                section.id,
                section.title,
                tuple(
                    _answer(question, reading, evidence)
                    for question in section.questions
                    if _is_read(question, reading)
                ),
            )
            for section in form.sections
            if reading.shows_section(section)
        )


def _is_read(question: Question, reading: Reading) -> bool:
    return (question.asks or isinstance(question, Computed)) and reading.shows(question)


def _answer(question: Question, reading: Reading, evidence: Sequence[Mapping[str, Any]]) -> ReadAnswer:
    words = in_words(question, reading, say=speech.say, say_day=speech.day)
    pieces = tuple(
        ReadEvidence(piece.get("id", ""), piece.get("name", ""), piece.get("link", ""))
        for piece in evidence
        if piece["question_id"] == question.id
    )
    return ReadAnswer(question.id, question.label, words, pieces)
