"""How the rows of each file are stored: their table and columns, their parents, and whose they are."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from sqlalchemy import ColumnElement, Table, false, select, union

from skolemerke.agencies.models import AgencyCountry
from skolemerke.database import table_of
from skolemerke.registry.importing import files
from skolemerke.registry.importing.files import RegistryFile
from skolemerke.registry.models import (
    Activity,
    Membership,
    Project,
    QualityLabel,
    Row,
    School,
    SchoolLabel,
    Teacher,
)

IMPORTED, DECIDED = "import", "decision"
TWO_YEARS = re.compile(r"(\d{4})-(\d{4})", re.ASCII)

Kind = Literal["school", "person", "project"]


@dataclass(frozen=True)
class Own:
    """A column of the file as it was read."""

    column: str


@dataclass(frozen=True)
class Parent:
    """The number of a row that a column of the file names. `made`: whoever is new is made known."""

    kind: Kind
    column: str
    optional: bool = False
    made: bool = False


@dataclass(frozen=True)
class Computed:
    """Made of columns of the file."""

    columns: tuple[str, ...]
    make: Callable[..., Any]


@dataclass(frozen=True)
class Agency:
    """Who answers for a school: the agency that it names, else that of its country."""


Source = Own | Parent | Computed | Agency


@dataclass(frozen=True)
class Scope:
    """What says which stored rows the extract of one agency holds whole. `own` are the numbers of its schools."""

    agency_id: int
    own: Table
    staged_teachers: Table


@dataclass(frozen=True)
class Target:
    """Where the rows of one file go.

    `key` and `values` say how the columns of the table are made; a change of one of `values` changes the row, one
    of `carried` does not. `numbered`: rows get their numbers while they are read, since other files name them.
    """

    file: RegistryFile
    model: type[Row]
    key: dict[str, Source]
    values: dict[str, Source]
    of_agency: Callable[[Scope], ColumnElement[bool]]
    carried: dict[str, Source] = field(default_factory=dict)
    numbered: Kind | None = None
    constants: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The name of the table."""
        return self.table.name

    @property
    def table(self) -> Table:
        """The table."""
        return table_of(self.model)  # type: ignore[arg-type] # each model is a Base as well

    @property
    def columns(self) -> dict[str, Source]:
        """All columns that are made of the file."""
        return {**self.key, **self.values, **self.carried}


def _of_own_schools(table: Callable[[], Table]) -> Callable[[Scope], ColumnElement[bool]]:
    return lambda scope: table().c.school_id.in_(select(scope.own.c.id))


def _activity_of(scope: Scope) -> ColumnElement[bool]:
    """One without a school is the agency's when its teacher serves at no school of another."""
    stored, staged, own = table_of(Teacher), scope.staged_teachers, select(scope.own.c.id)
    activity = table_of(Activity).c
    serve = [select(table.c.person_id).where(table.c.school_id.in_(own)) for table in (stored, staged)]
    elsewhere = [select(table.c.person_id).where(table.c.school_id.not_in(own)) for table in (stored, staged)]
    here, there = union(*serve).subquery(), union(*elsewhere).subquery()
    without = (
        activity.school_id.is_(None)
        & activity.person_id.in_(select(here.c.person_id))
        & activity.person_id.not_in(select(there.c.person_id))
    )
    return activity.school_id.in_(own) | without


def _school_label_of(scope: Scope) -> ColumnElement[bool]:
    label = table_of(SchoolLabel).c
    countries = select(AgencyCountry.country).where(AgencyCountry.agency_id == scope.agency_id)
    return label.school_id.in_(select(scope.own.c.id)) | (label.school_id.is_(None) & label.country.in_(countries))


def valid_years(round_id: str, awarded_on: str) -> tuple[int, int]:
    """The first and last year of validity: those of the round's name, else the year of the award and the next."""
    found = TWO_YEARS.fullmatch(round_id)
    if found:
        return int(found[1]), int(found[2])
    year = int(awarded_on[:4])
    return year, year + 1


def _own(*names: str) -> dict[str, Source]:
    return {name: Own(name) for name in names}


TARGETS: Sequence[Target] = (
    Target(
        files.SCHOOLS,
        School,
        _own("school_id"),
        {
            **_own("name", "country", "city", "registered_on"),
            "agency_code": Own("agency"),
            **_own("region", "level", "pupils", "language", "address", "head_name", "head_email", "site", "facts"),
        },
        lambda scope: table_of(School).c.agency_id == scope.agency_id,
        carried={"agency_id": Agency()},
        numbered="school",
    ),
    Target(
        files.TEACHERS,
        Teacher,
        # The school first: where it is unknown, nobody is made a person for it.
        {"school_id": Parent("school", "school_id"), "person_id": Parent("person", "teacher_id", made=True)},
        _own("name", "email", "language", "role", "registered_on", "left_on"),
        _of_own_schools(lambda: table_of(Teacher)),
    ),
    Target(
        files.PROJECTS,
        Project,
        _own("project_id"),
        _own("title", "european", "started_on"),
        # Projects are shared: that one agency's extract does not name one says nothing.
        lambda _scope: false(),
        numbered="project",
    ),
    Target(
        files.ACTIVITIES,
        Activity,
        _own("activity_id"),
        {
            "person_id": Parent("person", "teacher_id"),
            "school_id": Parent("school", "school_id", optional=True),
            **_own("kind", "happened_on"),
        },
        _activity_of,
    ),
    Target(
        files.MEMBERSHIPS,
        Membership,
        {
            "project_id": Parent("project", "project_id"),
            "person_id": Parent("person", "teacher_id"),
            "school_id": Parent("school", "school_id"),
        },
        _own("joined_on"),
        _of_own_schools(lambda: table_of(Membership)),
    ),
    Target(
        files.QUALITY_LABELS,
        QualityLabel,
        _own("label_id"),
        {
            "project_id": Parent("project", "project_id"),
            "person_id": Parent("person", "teacher_id", optional=True),
            "school_id": Parent("school", "school_id"),
            **_own("kind", "granted_on"),
        },
        _of_own_schools(lambda: table_of(QualityLabel)),
    ),
    Target(
        files.SCHOOL_LABELS,
        SchoolLabel,
        {"certificate": Own("label_id")},
        {
            "round_id": Own("round"),
            "school_id": Parent("school", "school_id", optional=True),
            **_own("school_name", "country", "region", "awarded_on"),
            "valid_from": Computed(("round", "awarded_on"), lambda *of: valid_years(*of)[0]),
            "valid_to": Computed(("round", "awarded_on"), lambda *of: valid_years(*of)[1]),
        },
        _school_label_of,
        constants={"origin": IMPORTED},
    ),
)
