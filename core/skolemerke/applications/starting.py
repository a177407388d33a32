"""An application begins, and says whether it may be published."""

from __future__ import annotations

from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from skolemerke import audit, clock, database
from skolemerke.applications.drafts import closed, held, require_open, round_takes_changes
from skolemerke.applications.identifiers import new_public_id
from skolemerke.applications.lateness import noted_when_closed
from skolemerke.applications.models import Application
from skolemerke.applications.refusals import NotInvited
from skolemerke.invitations import queries as invitations
from skolemerke.people.actors import Actor
from skolemerke.people.rights import require
from skolemerke.registry.models import School
from skolemerke.rounds import operations as rounds

Consent = Literal["yes", "no"]


def start(actor: Actor, round_id: str, school_pk: int) -> Application:
    """Begin a school's application in a round, under the edition of its agency as it is now.

    A school has one application in a round: who comes second gets the one that is there. Raises `Refused`,
    `NotInvited`, `Closed`, `RoundPaused`.
    """
    require(actor, "application.start", school_pk)
    read = database.read()
    school = read.get_one(School, school_pk)
    found = _of(read, round_id, school_pk)
    if found is not None:
        return found
    if not invitations.may_apply(round_id, school_pk):
        raise NotInvited
    agency_id = school.agency_id
    if not round_takes_changes(read, round_id, agency_id, clock.now()):
        raise closed(read, round_id, agency_id, clock.now())
    edition_id = rounds.freeze(round_id, agency_id).id
    with database.write() as session:
        now = clock.now()
        if not round_takes_changes(session, round_id, agency_id, now):
            raise closed(session, round_id, agency_id, now)
        statement = (
            database.insert(session, Application)
            .values(
                public_id=new_public_id(),
                round_id=round_id,
                school_id=school_pk,
                agency_id=agency_id,
                edition_id=edition_id,
                answers={},
                consent="",
                created_at=now,
                created_by=actor.account_id,
            )
            .on_conflict_do_nothing(index_elements=["round_id", "school_id"])
            .returning(Application.id)
        )
        made = session.scalar(statement)
        if made is not None:
            audit.record(
                session,
                "application.started",
                f"application:{made}",
                actor=actor.ref,
                agency_id=agency_id,
                round=round_id,
                school=school_pk,
            )
    begun = _of(database.read(), round_id, school_pk)
    if begun is None:
        raise LookupError(f"the application of school {school_pk} in {round_id} is gone")
    return begun


@noted_when_closed("consent")
def set_consent(actor: Actor, application_id: int, consent: Consent) -> None:
    """Answer whether the school may be published. Raises `Refused`, `Closed`, `ValueError`."""
    if consent not in {"yes", "no"}:
        raise ValueError("consent is yes or no")
    with database.write() as session:
        application = held(session, actor, "application.edit", application_id)
        require_open(session, application, clock.now())
        if application.consent != consent:
            application.consent = consent
            application.saved_at = clock.now()
            audit.record(
                session,
                "application.consent_answered",
                f"application:{application.id}",
                actor=actor.ref,
                agency_id=application.agency_id,
                consent=consent,
            )


def _of(session: Session, round_id: str, school_pk: int) -> Application | None:
    return session.scalars(
        select(Application).where(Application.round_id == round_id, Application.school_id == school_pk)
    ).one_or_none()
