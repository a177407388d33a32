"""The way of a round in figures: from the schools that were checked to those that hold the label.

The definitions are fixed, so that the figures of several installations mean the same and can be put together: a row
for each agency and country, and rows of the same agency and country add up. Each school counts once at a step.

- `checked`: it has a standing verdict, that of the latest run that held it.
- `eligible`, `unclear`, `ineligible`: what this verdict says with the words of officers; the three add up to `checked`.
- `invited`: a teacher of it was ever invited to the round.
- `started`: it has an application, whatever became of it.
- `submitted`: this application was submitted at least once.
- `awarded`: it holds the label of the round, which was not withdrawn since.

The country is that of the school in the register, the agency the one that answers for it now, empty for none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, distinct, func, literal, select, union_all
from sqlalchemy.orm import join

from skolemerke import database
from skolemerke.agencies.models import Agency
from skolemerke.applications.models import Application, Submission
from skolemerke.contract.criteria import Verdict
from skolemerke.eligibility import queries as eligibility
from skolemerke.eligibility.models import SchoolVerdict
from skolemerke.eligibility.standing import standing
from skolemerke.invitations.models import InvitedSchool
from skolemerke.people.actors import Actor
from skolemerke.people.rights import within
from skolemerke.registry.models import School, SchoolLabel
from skolemerke.rounds.queries import require_round

FUNNEL = ("eligible", "invited", "started", "submitted", "awarded")
STEPS = ("checked", "eligible", "unclear", "ineligible", "invited", "started", "submitted", "awarded")
Place = tuple[str, str]


@dataclass(frozen=True)
class Row:
    """The figures of one country: how many schools are at each step, or have passed it."""

    agency: str
    country: str
    checked: int = 0
    eligible: int = 0
    unclear: int = 0
    ineligible: int = 0
    invited: int = 0
    started: int = 0
    submitted: int = 0
    awarded: int = 0


def by_country(round_id: str, actor: Actor, *, with_checked: bool = True) -> list[Row]:
    """The figures of a round by agency and country, as far as the actor may see. Raises `UnknownRound`.

    Without `with_checked`, neither it nor `ineligible` is counted: these are steps of nearly all schools.
    """
    require_round(round_id)
    counted = _counted(round_id, within(actor, School.agency_id), with_checked=with_checked)
    rows = []
    for (agency, country), counts in sorted(counted.items()):
        decided = counts.get("eligible", 0) + counts.get("unclear", 0)
        counts["ineligible"] = counts.get("checked", 0) - decided if with_checked else 0
        rows.append(Row(agency, country, **counts))
    return rows


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


def _counted(round_id: str, seen: ColumnElement[bool], *, with_checked: bool) -> dict[Place, dict[str, int]]:
    """How many schools of each place are at each step; asked in one statement."""
    steps = [
        _by_place(step, func.count(distinct(School.id)), School, seen).where(School.id.in_(schools))
        for step, schools in _schools_at(round_id).items()
    ]
    if with_checked:
        # Of each school one row stands, so that nothing need be sorted.
        verdicts = join(SchoolVerdict, School, School.id == SchoolVerdict.school_id)
        stands = standing(database.read(), round_id)
        steps.append(_by_place("checked", func.count(), verdicts, seen).where(stands))
    found: dict[Place, dict[str, int]] = {}
    for step, agency, country, count in database.read().execute(union_all(*steps)):
        found.setdefault((agency, country), {})[step] = count
    return found


def _by_place(
    step: str, count: ColumnElement[int], schools: Any, seen: ColumnElement[bool]
) -> Select[*tuple[Any, ...]]:
    return (
        select(literal(step).label("step"), func.coalesce(Agency.code, "").label("agency"), School.country, count)
        .select_from(schools)
        .outerjoin(Agency, Agency.id == School.agency_id)
        .where(seen)
        .group_by(Agency.code, School.country)
    )
