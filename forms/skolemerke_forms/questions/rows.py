"""Questions that are answered by rows: a repeating group, and a list that the registry begins.

A row has an id of its own that never changes, so that what is written in it, and what is said of it, stays with
it whatever stands before it. The list of the rows is one answer, each column of each row another.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, SerializeAsAny, model_validator
from pydantic_core import PydanticCustomError

from skolemerke_forms.cleaning import Clean, Cleaned, Problem, Raw, Row, problem
from skolemerke_forms.questions.base import Place, Question
from skolemerke_forms.questions.choosing import Choice, YesNo
from skolemerke_forms.questions.writing import Date, Link, LongText, Number, ShortText, require_order

if TYPE_CHECKING:
    from skolemerke_forms.answers import Reading
    from skolemerke_forms.definition import Form

MAX_ROWS = 100
SIMPLE = (ShortText, LongText, Number, Date, Link, YesNo, Choice)
"""What a column of a group can ask."""

SOURCES = ("teachers", "projects", "events", "quality_labels")
"""The lists of a school that the registry knows; the caller gives the rows (`Known.lists`)."""

_ROW = re.compile(r"[A-Za-z0-9_-]{1,40}")
_ADDRESS = re.compile(rf"([a-z][a-z0-9_]*)\.({_ROW.pattern})\.([a-z][a-z0-9_]*)")

OTHERS = "others"
"""Where the rows are listed that were typed besides those of the registry."""


class Group(Question):
    """Rows with the same columns, as many as there is something to say of."""

    type: Literal["group"]
    columns: Annotated[tuple[SerializeAsAny[Question], ...], Field(min_length=1, max_length=10)]
    at_least: Annotated[int, Field(ge=0, le=MAX_ROWS)] = 0
    at_most: Annotated[int, Field(ge=1, le=MAX_ROWS)] = 20

    def clean(self, raw: Raw, form: Form) -> Cleaned:
        """A group is read row by row; see `read`."""
        return Cleaned()

    @property
    def list_address(self) -> str:
        """Where the ids of its rows are kept."""
        return self.id

    def places(self, raw: Mapping[str, Any]) -> tuple[Place, ...]:
        """One place for each column of each row; the list of the rows is changed by adding and removing."""
        return tuple(
            Place(address=self.address_of(row, column), question=column, label=column.label)
            for row in row_ids(raw.get(self.list_address))
            for column in self.columns
        )

    def place_at(self, address: str) -> Place | None:
        """The column of a row, whether the row is listed now or not."""
        row, column = _parted(self.id, address)
        found = next((one for one in self.columns if one.id == column), None)
        return Place(address=address, question=found, label=found.label, row=row) if found and row else None

    def address_of(self, row: str, column: Question) -> str:
        """Where a column of a row is kept."""
        return f"{self.id}.{row}.{column.id}"

    def read(self, reading: Reading) -> Cleaned:
        """The rows in which anything stands, in their order."""
        rows, problems = _read_rows(self, reading)
        if len(rows) > self.at_most:
            problems.append(problem("too_many_rows", limit=self.at_most, found=len(rows)))
        return Cleaned(value=tuple(rows) or None, problems=tuple(problems))

    def missing(self, cleaned: Cleaned, reading: Reading) -> tuple[Problem, ...]:
        """Too few rows, and what is open in the rows that were begun."""
        rows = rows_of(cleaned.value)
        found = [problem("too_few_rows", limit=self.at_least, found=len(rows))] if len(rows) < self.at_least else []
        return (*found, *_open_columns(self, rows))

    def documents(self, cleaned: Cleaned) -> bool:
        """Whether there are rows enough, each with what it must have."""
        rows = rows_of(cleaned.value)
        return not cleaned.problems and len(rows) >= max(1, self.at_least) and not _open_columns(self, rows)

    def seen(self, value: Clean) -> object:
        """A list of maps, each with its columns as an expression sees them; an open column is null."""
        return [{c.id: c.seen(row[c.id]) if c.id in row else None for c in self.columns} for row in rows_of(value)]

    def check_within(self, form: Form) -> None:
        """A column asks by itself: it has no evidence, requirement or condition of its own."""
        for column in self.columns:
            column.check_within(form)

    @model_validator(mode="after")
    def _simple_columns(self) -> Self:
        for column in self.columns:
            if not isinstance(column, SIMPLE) or column.evidence != "none" or column.requirement or column.when:
                raise PydanticCustomError(
                    "wrong_column",
                    "column '{name}' can't stand in a group: a column is short_text, long_text, number, date, link, "
                    "yes_no or choice, without evidence, requirement or condition",
                    {"name": column.id},
                )
        require_order("at_least", self.at_least, "at_most", self.at_most)
        return self


class RegistryList(Question):
    """The teachers, projects, events or quality labels of the school as the registry has them.

    The reader ticks those that count, and can put a remark beside one that is not right. One that the registry
    does not have can be typed; it is shown as not confirmed. What the registry says is decided by the server and
    frozen with the submission.
    """

    worded: ClassVar[tuple[str, ...]] = ("label", "help", "example")
    several: ClassVar[bool] = True

    type: Literal["registry_list"]
    source: Literal["teachers", "projects", "events", "quality_labels"]
    at_least: Annotated[int, Field(ge=0, le=MAX_ROWS)] = 0
    may_add: bool = True

    def clean(self, raw: Raw, form: Form) -> Cleaned:
        """The list is read together with what the registry knows; see `read`."""
        return Cleaned()

    @property
    def list_address(self) -> str:
        """Where the ids of the typed rows are kept."""
        return f"{self.id}.{OTHERS}"

    def places(self, raw: Mapping[str, Any]) -> tuple[Place, ...]:
        """The list of those that were ticked, a remark for each, and the name of each typed row."""
        ticked, typed = row_ids(raw.get(self.id)), row_ids(raw.get(self.list_address))
        return (
            Place(address=self.id, question=self, label=self.label),
            *(Place(address=f"{self.id}.{row}.remark", question=_remark(self)) for row in ticked),
            *(Place(address=f"{self.id}.{row}.name", question=_name(self)) for row in typed),
        )

    def place_at(self, address: str) -> Place | None:
        """The list of those that were ticked, the remark on a row, or the name of one that was typed."""
        if address == self.id:
            return Place(address=address, question=self, label=self.label)
        row, kind = _parted(self.id, address)
        if row and kind == "remark":
            return Place(address=address, question=_remark(self))
        return Place(address=address, question=_name(self), row=row) if row and kind == "name" else None

    def read(self, reading: Reading) -> Cleaned:
        """The rows that count: those that were ticked, as the registry has them, then those that were typed.

        Each has `row`, `name` and `confirmed` (`yes` or `no`), and `kind`, `day`, `details` and `remark` where
        known. One that left the registry meanwhile counts no more.
        """
        rows, problems = self._confirmed(reading)
        raw = reading.answers.raw
        for row in row_ids(raw.get(self.list_address)):
            name = _name(self).clean(raw.get(f"{self.id}.{row}.name"), reading.form)
            problems += _placed(name, f"{self.id}.{row}.name")
            if isinstance(name.value, str):
                rows.append({"row": row, "name": name.value, "confirmed": "no"})
        if len(rows) > MAX_ROWS:
            problems.append(problem("too_many_rows", limit=MAX_ROWS, found=len(rows)))
        return Cleaned(value=tuple(rows) or None, problems=tuple(problems))

    def _confirmed(self, reading: Reading) -> tuple[list[Row], list[Problem]]:
        raw, rows, problems = reading.answers.raw, [], []
        ticked = set(row_ids(raw.get(self.id)))
        for known in reading.answers.known.lists.get(self.source, ()):
            if known.id in ticked:
                remark = _remark(self).clean(raw.get(f"{self.id}.{known.id}.remark"), reading.form)
                problems += _placed(remark, f"{self.id}.{known.id}.remark")
                said = {"kind": known.kind, "day": known.day, "details": known.details, "remark": remark.value or ""}
                row = {"row": known.id, "name": known.label, "confirmed": "yes"}
                rows.append({**row, **{key: str(text) for key, text in said.items() if text}})
        return rows, problems

    def missing(self, cleaned: Cleaned, reading: Reading) -> tuple[Problem, ...]:
        """Too few rows."""
        found = len(rows_of(cleaned.value))
        return (problem("too_few_rows", limit=self.at_least, found=found),) if found < self.at_least else ()

    def documents(self, cleaned: Cleaned) -> bool:
        """Whether there are rows enough."""
        return not cleaned.problems and len(rows_of(cleaned.value)) >= max(1, self.at_least)

    def seen(self, value: Clean) -> object:
        """A list of maps with `name`, `kind`, `day`, `details`, `remark` and `confirmed`."""
        keys = ("name", "kind", "day", "details", "remark", "confirmed")
        return [{key: row.get(key) for key in keys} for row in rows_of(value)]


def _parted(question_id: str, address: str) -> tuple[str, str]:
    """The row and the column of an address of a question; empty for one that is not of that shape."""
    found = _ADDRESS.fullmatch(address)
    return (found.group(2), found.group(3)) if found and found.group(1) == question_id else ("", "")


def row_ids(listed: object) -> tuple[str, ...]:
    """The ids of rows as a list holds them, each once; at most twice as many as can count are looked at. What can't
    stand in an address is the id of no row."""
    ids = (listed,) if isinstance(listed, str) else listed
    if not isinstance(ids, list | tuple):
        return ()
    return tuple(dict.fromkeys(str(one) for one in ids if _ROW.fullmatch(str(one))))[: 2 * MAX_ROWS]


def rows_of(value: Clean) -> tuple[Row, ...]:
    """The rows of a clean value; none when it has none."""
    return tuple(row for row in value if isinstance(row, dict)) if isinstance(value, tuple) else ()


def _read_rows(group: Group, reading: Reading) -> tuple[list[Row], list[Problem]]:
    rows: list[Row] = []
    problems: list[Problem] = []
    for row in row_ids(reading.answers.raw.get(group.list_address)):
        read: Row = {}
        for column in group.columns:
            address = group.address_of(row, column)
            found = column.clean(reading.answers.raw.get(address), reading.form)
            problems += _placed(found, address)
            if isinstance(found.value, str):
                read[column.id] = found.value
        if read:
            rows.append({"row": row, **read})
    return rows, problems


def _open_columns(group: Group, rows: tuple[Row, ...]) -> list[Problem]:
    return [
        problem("unanswered", group.address_of(row["row"], column))
        for row in rows
        for column in group.columns
        if column.required and column.id not in row
    ]


def _placed(cleaned: Cleaned, address: str) -> list[Problem]:
    return [one.model_copy(update={"place": address}) for one in cleaned.problems]


def _remark(listed: RegistryList) -> ShortText:
    return ShortText(id=listed.id, type="short_text", label="", max_length=300)


def _name(listed: RegistryList) -> ShortText:
    return ShortText(id=listed.id, type="short_text", label="", max_length=200)
