"""Who may do what with accounts, roles and agencies."""

from __future__ import annotations

from skolemerke.people.actors import Actor
from skolemerke.people.rights import declare

CHANGE_AGENCY = "agency.change"


def _administers(actor: Actor, _subject: object) -> bool:
    return actor.is_administrator


declare(CHANGE_AGENCY, _administers)
declare("account.list", _administers)
declare("role.grant", _administers)
declare("role.revoke", _administers)
declare("person.erase", _administers)
declare("person.export", _administers)
declare("second_factor.reset", _administers)
