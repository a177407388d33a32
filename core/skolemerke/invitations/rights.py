"""Who may invite."""

from __future__ import annotations

from typing import Any

from skolemerke.people.actors import Actor
from skolemerke.people.rights import declare

QUEUE = "invitations.queue"


def _may_queue(actor: Actor, _subject: Any) -> bool:
    """Any staff; an officer invites the schools of the own agencies only."""
    return actor.is_staff


declare(QUEUE, _may_queue)
