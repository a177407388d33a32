"""The way of a round in figures: from the schools that may apply to those that hold the label."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, distinct, func, select

from skolemerke import database
from skolemerke.agencies.models import Agency
from skolemerke.applications.models import Application, Submission
from skolemerke.contract.criteria import Verdict
from skolemerke.eligibility import queries as eligibility
from skolemerke.invitations.models import InvitedSchool
from skolemerke.people.actors import Actor
from skolemerke.people.rights import within
from skolemerke.registry.models import School, SchoolLabel
from skolemerke.rounds.queries import require_round

STEPS = ("eligible", "unclear", "invited", "started", "submitted", "awarded")
Place = tuple[str, str]


@dataclass(frozen=True)
class Row:
    """The figures of one country: how many schools are at each step, or have passed it."""

    agency: str
    country: str
    eligible: int = 0
    unclear: int = 0
    invited: int = 0
    started: int = 0
    submitted: int = 0
    awarded: int = 0


def by_country(round_id: str, actor: Actor) -> list[Row]:
    """The figures of a round by agency and country, as far as the actor may see. Raises `UnknownRound`."""
    require_round(round_id)
    seen = within(actor, School.agency_id)
    counted = {step: _counts(statement, seen) for step, statement in _schools_at(round_id).items()}
    places = sorted({place for counts in counted.values() for place in counts})
    return [
        Row(agency, country, **{step: counted[step].get((agency, country), 0) for step in STEPS})
        for agency, country in places
    ]


def total(rows: list[Row]) -> dict[str, int]:
    """The figures of all rows together, by step."""
    return {step: sum(getattr(row, step) for row in rows) for step in STEPS}


def _schools_at(round_id: str) -> dict[str, Select[Any]]:
    """For each step a statement of the schools that are there."""
    applied = select(Application.school_id).where(Application.round_id == round_id)
    return {
        "eligible": eligibility.eligible_schools(round_id),
        "unclear": eligibility.schools_with(round_id, Verdict.UNCLEAR),
        "invited": select(InvitedSchool.school_id).where(InvitedSchool.round_id == round_id),
        "started": applied,
        "submitted": applied.join(Submission, Submission.application_id == Application.id),
        "awarded": select(SchoolLabel.school_id).where(
            SchoolLabel.round_id == round_id,
            SchoolLabel.school_id.is_not(None),
            SchoolLabel.withdrawn_at.is_(None),
            SchoolLabel.gone.is_(False),
        ),
    }


def _counts(schools: Select[Any], seen: ColumnElement[bool]) -> dict[Place, int]:
    statement = (
        select(func.coalesce(Agency.code, ""), School.country, func.count(distinct(School.id)))
        .outerjoin(Agency, Agency.id == School.agency_id)
        .where(School.id.in_(schools), seen)
        .group_by(Agency.code, School.country)
    )
    return {(agency, country): count for agency, country, count in database.read().execute(statement)}
