"""The kinds of criterion that the core brings. They name dates, never a length of time."""

from __future__ import annotations

from skolemerke.contract.criteria import CriterionKind
from skolemerke.contract.hooks import hookimpl
from skolemerke.eligibility.kinds.active import ActiveTeachers
from skolemerke.eligibility.kinds.facts import SchoolFact
from skolemerke.eligibility.kinds.holders import NotLabelHolder
from skolemerke.eligibility.kinds.labels import QualityLabels
from skolemerke.eligibility.kinds.registered import RegisteredBefore
from skolemerke.eligibility.kinds.roles import RoleRegistered

__all__ = [
    "ActiveTeachers",
    "NotLabelHolder",
    "QualityLabels",
    "RegisteredBefore",
    "RoleRegistered",
    "SchoolFact",
    "criterion_kinds",
]


@hookimpl
def criterion_kinds() -> list[type[CriterionKind]]:
    """The kinds that the core brings."""
    return [RegisteredBefore, ActiveTeachers, QualityLabels, RoleRegistered, NotLabelHolder, SchoolFact]
