"""The registry as criteria may read it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, or_, select, union_all

from skolemerke.contract.criteria import RegistryTables
from skolemerke.registry.models import (
    Activity,
    Membership,
    Project,
    QualityLabel,
    School,
    SchoolLabel,
    Teacher,
)


def tables() -> RegistryTables:
    """Selectables of what the registry holds now: rows that are gone are left out.

    An activity without a school stands once for each school where its teacher served on that day.
    """
    return RegistryTables(
        schools=_schools().subquery("schools"),
        teachers=_teachers().subquery("teachers"),
        activities=union_all(_activities_at_schools(), _activities_without_a_school()).subquery("activities"),
        projects=select(Project.id.label("project_id"), Project.title, Project.european, Project.started_on)
        .where(Project.gone.is_(False))
        .subquery("projects"),
        memberships=_memberships().subquery("memberships"),
        quality_labels=_quality_labels().subquery("quality_labels"),
        school_labels=_school_labels().subquery("school_labels"),
    )


def _schools() -> Select[*tuple[Any, ...]]:
    return select(
        School.id.label("school_id"),
        School.name,
        School.country,
        School.city,
        School.region,
        School.level,
        School.pupils,
        School.language,
        School.registered_on,
        School.agency_id,
        School.address,
        School.head_name,
        School.head_email,
        School.site,
        School.facts,
    ).where(School.gone.is_(False))


def _teachers() -> Select[*tuple[Any, ...]]:
    return select(
        Teacher.person_id.label("teacher_id"),
        Teacher.school_id,
        Teacher.role,
        Teacher.language,
        Teacher.registered_on,
        Teacher.left_on,
    ).where(Teacher.gone.is_(False))


def _activities_at_schools() -> Select[*tuple[Any, ...]]:
    return select(
        Activity.person_id.label("teacher_id"),
        Activity.school_id.label("school_id"),
        Activity.kind,
        Activity.happened_on,
    ).where(Activity.gone.is_(False), Activity.school_id.is_not(None))


def _activities_without_a_school() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Activity.person_id.label("teacher_id"),
            Teacher.school_id.label("school_id"),
            Activity.kind,
            Activity.happened_on,
        )
        .join(Teacher, Teacher.person_id == Activity.person_id)
        .where(
            Activity.gone.is_(False),
            Activity.school_id.is_(None),
            Teacher.gone.is_(False),
            or_(Teacher.registered_on.is_(None), Teacher.registered_on <= Activity.happened_on),
            or_(Teacher.left_on.is_(None), Teacher.left_on > Activity.happened_on),
        )
    )


def _memberships() -> Select[*tuple[Any, ...]]:
    return select(
        Membership.project_id,
        Membership.person_id.label("teacher_id"),
        Membership.school_id,
        Membership.joined_on,
    ).where(Membership.gone.is_(False))


def _quality_labels() -> Select[*tuple[Any, ...]]:
    return select(
        QualityLabel.project_id,
        QualityLabel.person_id.label("teacher_id"),
        QualityLabel.school_id,
        QualityLabel.kind,
        QualityLabel.granted_on,
    ).where(QualityLabel.gone.is_(False))


def _school_labels() -> Select[*tuple[Any, ...]]:
    """Labels that are linked to a school and not withdrawn; `round` is the word of the files."""
    return select(
        SchoolLabel.round_id.label("round"),
        SchoolLabel.school_id,
        SchoolLabel.awarded_on,
        SchoolLabel.valid_from,
        SchoolLabel.valid_to,
    ).where(SchoolLabel.gone.is_(False), SchoolLabel.withdrawn_at.is_(None), SchoolLabel.school_id.is_not(None))
