"""Moving the round's clock in a rehearsal, with its line in the audit chain."""

from __future__ import annotations

from datetime import datetime

from skolemerke import audit, clock, database
from skolemerke.people.actors import Actor


def move_clock(actor: Actor, instant: datetime) -> None:
    """Move the round's time forward. Raises `ClockRefusal` in production mode and for going back."""
    before = clock.now()
    with database.write() as session:
        clock.current().move_to(instant)
        audit.record(
            session,
            "clock.moved",
            "clock:round",
            actor=actor.ref,
            before=before.isoformat(),
            to=instant.isoformat(),
        )
