"""What is asked about invitations: who may apply."""

from __future__ import annotations

from sqlalchemy import select

from skolemerke import database
from skolemerke.eligibility.models import Run
from skolemerke.eligibility.queries import is_eligible, is_taken_out
from skolemerke.invitations.models import InvitedSchool
from skolemerke.registry.models import School
from skolemerke.rounds.models import RoundRecord
from skolemerke.rounds.queries import UnknownRound, state_of


def may_apply(round_id: str, school_pk: int) -> bool:
    """Whether a school may apply: it was invited once, or the latest check found that it may.

    No later check takes that away; an officer of its agency may, by putting a verdict to `not met` with a reason.
    """
    if is_taken_out(round_id, school_pk):
        return False
    return was_invited(round_id, school_pk) or is_eligible(round_id, school_pk)


def was_invited(round_id: str, school_pk: int) -> bool:
    """Whether teachers of a school were invited to a round."""
    return database.read().get(InvitedSchool, (round_id, school_pk)) is not None


def rounds_open_to(school_pk: int) -> list[str]:
    """The rounds that are open now and to which a school may apply, by name."""
    session = database.read()
    school = session.get(School, school_pk)
    if school is None:
        return []
    opened = session.scalars(
        select(RoundRecord.round_id)
        .where(RoundRecord.opened_at.is_not(None), RoundRecord.round_id.in_(select(Run.round_id)))
        .order_by(RoundRecord.round_id)
    ).all()
    return [name for name in opened if _is_open(name, school.agency_id) and may_apply(name, school_pk)]


def _is_open(round_id: str, agency_id: int | None) -> bool:
    try:
        return state_of(round_id, agency_id) == "open"
    except UnknownRound:
        # Its plugin is missing, and with it its dates.
        return False
