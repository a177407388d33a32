"""What staff may do in the administration besides what the rooms declare themselves."""

from __future__ import annotations

from typing import Any

from skolemerke.people import rights
from skolemerke.people.actors import Actor

ENTER = "admin.enter"


def _is_staff(actor: Actor, _subject: Any) -> bool:
    return actor.is_staff


rights.declare(ENTER, _is_staff)
