"""`may`, the one function that says who may do what, and `scoped`, the one place where queries are narrowed.

Each room declares its verbs in its own `rights.py`; a verb that nobody declared is refused with an error, so
that a forgotten rule can't let anybody in.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, Select, false, true

from skolemerke.people.actors import Actor

Rule = Callable[[Actor, Any], bool]

_rules: dict[str, Rule] = {}


class Refused(PermissionError):
    """The actor may not do this."""


def declare(verb: str, rule: Rule) -> None:
    """Say who may do `verb`: the rule gets the actor and the subject. Each verb is declared once."""
    if verb in _rules and _rules[verb] is not rule:
        raise ValueError(f"the verb {verb} is declared twice")
    _rules[verb] = rule


def verbs() -> list[str]:
    """Every verb that is declared, by name."""
    return sorted(_rules)


def may(actor: Actor, verb: str, subject: Any = None) -> bool:
    """Whether `actor` may do `verb` with `subject`. Raises `KeyError` for a verb that nobody declared."""
    return _rules[verb](actor, subject)


def require(actor: Actor, verb: str, subject: Any = None) -> None:
    """Raise `Refused` unless the actor may."""
    if not may(actor, verb, subject):
        raise Refused(f"{actor.ref} may not {verb}")


def serves(actor: Actor, agency_id: int | None) -> bool:
    """Whether the actor works for the agency that answers for something; without one, for the central service."""
    return actor.sees_all_agencies or (agency_id is not None and agency_id in actor.agencies)


def within(actor: Actor, agency_column: Any) -> ColumnElement[bool]:
    """The condition that keeps an actor of staff to the rows of its own agencies."""
    if actor.sees_all_agencies:
        return true()
    return agency_column.in_(actor.agencies) if actor.agencies else false()


def scoped(statement: Select[Any], actor: Actor, agency_column: Any) -> Select[Any]:
    """The statement, narrowed to what the actor's agencies may see."""
    return statement.where(within(actor, agency_column))
