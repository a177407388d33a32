"""Who may judge, decide and publish.

An agency's officers judge and decide at the level `agency`; the central service does so only for schools without an
agency, since it changes no agency's judgement. Results are published by the central service or an administrator; a
single result is also released by whoever may decide at the level that settled it.
"""

from __future__ import annotations

from dataclasses import dataclass

from skolemerke.people import rights
from skolemerke.people.actors import Actor


@dataclass(frozen=True)
class Bench:
    """Where a decision is made: its level, and the agency that answers for the school."""

    level: str
    agency_id: int | None


def _may_decide(actor: Actor, bench: Bench) -> bool:
    if bench.level == "central" or bench.agency_id is None:
        return actor.is_central
    return bench.agency_id in actor.agencies


def _may_publish(actor: Actor, _round_id: str) -> bool:
    return actor.is_central or actor.is_administrator


def _may_release(actor: Actor, bench: Bench) -> bool:
    return _may_decide(actor, bench) or actor.is_central or actor.is_administrator


def _may_read(actor: Actor, agency_id: int | None) -> bool:
    return rights.serves(actor, agency_id)


rights.declare("decision.make", _may_decide)
rights.declare("submission.judge", _may_decide)
rights.declare("decision.release", _may_release)
rights.declare("decision.read", _may_read)
rights.declare("round.publish", _may_publish)
