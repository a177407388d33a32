"""What a self-assessment form is made of, as frozen values."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import cached_property
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, SerializeAsAny, model_validator

from skolemerke_forms.questions import Question
from skolemerke_forms.values import Id, Value
from skolemerke_forms.wording import Worded

State = Literal["compulsory", "optional", "waived", "fixed"]


class Level(Value):
    """One step of a scale."""

    value: Id
    label: str
    points: Decimal = Decimal(0)


class Scale(Worded):
    """Levels, from the lowest to the highest, that several questions share."""

    worded_items: ClassVar[dict[str, tuple[str, str]]] = {"levels": ("value", "label")}

    id: Id
    levels: Annotated[tuple[Level, ...], Field(min_length=2)]

    def level(self, value: str) -> Level | None:
        """The level of that value, or none."""
        return next((level for level in self.levels if level.value == value), None)


class Requirement(Worded):
    """Something that a school documents.

    Its `state` is kept here alone; the form, the check before submission and the scoring policy all read it:
    `compulsory` must be documented before submitting and gives its points when it is; `optional` may be;
    `waived` is not asked for and counts nothing; `fixed` need not be documented and gives everyone its points.
    """

    worded: ClassVar[tuple[str, ...]] = ("label", "description")

    id: Id
    letter: str = ""
    state: State = "compulsory"
    points: Decimal = Decimal(1)
    label: str
    description: str = ""

    @property
    def must_be_documented(self) -> bool:
        """Whether a school has to document it before it may submit."""
        return self.state == "compulsory"


class Section(Worded):
    """One page of the form: a pillar or a principle."""

    worded: ClassVar[tuple[str, ...]] = ("title", "introduction")

    id: Id
    title: str
    introduction: str = ""
    questions: tuple[SerializeAsAny[Question], ...]


class Statement(Worded):
    """One text of the form that stands by itself: the declaration that is signed, the consent that is asked."""

    worded: ClassVar[tuple[str, ...]] = ("text",)

    text: str


class Form(Worded):
    """A whole self-assessment form."""

    worded: ClassVar[tuple[str, ...]] = ("title", "introduction")

    form: str
    language: str = "en"
    title: str
    introduction: str = ""
    scales: tuple[Scale, ...] = ()
    requirements: tuple[Requirement, ...] = ()
    sections: Annotated[tuple[Section, ...], Field(min_length=1)]
    declaration: Statement
    consent: Statement

    @cached_property
    def _questions(self) -> dict[str, Question]:
        return {question.id: question for section in self.sections for question in section.questions}

    @cached_property
    def _scales(self) -> dict[str, Scale]:
        return {scale.id: scale for scale in self.scales}

    @cached_property
    def _requirements(self) -> dict[str, Requirement]:
        return {requirement.id: requirement for requirement in self.requirements}

    def questions(self) -> Iterator[Question]:
        """All questions in the order of the form."""
        return iter(self._questions.values())

    def question(self, question_id: str) -> Question | None:
        """The question of that id, or none."""
        return self._questions.get(question_id)

    def section(self, section_id: str) -> Section | None:
        """The section of that id, or none."""
        return next((section for section in self.sections if section.id == section_id), None)

    def scale(self, scale_id: str) -> Scale:
        """The scale of that id; the definition has been checked, so it is there."""
        return self._scales[scale_id]

    def requirement(self, requirement_id: str) -> Requirement | None:
        """The requirement of that id, or none."""
        return self._requirements.get(requirement_id)

    def questions_of(self, requirement_id: str) -> list[Question]:
        """The questions that document a requirement, in the order of the form."""
        return [question for question in self.questions() if question.requirement == requirement_id]

    def must_answer(self, question: Question) -> bool:
        """Whether the question has to be answered before submitting."""
        if not question.required:
            return False
        requirement = self.requirement(question.requirement) if question.requirement else None
        return requirement is None or requirement.must_be_documented

    def must_document(self, question: Question) -> bool:
        """Whether evidence has to stand by the question before submitting."""
        if question.evidence == "none":
            return False
        requirement = self.requirement(question.requirement) if question.requirement else None
        return requirement is None or requirement.must_be_documented

    def in_language(self, language: str) -> Self:
        """The form with every text in the reader's language, or in the one that it falls back to."""
        return self.said(language, self.language)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        ids: set[str] = set()
        for scale in self.scales:
            _claim(ids, scale.id)
        for requirement in self.requirements:
            _claim(ids, requirement.id)
        for section in self.sections:
            _claim(ids, section.id)
            for question in section.questions:
                _claim(ids, question.id)
                if question.requirement and question.requirement not in self._requirements:
                    raise ValueError(f"question '{question.id}' names the unknown requirement '{question.requirement}'")
                question.check_within(self)
        return self


def _claim(ids: set[str], new: str) -> None:
    if new in ids:
        raise ValueError(f"the id '{new}' stands twice; every part needs its own")
    ids.add(new)
