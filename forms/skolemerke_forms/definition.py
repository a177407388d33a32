"""What a self-assessment form is made of, as frozen values."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, SerializeAsAny, ValidationError, ValidationInfo, model_validator
from pydantic_core import PydanticCustomError

from skolemerke_forms.cleaning import Cleaned
from skolemerke_forms.conditions import Condition
from skolemerke_forms.questions import NOT_APPLICABLE, File, Place, Question, RegistryList
from skolemerke_forms.values import Id, Value
from skolemerke_forms.whole import require_whole
from skolemerke_forms.wording import Worded

State = Literal["compulsory", "optional", "waived", "fixed"]

MAX_QUESTIONS = 500
"""The most questions of a form: nobody fills in more, and each page stays quick."""

MAX_RULES = 200


class Level(Value):
    """One step of a scale."""

    value: Id
    label: str
    points: Decimal = Decimal(0)

    @model_validator(mode="after")
    def _is_level(self) -> Self:
        if self.value == NOT_APPLICABLE:
            raise PydanticCustomError(
                "reserved_value",
                "'not_applicable' is no level; name the answer by the key 'not_applicable' of the scale",
            )
        return self


class Scale(Worded):
    """Levels, from the lowest to the highest, that several questions share; `not_applicable` is what the answer
    that a statement does not apply is called, for the questions that offer it."""

    worded: ClassVar[tuple[str, ...]] = ("not_applicable",)
    worded_items: ClassVar[dict[str, tuple[str, str]]] = {"levels": ("value", "label")}

    id: Id
    levels: Annotated[tuple[Level, ...], Field(min_length=2)]
    not_applicable: str = ""

    def level(self, value: str) -> Level | None:
        """The level of that value, or none."""
        return self._levels.get(value)

    @cached_property
    def understood(self) -> dict[str, Cleaned]:
        """What is understood when a level is chosen, by its value; most answers of a form are such, so it is kept."""
        return {level.value: Cleaned(value=level.value) for level in self.levels}

    @cached_property
    def _levels(self) -> dict[str, Level]:
        return {level.value: level for level in reversed(self.levels)}


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
    when: Condition | None = None
    questions: tuple[SerializeAsAny[Question], ...]


class Rule(Worded):
    """Something that has to hold over several answers before submitting.

    `must` is the condition; while it is undetermined the rule is kept. `message` says what is wrong and how to mend
    it; it stands by the first of `questions` that is shown.
    """

    worded: ClassVar[tuple[str, ...]] = ("message",)

    id: Id
    must: Condition
    message: str
    questions: Annotated[tuple[Id, ...], Field(min_length=1)]


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
    sections: Annotated[tuple[Section, ...], Field(min_length=1, max_length=50)]
    rules: Annotated[tuple[Rule, ...], Field(max_length=MAX_RULES)] = ()
    declaration: Statement
    consent: Statement

    @cached_property
    def _questions(self) -> dict[str, Question]:
        return {question.id: question for section in self.sections for question in section.questions}

    @cached_property
    def _sections(self) -> dict[str, Section]:
        return {question.id: section for section in self.sections for question in section.questions}

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

    def section_of(self, question_id: str) -> Section | None:
        """The section in which a question stands, or none."""
        return self._sections.get(question_id)

    def place_at(self, address: str) -> Place | None:
        """The place of that address, whether anything stands there or not; none when the form has no such place."""
        question = self.question(address.split(".", maxsplit=1)[0])
        return question.place_at(address) if question else None

    @cached_property
    def unconditional(self) -> frozenset[str]:
        """The ids of the questions that are always shown: neither they nor their sections have a condition."""
        sections = (section for section in self.sections if section.when is None)
        return frozenset(one.id for section in sections for one in section.questions if one.when is None)

    @cached_property
    def needs_registry(self) -> bool:
        """Whether a question shows what the registry knows."""
        return any(question.prefill or isinstance(question, RegistryList) for question in self.questions())

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
        if question.evidence == "none" or (isinstance(question, File) and not question.required):
            return False
        requirement = self.requirement(question.requirement) if question.requirement else None
        return requirement is None or requirement.must_be_documented

    def in_language(self, language: str) -> Self:
        """The form with every text in the reader's language, or in the one that it falls back to."""
        return self.said(language, self.language)

    @model_validator(mode="before")
    @classmethod
    def _not_too_many(cls, data: Any) -> Any:
        sections = data.get("sections") if isinstance(data, dict) else None
        found = 0
        for at, section in enumerate(sections if isinstance(sections, list | tuple) else ()):
            questions = section.get("questions") if isinstance(section, dict) else None
            here = len(questions) if isinstance(questions, list | tuple) else 0
            if found + here > MAX_QUESTIONS:
                said = PydanticCustomError(
                    "too_many_questions",
                    "a form has at most {limit} questions; what stands from here on is too much",
                    {"limit": MAX_QUESTIONS},
                )
                loc = ("sections", at, "questions", MAX_QUESTIONS - found)
                raise ValidationError.from_exception_data("Form", [{"type": said, "loc": loc, "input": None}])
            found += here
        return data

    @model_validator(mode="after")
    def _whole(self, info: ValidationInfo) -> Self:
        # What was frozen stays readable, whatever later rules would say of it. The check asks for the parts alone.
        if not {"frozen", "parts_alone"} & set(info.context or ()):
            require_whole(self)
        return self
