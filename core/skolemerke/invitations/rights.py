"""Who may invite and remind."""

from __future__ import annotations

from typing import Any

from skolemerke.people.actors import Actor
from skolemerke.people.rights import declare

QUEUE, REMIND = "invitations.queue", "invitations.remind"


def _may_queue(actor: Actor, _subject: Any) -> bool:
    """Any staff; an officer reaches the schools of the own agencies only."""
    return actor.is_staff


declare(QUEUE, _may_queue)
declare(REMIND, _may_queue)
