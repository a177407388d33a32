"""What every question has, and how the class of a question in a file is found."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

from pydantic import ConfigDict, ModelWrapValidatorHandler, ValidationError, ValidationInfo, model_validator
from pydantic_core import PydanticCustomError

from skolemerke_forms.cleaning import Clean, Cleaned, Problem, Raw, tidy
from skolemerke_forms.conditions import Condition
from skolemerke_forms.values import Id, Value
from skolemerke_forms.wording import Worded

if TYPE_CHECKING:
    from skolemerke_forms.answers import Reading
    from skolemerke_forms.definition import Form

MAX_TEXT = 20_000
"""No answer is longer than this many characters, whatever the limit in words."""

FACTS = (
    "school.id",
    "school.name",
    "school.city",
    "school.country",
    "school.region",
    "school.level",
    "school.pupils",
    "school.address",
    "school.site",
    "school.head_name",
    "school.registered_on",
)
"""What a question can be prefilled with; the caller gives the values (`Known.facts`)."""


class Place(Value):
    """Where one text of an answer is kept: its address, and the question that says how it is read.

    A simple question has one place, whose address is its id; a matrix has one for each row, `<id>.<row>`; a
    repeating group one for each column of each of its rows, `<id>.<row>.<column>`, besides the list of its rows at
    its own id. `row` names the row of a group, without which the place is not shown.
    """

    address: str
    question: Any
    label: str = ""
    row: str = ""


class Question(Worded):
    """What every question has. A subclass says its `type` and how its answers are read."""

    worded: ClassVar[tuple[str, ...]] = ("label", "help", "example")

    several: ClassVar[bool] = False
    """Whether an answer at one place is several values."""

    id: Id
    type: str
    label: str
    help: str = ""
    example: str = ""
    required: bool = False
    requirement: Id | None = None
    evidence: Literal["none", "one", "several"] = "none"
    when: Condition | None = None
    prefill: str = ""
    read_only: bool = False

    @model_validator(mode="wrap")
    @classmethod
    def _by_type(cls, data: Any, handler: ModelWrapValidatorHandler[Self], info: ValidationInfo) -> Any:
        """Read a question of a file with the class of its type; an unknown type is a fault at its line."""
        from skolemerke_forms.questions import QUESTION_TYPES, UnknownQuestion  # noqa: PLC0415 - the table of subclasses

        if cls is not Question or isinstance(data, Question):
            return handler(data)
        types: Mapping[str, type[Question]] = (info.context or {}).get("question_types", QUESTION_TYPES)
        name = str(data.get("type")) if isinstance(data, dict) else ""
        if name not in types and (info.context or {}).get("frozen"):
            return UnknownQuestion.model_validate(data)
        if name not in types:
            known = ", ".join(sorted(types))
            said = PydanticCustomError(
                "unknown_type",
                "there is no question type '{name}'; known: {known}",
                {"name": name, "known": known},
            )
            raise ValidationError.from_exception_data("Question", [{"type": said, "loc": ("type",), "input": None}])
        return types[name].model_validate(data, context=info.context)

    @property
    def asks(self) -> bool:
        """Whether there is anything to answer or to add."""
        return True

    @property
    def takes_answer(self) -> bool:
        """Whether something can be typed or chosen for it."""
        return self.asks and not self.read_only

    def clean(self, raw: Raw, form: Form) -> Cleaned:
        """Read what stands at one place: its clean value, or what is wrong. Blank is no answer, no fault."""
        raise NotImplementedError(f"the question type '{self.type}' does not say how it reads an answer")

    def places(self, raw: Mapping[str, Any]) -> tuple[Place, ...]:
        """The places at which the answer is kept, given everything that was typed."""
        return (Place(address=self.id, question=self, label=self.label),)

    def place_at(self, address: str) -> Place | None:
        """The place of an address, whether anything stands there or not; none when the question has no such place."""
        return Place(address=address, question=self, label=self.label) if address == self.id else None

    @property
    def has_one_place(self) -> bool:
        """Whether its answer stands at its own id alone; most do, and a page of forty questions asks for each."""
        return type(self).place_at is Question.place_at

    def has_place(self, address: str) -> bool:
        """Whether the question has a place of that address."""
        return address == self.id if self.has_one_place else self.place_at(address) is not None

    def read(self, reading: Reading) -> Cleaned:
        """Read the whole answer out of an answer set."""
        return self.clean(reading.typed(self), reading.form)

    def missing(self, cleaned: Cleaned, reading: Reading) -> tuple[Problem, ...]:
        """What is missing in an answer that was begun and has nothing wrong: rows or columns left open."""
        return ()

    def documents(self, cleaned: Cleaned) -> bool:
        """Whether an answer is good enough to document the requirement of this question."""
        return cleaned.value is not None and not cleaned.problems

    def wtforms_field(self, facts: Mapping[str, Any]) -> Any:
        """The WTForms field, unbound, that a page draws for this type; none for one that the library draws itself.

        A type of a plugin that is no line of text says `return MyField(**facts)`: `facts` are the `label`, the
        `description` and the `validators`. The field holds what was typed as a text, or as several where `several`
        is set; its controls all bear the name that the field is given, and are all of it that is saved.
        """
        return None

    def points(self, cleaned: Cleaned, form: Form) -> Decimal | None:
        """What the answer is worth; none for a question that gives no points."""
        return None

    def most_points(self, form: Form) -> Decimal:
        """The most that any answer is worth."""
        return Decimal(0)

    def seen(self, value: Clean) -> object:
        """A clean value as an expression sees it."""
        return list(value) if isinstance(value, tuple) else value

    def check_within(self, form: Form) -> None:
        """Raise `ValueError` when the question names something that the form does not have."""

    @model_validator(mode="after")
    def _facts(self) -> Self:
        if self.prefill and self.prefill not in FACTS:
            raise PydanticCustomError(
                "unknown_fact",
                "nothing is known as '{name}'; a question can be prefilled with: {known}",
                {"name": self.prefill, "known": ", ".join(FACTS)},
            )
        if self.read_only and not self.prefill:
            raise PydanticCustomError(
                "read_only_without_prefill", "a question that is read only says with what it is prefilled"
            )
        return self


class Note(Question):
    """A text between questions; it asks nothing."""

    type: Literal["note"]

    @property
    def asks(self) -> bool:
        """Never."""
        return False

    def clean(self, raw: Raw, form: Form) -> Cleaned:
        """Nothing, whatever was sent."""
        return Cleaned()


class UnknownQuestion(Question):
    """A question of a frozen form whose type is not installed any more: it can be read, not changed."""

    model_config = ConfigDict(extra="ignore")

    @property
    def takes_answer(self) -> bool:
        """Never."""
        return False

    def clean(self, raw: Raw, form: Form) -> Cleaned:
        """The answer as it was typed."""
        return Cleaned(value=tidy(raw) or None)
