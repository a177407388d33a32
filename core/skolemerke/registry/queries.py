"""What is asked about schools, their teachers, and the labels that they hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import aliased

from skolemerke import clock, database
from skolemerke.registry.models import (
    Activity,
    Import,
    Membership,
    Project,
    QualityLabel,
    Row,
    School,
    SchoolLabel,
    SchoolTwin,
    Teacher,
    UnfinishedImport,
    arrived,
)
from skolemerke.registry.tables import tables
from skolemerke.speech import ZONE

__all__ = [
    "RegistryStats",
    "label_by_certificate",
    "label_state",
    "labels",
    "latest_import",
    "school_by_id",
    "services_of",
    "serving",
    "stats",
    "tables",
    "teachers_of",
    "today",
    "twins",
    "twins_of",
    "unfinished_import",
]

LabelState = Literal["valid", "expired", "withdrawn"]


@dataclass(frozen=True)
class RegistryStats:
    """How much the registry holds: rows that are there and rows that are gone, by table; schools by country."""

    latest_import: Import | None
    present: dict[str, int]
    gone: dict[str, int]
    countries: dict[str, int]


def school_by_id(text_id: str) -> School | None:
    """The school of an id of the register, also one that is gone."""
    return database.read().scalars(select(School).where(School.school_id == text_id.strip(), arrived(School))).first()


def today() -> date:
    """The day of the round's clock, as it is in Brussels."""
    return clock.now().astimezone(ZoneInfo(ZONE)).date()


def serving(day: date) -> ColumnElement[bool]:
    """The condition that a teacher is registered and has not left by a day."""
    return Teacher.gone.is_(False) & or_(Teacher.left_on.is_(None), Teacher.left_on > day)


def services_of(email: str) -> Sequence[Teacher]:
    """Where the owner of an e-mail address teaches now."""
    return (
        database.read()
        .scalars(
            select(Teacher)
            .join(School, School.id == Teacher.school_id)
            .where(Teacher.email == email.strip().lower(), serving(today()), School.gone.is_(False))
            .order_by(Teacher.id)
        )
        .all()
        if email.strip()
        else []
    )


def teachers_of(school_pk: int) -> Sequence[Teacher]:
    """Who teaches at a school now, by name."""
    return (
        database.read()
        .scalars(
            select(Teacher)
            .where(Teacher.school_id == school_pk, serving(today()))
            .order_by(func.lower(Teacher.name), Teacher.id)
        )
        .all()
    )


def labels(round_id: str | None = None, country: str | None = None, q: str | None = None) -> Select[SchoolLabel]:
    """The school labels of a round, of a country, of schools or towns with a part of a name; newest round first.

    A school that did not consent stands in no list.
    """
    statement = select(SchoolLabel).where(SchoolLabel.gone.is_(False), SchoolLabel.public.is_(True))
    if round_id:
        statement = statement.where(SchoolLabel.round_id == round_id)
    if country:
        statement = statement.where(SchoolLabel.country == country.strip().upper())
    if q and q.strip():
        part = q.strip()
        statement = statement.where(
            or_(
                SchoolLabel.school_name.icontains(part, autoescape=True),
                SchoolLabel.city.icontains(part, autoescape=True),
            )
        )
    return statement.order_by(
        SchoolLabel.round_id.desc(), SchoolLabel.country, func.lower(SchoolLabel.school_name), SchoolLabel.id
    )


def label_by_certificate(certificate: str) -> SchoolLabel | None:
    """The label of a certificate; one that lists no longer name is as good as none."""
    return (
        database.read()
        .scalars(select(SchoolLabel).where(SchoolLabel.certificate == certificate, SchoolLabel.gone.is_(False)))
        .first()
    )


def label_state(label: SchoolLabel, today: date) -> LabelState:
    """Whether a label counts: it is valid through 31 December of its last year, unless it was withdrawn."""
    return state_of(label.valid_to, today.year, is_withdrawn=label.withdrawn_at is not None)


def state_of(last_year: int, this_year: int, *, is_withdrawn: bool) -> LabelState:
    """The same of what a label says of itself."""
    if is_withdrawn:
        return "withdrawn"
    return "expired" if this_year > last_year else "valid"


def latest_import() -> Import | None:
    """The import that was made last."""
    return database.read().scalars(select(Import).order_by(Import.number.desc()).limit(1)).first()


def twins(agency_id: int | None = None) -> Sequence[tuple[School, School, int]]:
    """Pairs of schools that are probably one, and how alike their names are (up to 100).

    Each pair once; with an agency those of which it answers for either school. By country, place and name.
    """
    twin = aliased(School)
    statement = (
        select(School, twin, SchoolTwin.score)
        .join(SchoolTwin, SchoolTwin.school_id == School.id)
        .join(twin, twin.id == SchoolTwin.twin_id)
        .where(School.id < twin.id, School.gone.is_(False), twin.gone.is_(False))
        .order_by(School.country, School.city, School.name, School.id, twin.id)
    )
    if agency_id is not None:
        statement = statement.where(or_(School.agency_id == agency_id, twin.agency_id == agency_id))
    return [(school, other, score) for school, other, score in database.read().execute(statement)]


def twins_of(school_pk: int) -> Sequence[School]:
    """The schools that are probably the same as this one."""
    return (
        database.read()
        .scalars(
            select(School)
            .join(SchoolTwin, SchoolTwin.twin_id == School.id)
            .where(SchoolTwin.school_id == school_pk, School.gone.is_(False))
            .order_by(School.id)
        )
        .all()
    )


def unfinished_import() -> UnfinishedImport | None:
    """The import that is under way, or was broken off; nothing of it is visible."""
    return database.read().scalars(select(UnfinishedImport)).first()


def stats() -> RegistryStats:
    """How much the registry holds."""
    counted: dict[str, type[Row]] = {
        "schools": School,
        "teachers": Teacher,
        "activities": Activity,
        "projects": Project,
        "memberships": Membership,
        "quality_labels": QualityLabel,
        "school_labels": SchoolLabel,
    }
    session = database.read()
    present, gone = {}, {}
    for name, model in counted.items():
        found: dict[bool, int] = dict(
            session.execute(select(model.gone, func.count()).where(arrived(model)).group_by(model.gone)).all()
        )
        present[name], gone[name] = found.get(False, 0), found.get(True, 0)
    countries = session.execute(
        select(School.country, func.count())
        .where(School.gone.is_(False))
        .group_by(School.country)
        .order_by(School.country)
    )
    return RegistryStats(latest_import(), present, gone, dict(countries.all()))
