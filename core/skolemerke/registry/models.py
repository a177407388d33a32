"""The tables of the registry.

Text ids of the register (`school_id`, `teacher_id`, …) are unique; joins go by whole numbers. A row that an
import no longer brings is marked, never deleted.

Every row says from which import on it is there (`since`) and from which on it no longer is (`until`). An import is
merged in slices under a number that does not count yet; the one commit that writes its line into `registry_import`
makes all of it visible. `gone` is what readers ask: true of a row that is no longer there, and of one that is
not there yet.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    ForeignKey,
    Index,
    ScalarSelect,
    String,
    UniqueConstraint,
    func,
    or_,
    select,
    text,
)
from sqlalchemy.orm import Mapped, column_property, declared_attr, mapped_column, relationship

from skolemerke.agencies.models import Agency
from skolemerke.database import Base, coded, folded


class Import(Base):
    """One import of registry files; its number becomes visible with its rows."""

    __tablename__ = "registry_import"

    number: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    counts: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)


class UnfinishedImport(Base):
    """The import that is being merged, or was when its process ended: the next one takes back what it left."""

    __tablename__ = "registry_import_unfinished"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]


FOREVER = 2_147_483_647
"""The `until` of a row that is there."""


def visible_import() -> ScalarSelect[int]:
    """The number of the import that readers see; one that is being merged has a higher one."""
    return select(func.coalesce(func.max(Import.number), 0)).correlate(None).scalar_subquery()


class Row:
    """What every imported row has."""

    since: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    until: Mapped[int] = mapped_column(default=FOREVER, server_default=text(str(FOREVER)))

    @declared_attr
    @classmethod
    def gone(cls) -> Mapped[bool]:
        """Whether the row is no longer there, or not yet."""
        return column_property(or_(cls.since > visible_import(), cls.until <= visible_import()))


def arrived(model: type[Row]) -> ColumnElement[bool]:
    """The condition that a row was ever visible: it may be gone, but is not of an import that is still on its way."""
    return model.since <= visible_import()


class School(Row, Base):
    """A school. `agency_code` is what the register says; `agency_id` who answers for it (declared or by country)."""

    __tablename__ = "school"

    id: Mapped[int] = mapped_column(primary_key=True)
    school_id: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(400))
    country: Mapped[str] = mapped_column(String(2), index=True)
    city: Mapped[str] = mapped_column(String(200), default="")
    registered_on: Mapped[date]
    agency_code: Mapped[str] = mapped_column(String(20), default="")
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"), index=True)
    region: Mapped[str] = mapped_column(String(200), default="")
    level: Mapped[str] = mapped_column(String(80), default="")
    pupils: Mapped[int | None]
    language: Mapped[str] = mapped_column(String(20), default="")
    address: Mapped[str] = mapped_column(String(500), default="")
    head_name: Mapped[str] = mapped_column(String(200), default="")
    head_email: Mapped[str] = mapped_column(String(320), default="")
    site: Mapped[str] = mapped_column(String(500), default="")
    facts: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    agency: Mapped[Agency | None] = relationship()

    def __str__(self) -> str:
        return self.name


class Person(Base):
    """A teacher as a person: the same at every school where they serve."""

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    teacher_id: Mapped[str] = mapped_column(String(80), unique=True)
    since: Mapped[int] = mapped_column(default=0, server_default=text("0"))


class Teacher(Row, Base):
    """A person's service at a school. `email` is kept in small letters."""

    __tablename__ = "teacher"
    __table_args__ = (
        UniqueConstraint("person_id", "school_id"),
        Index("ix_teacher_school_id_person_id", "school_id", "person_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id"))
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(320), index=True)
    language: Mapped[str] = mapped_column(String(20), default="")
    role: Mapped[str] = mapped_column(String(80), default="")
    registered_on: Mapped[date | None]
    left_on: Mapped[date | None]
    person: Mapped[Person] = relationship()
    school: Mapped[School] = relationship()


class Activity(Row, Base):
    """Something that a teacher did; without a school it counts for each school where they then served."""

    __tablename__ = "activity"
    __table_args__ = (
        Index("ix_activity_person_id_happened_on", "person_id", "happened_on"),
        # All that a count of active teachers reads, so that it reads the index alone.
        Index("ix_activity_happened_on_covering", "happened_on", "person_id", "school_id", "kind", "since", "until"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[str] = mapped_column(String(80), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    school_id: Mapped[int | None] = mapped_column(ForeignKey("school.id"))
    kind: Mapped[str] = mapped_column(String(20))
    happened_on: Mapped[date]


class Project(Row, Base):
    """A project; `european` when partners of more than one country took part."""

    __tablename__ = "project"

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[str] = mapped_column(String(80), unique=True)
    title: Mapped[str] = mapped_column(String(400))
    european: Mapped[bool]
    started_on: Mapped[date | None]


class Membership(Row, Base):
    """A teacher's part in a project, for a school. It is no activity."""

    __tablename__ = "membership"
    __table_args__ = (
        # No constraint: of the two, SQLite can make an index alone at the end of a first import, and its rows are in no
        # order, so that row by row it would take five times as long.
        Index("ix_membership_project_id_person_id_school_id", "project_id", "person_id", "school_id", unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id"), index=True)
    joined_on: Mapped[date | None]


class QualityLabel(Row, Base):
    """A quality label of a project, granted to a teacher while at a school."""

    __tablename__ = "quality_label"
    __table_args__ = (Index("ix_quality_label_kind_granted_on_school_id", "kind", "granted_on", "school_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    label_id: Mapped[str] = mapped_column(String(80), unique=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    granted_on: Mapped[date]


class SchoolLabel(Row, Base):
    """A school label, awarded here (`origin` decision) or in a list of an earlier round (import).

    Name, place and country are those at the award. It counts as valid through 31 December of `valid_to`. A label
    that is not `public` is held all the same, but stands in no list: the school did not consent to that.
    """

    __tablename__ = "school_label"
    __table_args__ = (
        Index("ix_school_label_round_id_country", "round_id", "country"),
        Index("ix_school_label_round_id_school_id", "round_id", "school_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    certificate: Mapped[str] = mapped_column(String(80), unique=True)
    round_id: Mapped[str] = mapped_column(String(40))
    school_id: Mapped[int | None] = mapped_column(ForeignKey("school.id"), index=True)
    school_name: Mapped[str] = mapped_column(String(400))
    city: Mapped[str] = mapped_column(String(200), default="")
    country: Mapped[str] = mapped_column(String(2))
    region: Mapped[str] = mapped_column(String(200), default="")
    awarded_on: Mapped[date]
    valid_from: Mapped[int]
    valid_to: Mapped[int]
    origin: Mapped[str] = mapped_column(String(10))
    public: Mapped[bool] = mapped_column(default=True)
    withdrawn_at: Mapped[datetime | None]
    school: Mapped[School | None] = relationship()


class SchoolTwin(Base):
    """Two schools that are probably one: of one country and place, with nearly the same name.

    Each pair stands twice, once from either side. `score` says how alike the names are, up to 100. The table is
    made anew by each import that brings schools.
    """

    __tablename__ = "school_twin"

    school_id: Mapped[int] = mapped_column(ForeignKey("school.id"), primary_key=True, autoincrement=False)
    twin_id: Mapped[int] = mapped_column(ForeignKey("school.id"), primary_key=True, autoincrement=False, index=True)
    score: Mapped[int]


# How long lists are turned, sorted and searched; SQLite has an index of the addresses as they are.
Index("ix_school_name_folded", folded(School.name), School.id)
Index("ix_school_school_id_folded", folded(School.school_id), School.id)
Index("ix_school_city_folded", folded(School.city), School.id)
Index("ix_teacher_name_folded", folded(Teacher.name), Teacher.id)
Index("ix_teacher_email_coded", coded(Teacher.email), Teacher.id).ddl_if(dialect="postgresql")
Index("ix_school_label_certificate_folded", folded(SchoolLabel.certificate), SchoolLabel.id)
Index("ix_school_label_school_name_folded", folded(SchoolLabel.school_name), SchoolLabel.id)
