"""What staff may do in the administration besides what the rooms declare themselves."""

from __future__ import annotations

from typing import Any

from skolemerke.people import rights
from skolemerke.people.actors import Actor

ENTER, CHANGE_AGENCIES = "admin.enter", "agency.change"


def _is_staff(actor: Actor, _subject: Any) -> bool:
    return actor.is_staff


def _administers(actor: Actor, _subject: Any) -> bool:
    return actor.is_administrator


rights.declare(ENTER, _is_staff)
rights.declare(CHANGE_AGENCIES, _administers)
