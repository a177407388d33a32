"""What is asked about invitations: who may apply."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from skolemerke import database
from skolemerke.eligibility.models import Run
from skolemerke.eligibility.queries import eligible_among, taken_out
from skolemerke.invitations.models import InvitedSchool
from skolemerke.registry.models import School
from skolemerke.rounds.queries import UnknownRound, state_of
from skolemerke.rounds.stored import records


def may_apply(round_id: str, school_pk: int) -> bool:
    """Whether a school may apply: it was invited once, or the latest check found that it may.

    No later check takes that away; an officer of its agency may, by putting a verdict to `not met` with a reason.
    """
    return bool(_may_apply_among(round_id, {school_pk}, _invited({school_pk})))


def was_invited(round_id: str, school_pk: int) -> bool:
    """Whether teachers of a school were invited to a round."""
    return (round_id, school_pk) in _invited({school_pk})


def rounds_open_to(schools: Collection[School]) -> dict[int, list[str]]:
    """The rounds that are open now and to which each of some schools may apply, by name."""
    if not schools:
        return {}
    session = database.read()
    numbers = {school.id: school for school in schools}
    checked = set(session.scalars(select(Run.round_id).where(Run.round_id.is_not(None)).distinct()))
    opened = sorted(name for name, one in records(session).items() if one.opened_at is not None and name in checked)
    invited = _invited(numbers)
    found: dict[int, list[str]] = {number: [] for number in numbers}
    for name in opened:
        asked = {number for number, school in numbers.items() if _is_open(name, school.agency_id)}
        for number in _may_apply_among(name, asked, invited):
            found[number].append(name)
    return found


def _may_apply_among(round_id: str, schools: Collection[int], invited: Collection[tuple[str, int]]) -> set[int]:
    if not schools:
        return set()
    left = set(schools) - taken_out(database.read(), round_id)
    asked = {number for number in left if (round_id, number) in invited}
    return asked | eligible_among(round_id, left - asked)


def _invited(schools: Collection[int]) -> set[tuple[str, int]]:
    """The rounds to which some schools were invited, each with its school."""
    statement = select(InvitedSchool.round_id, InvitedSchool.school_id).where(InvitedSchool.school_id.in_(schools))
    return {(row.round_id, row.school_id) for row in database.read().execute(statement)}


def _is_open(round_id: str, agency_id: int | None) -> bool:
    try:
        return state_of(round_id, agency_id) == "open"
    except UnknownRound:
        # Its plugin is missing, and with it its dates.
        return False
