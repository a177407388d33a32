"""Which applications were changed after they had been sent, and not sent again: what counts is not what they say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import or_, select

from skolemerke import database
from skolemerke.applications.content import freeze, still_stands
from skolemerke.applications.finding import WHOLE
from skolemerke.applications.models import Application, Submission
from skolemerke.applications.queries import newest_submission_of

AT_ONCE = 100
"""So many applications are looked at with one snapshot: there may be thousands, each with its answers."""


def changed_after_sending(round_id: str, agency_id: int | None) -> list[int]:
    """The submissions of an agency's schools (none: of those without one) that count, though their draft, which can
    still be sent, says something else now."""
    newest = newest_submission_of(Application.id).correlate(Application).scalar_subquery()
    later = Submission.arrived_at <= Application.saved_at
    # A form that was taken over on purpose is a change too, though nobody typed anything.
    suspected = (
        select(Submission.id)
        .join(Application, Application.id == Submission.application_id)
        .where(Application.round_id == round_id, Application.agency_id.is_not_distinct_from(agency_id))
        .where(Application.settled_at.is_(None), Submission.id == newest)
        .where(or_(later, Application.edition_id != Submission.edition_id))
        .order_by(Submission.id)
    )
    suspects = database.read().scalars(suspected).all()
    slices = (suspects[at : at + AT_ONCE] for at in range(0, len(suspects), AT_ONCE))
    return [found for some in slices for found in _changed(some)]


def _changed(suspects: Sequence[int]) -> Iterator[int]:
    session = database.read()
    together = select(Application, Submission).join(Submission, Submission.application_id == Application.id)
    whole = together.where(Submission.id.in_(suspects)).order_by(Submission.id).options(*WHOLE)
    for application, submission in session.execute(whole).all():
        if not still_stands(application, freeze(session, application), submission):
            yield submission.id
    session.rollback()
