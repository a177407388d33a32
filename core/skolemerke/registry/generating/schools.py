"""The row of a school: its name, place and head."""

import re
from bisect import bisect_right
from dataclasses import dataclass, replace
from functools import lru_cache
from random import Random

from . import days
from .countries import Area, Country, Name, Place, Shape
from .staff import STAYS, Recruiter, Teacher
from .state import State
from .tables import cell

_LEVELS = {
    "k": ("preschool", 20, 140),
    "p": ("primary", 40, 480),
    "l": ("lower_secondary", 120, 620),
    "c": ("combined", 80, 780),
    "u": ("upper_secondary", 180, 1200),
    "v": ("vocational", 150, 1400),
}
_TRIES = 8
_MANY = 25
_WORD = re.compile(r"\w+")
_WITHOUT_HEAD = 0.12
_WITHOUT_SITE = 0.35
_WITHOUT_PUPILS = 0.08


@dataclass(frozen=True, slots=True)
class School:
    """A school before its row is written."""

    id: str
    name: str
    country: str
    area: Area
    place: Place
    shape: Shape
    registered: int


def area_of(random: Random, country: Country) -> Area:
    """Draw a part of a country."""
    return country.areas[bisect_right(country.area_bounds, random.random())]


class Naming:
    """Places and names the schools of one country; no two of a place are alike, but for the twins that are meant."""

    def __init__(self, random: Random, country: Country) -> None:
        self._random = random
        self._country = country
        self._taken: set[tuple[str, frozenset[str]]] = set()

    def draw(self, serial: int, area: Area, registered: int, *, name: str = "", levels: str = "") -> School:
        """Draw a school; its name may be stated, and the letters of its possible levels."""
        shapes = [shape for shape in area.shapes if shape.level in levels] if levels else area.shapes
        place, shape, drawn = self._other_than_before(area, shapes)
        return School(
            id=f"{self._country.code}{serial:06d}",
            name=name or drawn,
            country=self._country.code,
            area=area,
            place=place,
            shape=shape,
            registered=registered,
        )

    def _other_than_before(self, area: Area, shapes: list[Shape]) -> tuple[Place, Shape, str]:
        for again in range(_TRIES * 3):
            place, shape, name = self._any(area, shapes, many=again >= _TRIES)
            key = place.city, _words(name) - _words(place.city) - _words(place.inflected)
            if key not in self._taken:
                break
        else:
            name = f"{name} {len(self._taken)}"
            key = place.city, _words(name)
        self._taken.add(key)
        return place, shape, name

    def _any(self, area: Area, shapes: list[Shape], *, many: bool) -> tuple[Place, Shape, str]:
        """Draw a place and a name; of `many` names there are enough for every school of a large country."""
        draw = self._random.random
        place = area.places[int(draw() * len(area.places))]
        shape = shapes[int(draw() * len(shapes))]
        patron = area.patrons[int(draw() * len(area.patrons))]
        number = 1 + int(draw() * draw() * self._country.numbers)
        if many:
            patron = f"{_one(draw(), area.women).text} {_one(draw(), area.surnames_women).text}"
            number = 1 + int(draw() * self._country.numbers * _MANY)
        return place, shape, shape.name.format(patron=patron, place=place.city, of=place.inflected, n=number)


def twin_of(school: School, serial: int) -> School:
    """Return a school as it was registered a second time, under its name as somebody else typed it."""
    typed = (
        school.name.upper(),
        school.name if school.place.city in school.name else f"{school.name}, {school.place.city}",
        school.name.replace(".", " ").replace("-", " "),
        school.name.replace('"', ""),
    )
    return replace(school, id=f"{school.country}{serial:06d}", name=typed[serial % len(typed)])


def _one(chance: float, names: list[Name]) -> Name:
    return names[int(chance * len(names))]


@lru_cache(maxsize=100_000)
def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text.casefold()))


def _head(state: State, recruiter: Recruiter, school: School, staff: list[Teacher]) -> tuple[str, str]:
    """Return name and address of the head: the teacher with that role, or somebody who is no eTwinner, or nobody."""
    for teacher in staff:
        if teacher.role == "head_teacher" and teacher.until == STAYS:
            return teacher.name, teacher.email
    if state.random.random() < _WITHOUT_HEAD:
        return "", ""
    name = recruiter.hire(school.area, 0, school.registered).name
    return name, f"head.{school.id.lower()}@skole.example"


def write_school(state: State, recruiter: Recruiter, school: School, staff: list[Teacher]) -> None:
    """Write the row of a school; no agency is stated, the country leads to it."""
    draw = state.random.random
    level, fewest, most = _LEVELS[school.shape.level]
    pupils = "" if draw() < _WITHOUT_PUPILS else str(fewest + int(draw() * draw() * (most - fewest)))
    street = school.area.streets[int(draw() * len(school.area.streets))].format(n=1 + int(draw() * draw() * 120))
    site = "" if draw() < _WITHOUT_SITE else f"https://{school.id.lower()}.skole.example/"
    head, head_email = _head(state, recruiter, school, staff)
    state.tables.schools.rows.append(
        f"{school.id},{cell(school.name)},{school.country},{cell(school.place.city)},{days.ISO[school.registered]},,"
        f"{school.place.region},{level},{pupils},{school.area.language},{cell(street)},{cell(head)},{head_email},"
        f"{site}\n"
    )
