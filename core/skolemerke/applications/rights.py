"""Who may do what with applications."""

from __future__ import annotations

from skolemerke.applications.draft_facts import DraftLike
from skolemerke.people import rights
from skolemerke.people.actors import Actor


def _teaches_at(actor: Actor, school_id: int) -> bool:
    return actor.is_known and school_id in actor.schools


def _teaches(actor: Actor, application: DraftLike) -> bool:
    return _teaches_at(actor, application.school_id)


def _may_view(actor: Actor, application: DraftLike) -> bool:
    return _teaches(actor, application) or rights.serves(actor, application.agency_id)


def _may_confirm(actor: Actor, application: DraftLike) -> bool:
    """An officer of the agency that answers for the school; where there is none, the central service."""
    if application.agency_id is None:
        return actor.is_known and actor.is_central
    return application.agency_id in actor.agencies


rights.declare("application.start", _teaches_at)
rights.declare("application.view", _may_view)
rights.declare("application.edit", _teaches)
rights.declare("application.submit", _teaches)
rights.declare("declaration.ask", _teaches)
rights.declare("declaration.confirm", _may_confirm)
