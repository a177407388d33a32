"""Writes a whole registry, country by country."""

from collections.abc import Callable
from pathlib import Path
from random import Random

from . import days
from .awards import Awards
from .countries import Country, countries, schools_by_country
from .deeds import Chronicle
from .levels import Turns
from .planted import Planted
from .projects import Projects
from .schools import Naming, School, area_of, twin_of, write_school
from .staff import Recruiter, write_teacher
from .state import State, some
from .tables import Counts, Tables

_TWINS = 0.004
"""The part of the schools that were registered before under another name."""


def generate(directory: Path, *, schools: int, seed: int, progress: Callable[[str], None] | None = None) -> Counts:
    """Write a believable registry of invented schools into a directory, as the seven files of an import.

    The same number of schools and seed give the same bytes on any machine. Files of an earlier registry are replaced
    when all are complete. `progress` is told of each country that is done.
    """
    if schools < 1:
        raise ValueError(f"a registry needs at least one school, not {schools}")
    random = Random(seed)  # noqa: S311 - believable rows that can be repeated, nothing secret
    known = countries()
    with Tables(directory) as tables:
        projects = Projects(random, schools, known)
        projects.write(tables.projects)
        state = State(random, tables, projects, Turns(random.getrandbits(16)))
        for country, number in zip(known, schools_by_country(known, schools), strict=True):
            _Schools(state, country).write(number)
            if progress is not None:
                progress(f"{country.code}: {number} schools; {tables.schools.count} of {schools}")
        return tables.counts()


class _Schools:
    """The schools of one country."""

    def __init__(self, state: State, country: Country) -> None:
        self._state = state
        self._country = country
        self._naming = Naming(state.random, country)
        self._recruiter = Recruiter(state, country)
        self._chronicle = Chronicle(state, country.code)
        self._awards = Awards(state)
        self._before: School | None = None

    def write(self, number: int) -> None:
        """Write the stated schools of the country, then as many drawn ones as it needs."""
        planted = Planted(self._state, self._country, self._naming)
        done = planted.write(number)
        odd_names = iter(planted.odd_names)
        for serial in range(done + 1, number + 1):
            self._draw(serial, next(odd_names, ""))
            self._state.tables.relieve()

    def _draw(self, serial: int, name: str) -> None:
        state = self._state
        level = state.turns.next()
        area = area_of(state.random, self._country)
        registered = days.any_day(state.random, days.FIRST, level.registered_until)
        school = self._naming.draw(serial, area, registered, name=name)
        if self._before and some(serial, _TWINS):
            school = twin_of(self._before, serial)
        self._before = school
        staff = self._recruiter.staff(area, level, registered)
        write_school(state, self._recruiter, school, staff)
        for teacher in staff:
            write_teacher(state, teacher, school.id)
            self._chronicle.tell(teacher, school.id, level)
        self._awards.draw(school, level)
