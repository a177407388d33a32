"""What staff may do in the administration besides what the rooms declare themselves."""

from __future__ import annotations

from typing import Any

from skolemerke.people import rights
from skolemerke.people.actors import Actor

ENTER, RUN_ROUNDS, CHANGE_AGENCIES = "admin.enter", "round.run", "agency.change"


def _is_staff(actor: Actor, _subject: Any) -> bool:
    return actor.is_staff


def _runs_rounds(actor: Actor, _subject: Any) -> bool:
    return actor.is_central or actor.is_administrator


def _administers(actor: Actor, _subject: Any) -> bool:
    return actor.is_administrator


rights.declare(ENTER, _is_staff)
rights.declare(RUN_ROUNDS, _runs_rounds)
rights.declare(CHANGE_AGENCIES, _administers)
