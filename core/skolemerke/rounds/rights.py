"""Who may do what with rounds."""

from __future__ import annotations

from typing import Any

from skolemerke.people.actors import Actor
from skolemerke.people.rights import declare, serves

RUN = "round.run"
MOVE_DATES = "round.move_dates"


def _may_run(actor: Actor, _subject: Any) -> bool:
    """Opening and closing concern every agency: the central service or an administrator."""
    return actor.is_central or actor.is_administrator


declare(RUN, _may_run)
declare(MOVE_DATES, serves)
