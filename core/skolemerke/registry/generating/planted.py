"""Schools whose facts are stated in `data/planted.toml`: certain ones, edges of the rules, and near misses."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from . import days
from .awards import Awards
from .countries import Area, Country, read_data
from .deeds import KINDS, Chronicle
from .schools import Naming, School, area_of, write_school
from .staff import STAYS, Recruiter, Teacher, write_teacher
from .state import State

_JOINED_BEFORE_LABEL = 200


class Planted:
    """The stated schools of one country, in their order."""

    def __init__(self, state: State, country: Country, naming: Naming) -> None:
        stated = read_data("planted")
        self._state = state
        self._country = country
        self._schools = [school for school in stated["school"] if school["country"] == country.code]
        self.odd_names: list[str] = stated["odd_names"].get(country.code, [])
        self._shared: dict[str, Teacher] = {}
        self._naming = naming
        self._recruiter = Recruiter(state, country)
        self._chronicle = Chronicle(state, country.code)
        self._awards = Awards(state)

    def write(self, at_most: int) -> int:
        """Write the stated schools, as far as the country has room; return how many."""
        schools = self._schools[:at_most]
        for serial, stated in enumerate(schools, 1):
            self._write(serial, stated)
        return len(schools)

    def _write(self, serial: int, stated: Mapping[str, Any]) -> None:
        area = self._area(stated.get("language", ""))
        opened = days.number(stated["registered_on"])
        name, levels = stated.get("name", ""), stated.get("levels", "plcu")
        school = self._naming.draw(serial, area, opened, name=name, levels=levels)
        named = [self._hired(area, at, one) for at, one in enumerate(stated["teachers"])]
        staff = named + self._more(area, stated, opened, len(named))
        write_school(self._state, self._recruiter, school, staff)
        for teacher in staff:
            write_teacher(self._state, teacher, school.id)
        for teacher, one in zip(named, stated["teachers"], strict=True):
            self._deeds(teacher, school, one)
        self._labels(school, named, stated.get("labels", []))
        for round_ in stated.get("held", []):
            self._awards.hold(school, round_)

    def _area(self, language: str) -> Area:
        areas = [area for area in self._country.areas if area.language == language]
        return areas[0] if areas else area_of(self._state.random, self._country)

    def _hired(self, area: Area, at: int, stated: Mapping[str, Any]) -> Teacher:
        since = days.number(stated["registered_on"])
        until = days.number(stated["left_on"]) if "left_on" in stated else STAYS
        number = self._state.tables.teachers.count + 1 + at
        teacher = self._recruiter.hire(area, number, since, until)
        teacher.role = stated.get("role", "teacher")
        known = self._shared.setdefault(stated["same"], teacher) if "same" in stated else teacher
        if known is not teacher:
            teacher.id, teacher.name, teacher.email = known.id, known.name, known.email
            teacher.language, teacher.role = known.language, known.role
        return teacher

    def _more(self, area: Area, stated: Mapping[str, Any], opened: int, before: int) -> list[Teacher]:
        """Hire the colleagues who do nothing, first those of stated names."""
        names = stated.get("names", [])
        number = self._state.tables.teachers.count + 1 + before
        colleagues = []
        for at in range(stated["more"]):
            since = days.any_day(self._state.random, opened, days.number(date(2020, 8, 31)))
            colleague = self._recruiter.hire(area, number + at, since)
            if at < len(names):
                colleague.name = names[at]
                colleague.email = f"teacher.{number + at}@skole.example"
            colleagues.append(colleague)
        return colleagues

    def _deeds(self, teacher: Teacher, school: School, stated: Mapping[str, Any]) -> None:
        where = "" if stated.get("everywhere") else school.id
        for at, day in enumerate(stated.get("activities", [])):
            self._chronicle.act(teacher.id, where, KINDS[at % len(KINDS)], days.number(day))
        if "joined_on" in stated:
            project = self._state.projects.stated(self._country.code, european=True)
            self._chronicle.member(project, teacher.id, school.id, days.number(stated["joined_on"]))

    def _labels(self, school: School, staff: list[Teacher], stated: list[Mapping[str, Any]]) -> None:
        joined: set[tuple[str, int]] = set()
        for label in stated:
            teacher = staff[label["teacher"]]
            project = self._state.projects.stated(self._country.code, european=label["project"] == "european")
            granted = days.number(label["granted_on"])
            if (teacher.id, project) not in joined:
                joined.add((teacher.id, project))
                began = max(granted - _JOINED_BEFORE_LABEL, min(teacher.registered, granted))
                self._chronicle.member(project, teacher.id, school.id, began)
            self._chronicle.label(project, teacher.id, school.id, label["kind"], granted)
