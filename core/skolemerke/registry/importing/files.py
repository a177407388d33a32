"""The registry's files and their columns, in the order in which they are imported: parents first."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from skolemerke.registry.importing.cells import (
    Cell,
    RowFault,
    country,
    day,
    email,
    filled,
    language,
    one_of,
    pupils,
    repetitive,
    short,
    text,
    yes_no,
)

ROUND = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,39}")


@dataclass(frozen=True)
class RegistryFile:
    """One file: its columns with their readers, which of them may be absent, and which make the key."""

    name: str
    columns: Mapping[str, Cell]
    key: tuple[str, ...]
    optional: frozenset[str] = frozenset()
    keeps_unknown_columns: bool = False

    @property
    def required(self) -> list[str]:
        """The columns without which the file is refused."""
        return [name for name in self.columns if name not in self.optional]


def _round(cell: str) -> str:
    if not ROUND.fullmatch(cell):
        raise RowFault(f"is '{short(cell)}' and not the name of a round such as 2020-2021")
    return cell


_id = filled(text(80))
_some_id = text(80)
_name = filled(text(400))
_some_day = filled(day)

SCHOOLS = RegistryFile(
    "schools.csv",
    {
        "school_id": _id,
        "name": _name,
        "country": filled(country),
        "city": text(200),
        "registered_on": _some_day,
        "agency": text(20),
        "region": text(200),
        "level": text(80),
        "pupils": pupils,
        "language": language,
        "address": text(500),
        "head_name": text(200),
        "head_email": email,
        "site": text(500),
    },
    key=("school_id",),
    optional=frozenset(
        ("agency", "region", "level", "pupils", "language", "address", "head_name", "head_email", "site")
    ),
    keeps_unknown_columns=True,
)
TEACHERS = RegistryFile(
    "teachers.csv",
    {
        "teacher_id": _id,
        "school_id": _id,
        "name": filled(text(200)),
        "email": email,
        "language": language,
        "role": text(80),
        "registered_on": day,
        "left_on": day,
    },
    key=("teacher_id", "school_id"),
)
ACTIVITIES = RegistryFile(
    "activities.csv",
    {
        "activity_id": _id,
        "teacher_id": _id,
        "school_id": _some_id,
        "kind": one_of("project", "training", "event", "collaboration"),
        "happened_on": _some_day,
    },
    key=("activity_id",),
)
PROJECTS = RegistryFile(
    "projects.csv",
    {"project_id": _id, "title": text(400), "european": yes_no, "started_on": day},
    key=("project_id",),
)
MEMBERSHIPS = RegistryFile(
    "memberships.csv",
    {"project_id": _id, "teacher_id": _id, "school_id": _id, "joined_on": day},
    key=("project_id", "teacher_id", "school_id"),
)
QUALITY_LABELS = RegistryFile(
    "quality_labels.csv",
    {
        "label_id": _id,
        "project_id": _id,
        "teacher_id": _some_id,
        "school_id": _id,
        "kind": one_of("national", "european"),
        "granted_on": _some_day,
    },
    key=("label_id",),
)
SCHOOL_LABELS = RegistryFile(
    "school_labels.csv",
    {
        "label_id": _id,
        "round": filled(repetitive(_round)),
        "school_id": _some_id,
        "school_name": _name,
        "country": filled(country),
        "region": text(200),
        "awarded_on": _some_day,
    },
    key=("label_id",),
)

FILES = (SCHOOLS, TEACHERS, PROJECTS, ACTIVITIES, MEMBERSHIPS, QUALITY_LABELS, SCHOOL_LABELS)
