"""What arrived too late is not taken, but that it arrived, and when, is kept in the chain of changes."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Concatenate, Literal, ParamSpec, TypeVar

from skolemerke import audit, clock, database
from skolemerke.applications.models import Application
from skolemerke.applications.refusals import Closed
from skolemerke.people.actors import Actor

What = Literal["answers", "rows", "file", "link", "consent"]
P = ParamSpec("P")
T = TypeVar("T")
Operation = Callable[Concatenate[Actor, int, P], T]


def noted_when_closed(what: What) -> Callable[[Operation[P, T]], Operation[P, T]]:
    """Let an operation on an application that was refused as `Closed` be noted with what was sent and when.

    The note is a transaction of its own, after that of the operation, which has changed nothing.
    """

    def noted(operation: Operation[P, T]) -> Operation[P, T]:
        @functools.wraps(operation)
        def call(actor: Actor, application_id: int, /, *arguments: P.args, **named: P.kwargs) -> T:
            arrived_at = clock.now()
            try:
                return operation(actor, application_id, *arguments, **named)
            except Closed as closed:
                with database.write() as session:
                    audit.record(
                        session,
                        "application.change_refused",
                        f"application:{application_id}",
                        actor=actor.ref,
                        agency_id=session.get_one(Application, application_id).agency_id,
                        arrived_at=arrived_at.isoformat(),
                        sent=what,
                        reason=str(closed),
                    )
                raise

        return call

    return noted
