"""Who may do what with accounts and roles."""

from __future__ import annotations

from skolemerke.people.actors import Actor
from skolemerke.people.rights import declare


def _administers(actor: Actor, _subject: object) -> bool:
    return actor.is_administrator


declare("account.list", _administers)
declare("role.grant", _administers)
declare("role.revoke", _administers)
declare("person.erase", _administers)
declare("person.export", _administers)
declare("second_factor.reset", _administers)
