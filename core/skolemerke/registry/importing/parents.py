"""The rows that other rows name: text ids of the register and the whole numbers behind them.

Numbers are given here, while files are read, so that everything can be staged with its parents; a number that is
given stays unused when its row is rejected later.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from sqlalchemy import Connection, Table, func, select

from skolemerke.agencies.models import Agency, AgencyCountry
from skolemerke.database import table_of
from skolemerke.registry.importing.cells import short
from skolemerke.registry.importing.targets import Kind
from skolemerke.registry.models import Person, Project, School

NAMES: dict[Kind, tuple[Table, str]] = {
    "school": (table_of(School), "school_id"),
    "person": (table_of(Person), "teacher_id"),
    "project": (table_of(Project), "project_id"),
}


class Parents:
    """Schools, persons and projects as they stand within the import; one that is gone is still known."""

    def __init__(self, connection: Connection, visible: int) -> None:
        self._connection = connection
        self._visible = visible
        self._known: dict[Kind, dict[str, int]] = {}
        self._free: dict[Kind, int] = {}

    def known(self, kind: Kind) -> dict[str, int]:
        """The numbers of all that are known."""
        if kind not in self._known:
            table, name = NAMES[kind]
            query = select(table.c[name], table.c.id).where(table.c.since <= self._visible)
            self._known[kind] = {text_id: number for text_id, number in self._connection.execute(query)}  # noqa: C416 - rows are no pairs
            self._free[kind] = (self._connection.scalar(select(func.max(table.c.id))) or 0) + 1
        return self._known[kind]

    def make(self, kind: Kind, text_ids: Sequence[str]) -> tuple[range, list[str]]:
        """Give a number to everyone who has none; says the numbers, and to whom."""
        known = self.known(kind)
        new = [text_id for text_id in dict.fromkeys(text_ids) if text_id not in known]
        numbers = range(self._free[kind], self._free[kind] + len(new))
        self._free[kind] += len(new)
        known.update(zip(new, numbers, strict=True))
        return numbers, new

    def numbers(self, kind: Kind, column: Sequence[str]) -> list[int | None]:
        """The numbers of those that a column names; none for an empty cell and for whoever is unknown."""
        return list(map(self.known(kind).get, column))

    def unknown(self, kind: Kind, column: Sequence[str], *, optional: bool) -> dict[int, str]:
        """Why rows can't be taken that name somebody unknown, by their place in the column."""
        known, name = self.known(kind), NAMES[kind][1]
        return {
            at: f"names the {name} {short(text_id)}, which the registry does not know"
            for at, text_id in enumerate(column)
            if text_id not in known and not (optional and not text_id)
        }

    def agency(self, code: str, country: str) -> int | None:
        """Who answers for a school: the agency that it names, else that of its country."""
        by_code, by_country = self._agencies
        return by_code.get(code.lower()) if code else by_country.get(country)

    @cached_property
    def _agencies(self) -> tuple[dict[str, int], dict[str, int]]:
        codes = self._connection.execute(select(Agency.code, Agency.id))
        countries = self._connection.execute(select(AgencyCountry.country, AgencyCountry.agency_id))
        return {code.lower(): number for code, number in codes}, dict(countries.all())
