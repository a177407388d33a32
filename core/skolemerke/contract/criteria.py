"""Kinds of criterion: how a condition of step one becomes one SQL statement over all schools."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Any, ClassVar

from pydantic import BaseModel
from skolemerke_forms.values import Value
from sqlalchemy import FromClause, Select


class Verdict(IntEnum):
    """The result of one criterion for one school, as it is stored."""

    NOT_MET = 0
    MET = 1
    UNCLEAR = 2

    @property
    def word(self) -> str:
        """`met`, `not_met` or `unclear`."""
        return self.name.lower()


@dataclass(frozen=True)
class RegistryTables:
    """The registry as a criterion may read it: rows that are gone are left out.

    Columns: `schools` (school_id, name, country, city, region, level, pupils, language, address, head_name,
    head_email, site, registered_on, agency_id, and `facts`, a JSON object of the columns that the core does not know),
    `teachers` (teacher_id, school_id, role, registered_on, left_on), `activities` (teacher_id, school_id,
    kind, happened_on), `projects` (project_id, european, started_on), `memberships` (project_id, teacher_id,
    school_id, joined_on), `quality_labels` (project_id, teacher_id, school_id, kind, granted_on),
    `school_labels` (round, school_id, awarded_on). Every id in them is the internal whole number; `school_id`
    joins to `schools.school_id`. An activity without a school stands once for each school of its teacher.
    """

    schools: FromClause
    teachers: FromClause
    activities: FromClause
    projects: FromClause
    memberships: FromClause
    quality_labels: FromClause
    school_labels: FromClause


class Unnamed(Value):
    """What holds for a school that the statement of a kind does not name."""

    found: str = ""
    verdict: Verdict = Verdict.NOT_MET


class CriterionKind(ABC):
    """One kind of condition. A subclass is stateless; it is made once when its plugin is loaded.

    `statement` must give one row a school at most, with the columns `school_id`, `found` (text: a number, an
    ISO date or empty; or a column of dates, which is stored narrower) and `verdict` (a `Verdict` as small integer).
    Facts dated after `at` must be ignored.
    """

    id: ClassVar[str]
    version: ClassVar[int] = 1
    Parameters: ClassVar[type[BaseModel]]
    unnamed: ClassVar[Unnamed] = Unnamed()
    translations: ClassVar[Mapping[str, Mapping[str, str]]] = {}
    """By language (`nb`, `nn`) the sentences of a plugin's kind by their English; those of the core are catalogued."""

    @abstractmethod
    def statement(self, parameters: Any, tables: RegistryTables, at: datetime) -> Select[Any]:
        """The condition as one selectable over all schools."""

    def required(self, parameters: Any) -> str:
        """What is required, as text: a number, an ISO date or empty."""
        return ""

    @abstractmethod
    def sentence(
        self, parameters: Any, found: str, verdict: Verdict, say: Callable[..., str], day: Callable[[str], str]
    ) -> str:
        """The result in words, for the school: the rule, what was found, what would satisfy it, and by when.

        `say(english, **figures)` translates, `day(iso)` writes a date. `found` is text of the register: hostile text
        for all that is known, and escaped where it is shown.
        """


KindRegistry = Mapping[str, CriterionKind]
