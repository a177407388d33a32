"""Who may do what in step one."""

from __future__ import annotations

from skolemerke.people.actors import Actor
from skolemerke.people.rights import declare, serves

CHECK = "eligibility.check"
OVERRIDE = "eligibility.override"


def _may_check(actor: Actor, agency_id: int | None) -> bool:
    """Whoever serves the agency; a run of all schools is the central service's."""
    return serves(actor, agency_id)


def _may_override(actor: Actor, agency_id: int | None) -> bool:
    """An officer of the school's agency. The central service changes no agency's judgement: it may only where no
    agency answers for the school."""
    return agency_id in actor.agencies if agency_id is not None else actor.is_central


declare(CHECK, _may_check)
declare(OVERRIDE, _may_override)
