"""What is asked about invitations: who may apply."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from skolemerke import database
from skolemerke.contract.criteria import Verdict
from skolemerke.eligibility.standing import Standing, standings
from skolemerke.invitations.models import InvitedSchool
from skolemerke.registry.models import School
from skolemerke.rounds.queries import UnknownRound, state_of
from skolemerke.rounds.stored import records


def may_apply(round_id: str, school_pk: int) -> bool:
    """Whether a school may apply: it was invited once, or the latest check found that it may.

    No later check takes that away; an officer of its agency may, by putting a verdict to `not met` with a reason.
    """
    stands = standings({round_id}, {school_pk}).get((round_id, school_pk))
    return _may_apply(stands, is_invited=was_invited(round_id, school_pk))


def was_invited(round_id: str, school_pk: int) -> bool:
    """Whether teachers of a school were invited to a round."""
    return (round_id, school_pk) in _invited({school_pk})


def rounds_open_to(schools: Collection[School]) -> dict[int, list[str]]:
    """The rounds that are open now and to which each of some schools may apply, by name."""
    if not schools:
        return {}
    opened = [name for name, one in records(database.read()).items() if one.opened_at is not None]
    numbers = {school.id: school for school in schools}
    invited, stands = _invited(numbers), standings(opened, numbers)
    found: dict[int, list[str]] = {number: [] for number in numbers}
    for name in sorted(opened):
        for number, school in numbers.items():
            may = _may_apply(stands.get((name, number)), is_invited=(name, number) in invited)
            if may and _is_open(name, school.agency_id):
                found[number].append(name)
    return found


def _may_apply(stands: Standing | None, *, is_invited: bool) -> bool:
    if stands is None:
        return is_invited
    return not stands.is_taken_out and (is_invited or stands.verdict is Verdict.MET)


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
