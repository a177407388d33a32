"""How the rows of each file are stored: their table and columns, their parents, and whose they are."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, false, select

from skolemerke.agencies.models import AgencyCountry
from skolemerke.database import Base
from skolemerke.registry.importing import files
from skolemerke.registry.importing.files import RegistryFile
from skolemerke.registry.importing.parents import Parents
from skolemerke.registry.models import (
    Activity,
    Membership,
    Project,
    QualityLabel,
    School,
    SchoolLabel,
    Teacher,
)

Values = tuple[Any, ...]

IMPORTED, DECIDED = "import", "decision"
TWO_YEARS = re.compile(r"(\d{4})-(\d{4})", re.ASCII)


@dataclass(frozen=True)
class Target:
    """Where the rows of one file go.

    `key_of` and `values_of` turn what was read into the columns `key` and `values`; they raise `RowFault` for
    an unknown parent. `of_agency` says which stored rows the extract of one agency holds whole.
    """

    file: RegistryFile
    model: type[Base]
    key: tuple[str, ...]
    values: tuple[str, ...]
    key_of: Callable[[Parents, tuple[str, ...]], Values]
    values_of: Callable[[Parents, Values], Values]
    of_agency: Callable[[int], ColumnElement[bool]]
    constants: dict[str, Any] = field(default_factory=dict)


def _schools_of(agency_id: int) -> Select[int]:
    return select(School.id).where(School.agency_id == agency_id)


def _teachers_key(parents: Parents, key: tuple[str, ...]) -> Values:
    # The school first: where it is unknown, nobody was made a person for it.
    school = parents.school(key[1])
    return parents.person(key[0]), school


def _membership_key(parents: Parents, key: tuple[str, ...]) -> Values:
    return parents.project(key[0]), parents.person(key[1]), parents.school(key[2])


def _own_id(_parents: Parents, key: tuple[str, ...]) -> Values:
    return key


def _activity(parents: Parents, row: Values) -> Values:
    _, teacher_id, school_id, kind, happened_on = row
    return parents.person(teacher_id), parents.some_school(school_id), kind, happened_on


def _activity_of(agency_id: int) -> ColumnElement[bool]:
    """One without a school is the agency's when its teacher serves at no school of another."""
    own = _schools_of(agency_id)
    here = select(Teacher.person_id).where(Teacher.school_id.in_(own))
    elsewhere = select(Teacher.person_id).where(Teacher.school_id.not_in(own))
    without = Activity.school_id.is_(None) & Activity.person_id.in_(here) & Activity.person_id.not_in(elsewhere)
    return Activity.school_id.in_(own) | without


def _quality_label(parents: Parents, row: Values) -> Values:
    _, project_id, teacher_id, school_id, kind, granted_on = row
    return (
        parents.project(project_id),
        parents.some_person(teacher_id),
        parents.school(school_id),
        kind,
        granted_on,
    )


def _school_label(parents: Parents, row: Values) -> Values:
    _, round_id, school_id, school_name, country, region, awarded_on = row
    years = valid_years(round_id, awarded_on)
    return round_id, parents.some_school(school_id), school_name, country, region, awarded_on, *years


def _school_label_of(agency_id: int) -> ColumnElement[bool]:
    countries = select(AgencyCountry.country).where(AgencyCountry.agency_id == agency_id)
    unlinked = SchoolLabel.school_id.is_(None) & SchoolLabel.country.in_(countries)
    return SchoolLabel.school_id.in_(_schools_of(agency_id)) | unlinked


def valid_years(round_id: str, awarded_on: date) -> tuple[int, int]:
    """The first and last year of validity: those of the round's name, else the year of the award and the next."""
    found = TWO_YEARS.fullmatch(round_id)
    if found:
        return int(found[1]), int(found[2])
    return awarded_on.year, awarded_on.year + 1


TARGETS = (
    Target(
        files.SCHOOLS,
        School,
        ("school_id",),
        (
            "name",
            "country",
            "city",
            "registered_on",
            "agency_code",
            "region",
            "level",
            "pupils",
            "language",
            "address",
            "head_name",
            "head_email",
            "site",
            "facts",
        ),
        _own_id,
        lambda _parents, row: row[1:],
        lambda agency_id: School.agency_id == agency_id,
    ),
    Target(
        files.TEACHERS,
        Teacher,
        ("person_id", "school_id"),
        ("name", "email", "language", "role", "registered_on", "left_on"),
        _teachers_key,
        lambda _parents, row: row[2:],
        lambda agency_id: Teacher.school_id.in_(_schools_of(agency_id)),
    ),
    Target(
        files.PROJECTS,
        Project,
        ("project_id",),
        ("title", "european", "started_on"),
        _own_id,
        lambda _parents, row: row[1:],
        # Projects are shared: that one agency's extract does not name one says nothing.
        lambda _agency_id: false(),
    ),
    Target(
        files.ACTIVITIES,
        Activity,
        ("activity_id",),
        ("person_id", "school_id", "kind", "happened_on"),
        _own_id,
        _activity,
        _activity_of,
    ),
    Target(
        files.MEMBERSHIPS,
        Membership,
        ("project_id", "person_id", "school_id"),
        ("joined_on",),
        _membership_key,
        lambda _parents, row: row[3:],
        lambda agency_id: Membership.school_id.in_(_schools_of(agency_id)),
    ),
    Target(
        files.QUALITY_LABELS,
        QualityLabel,
        ("label_id",),
        ("project_id", "person_id", "school_id", "kind", "granted_on"),
        _own_id,
        _quality_label,
        lambda agency_id: QualityLabel.school_id.in_(_schools_of(agency_id)),
    ),
    Target(
        files.SCHOOL_LABELS,
        SchoolLabel,
        ("certificate",),
        ("round_id", "school_id", "school_name", "country", "region", "awarded_on", "valid_from", "valid_to"),
        _own_id,
        _school_label,
        _school_label_of,
        {"origin": IMPORTED},
    ),
)
