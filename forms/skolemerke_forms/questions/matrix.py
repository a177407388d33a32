"""Statements that share one scale, a row each."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import Field

from skolemerke_forms.cleaning import Clean, Cleaned, Problem, Raw, problem
from skolemerke_forms.questions.base import Place, Question
from skolemerke_forms.questions.choosing import ScaleQuestion, levels_of, points_of_level
from skolemerke_forms.values import Id, Value

if TYPE_CHECKING:
    from skolemerke_forms.answers import Reading
    from skolemerke_forms.definition import Form


class MatrixRow(Value):
    """One statement of a matrix."""

    value: Id
    label: str


class Matrix(Question):
    """Rows of statements, each answered on the same scale. Each row is an answer of its own: two people who fill in
    different rows do not get in each other's way."""

    worded_items: ClassVar[dict[str, tuple[str, str]]] = {"rows": ("value", "label")}

    type: Literal["matrix"]
    scale: Id
    rows: Annotated[tuple[MatrixRow, ...], Field(min_length=1, max_length=50)]
    may_not_apply: bool = False

    def clean(self, raw: Raw, form: Form) -> Cleaned:
        """A matrix is read row by row; see `read`."""
        return Cleaned()

    def places(self, raw: Mapping[str, Any]) -> tuple[Place, ...]:
        """One place for each row."""
        return tuple(
            Place(address=self.address_of(row), question=self.question_of(row), label=row.label) for row in self.rows
        )

    def place_at(self, address: str) -> Place | None:
        """The row of that address."""
        return next((place for place in self.places({}) if place.address == address), None)

    def address_of(self, row: MatrixRow) -> str:
        """Where the answer of a row is kept."""
        return f"{self.id}.{row.value}"

    def question_of(self, row: MatrixRow) -> ScaleQuestion:
        """The row as a question of its own."""
        return ScaleQuestion(
            id=self.id,
            type="scale",
            scale=self.scale,
            label=row.label,
            required=self.required,
            may_not_apply=self.may_not_apply,
        )

    def read(self, reading: Reading) -> Cleaned:
        """The level of each answered row, by row."""
        values: dict[str, str] = {}
        problems: list[Problem] = []
        for row in self.rows:
            found = self.question_of(row).clean(reading.answers.raw.get(self.address_of(row)), reading.form)
            problems += [one.model_copy(update={"place": self.address_of(row)}) for one in found.problems]
            if isinstance(found.value, str):
                values[row.value] = found.value
        return Cleaned(value=values or None, problems=tuple(problems))

    def missing(self, cleaned: Cleaned, reading: Reading) -> tuple[Problem, ...]:
        """The rows that are still open."""
        answered = cleaned.value if isinstance(cleaned.value, dict) else {}
        open_rows = [row for row in self.rows if row.value not in answered]
        return tuple(problem("row_unanswered", self.address_of(row)) for row in open_rows)

    def documents(self, cleaned: Cleaned) -> bool:
        """Whether every row is answered."""
        answered = cleaned.value if isinstance(cleaned.value, dict) else {}
        return not cleaned.problems and len(answered) == len(self.rows)

    def points(self, cleaned: Cleaned, form: Form) -> Decimal | None:
        """The sum of the points of the rows that apply; none when none applies."""
        found = [points_of_level(form, self.scale, _of(cleaned.value, row.value)) for row in self.rows]
        counted = [points for points in found if points is not None]
        return sum(counted, start=Decimal(0)) if counted else None

    def most_points(self, form: Form) -> Decimal:
        """The points of the highest level in every row."""
        return max(level.points for level in form.scale(self.scale).levels) * len(self.rows)

    def check_within(self, form: Form) -> None:
        """The scale must be in the form."""
        levels_of(form, self.id, self.scale)


def _of(value: Clean, row: str) -> str | None:
    return value.get(row) if isinstance(value, dict) else None
