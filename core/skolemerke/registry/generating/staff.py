"""The teachers of a school."""

from bisect import bisect_right
from dataclasses import dataclass, replace
from random import Random

from . import days
from .countries import Area, Country, Name
from .levels import Level
from .state import State, some
from .tables import cell

STAYS = days.LAST + 1
"""The last day of service, excluded, of somebody who has not left."""

_WOMEN = 0.76
_HOST = "skole.example"
_WITHOUT_ADDRESS = 0.012
_SHARED_MAILBOX = 0.006
"""The part of the schools whose teachers all gave the school's own address."""
_ROLES = (
    "teacher", "head_teacher", "deputy_head", "librarian", "ict_coordinator", "counsellor", "special_needs_teacher",
    "teaching_assistant",
)  # fmt: skip
_ROLE_BOUNDS = days.bounds([830, 55, 30, 22, 25, 12, 16, 10])


@dataclass(slots=True)
class Teacher:
    """A teacher in the service of one school; who serves two schools is in each list once."""

    id: str
    name: str
    email: str
    language: str
    role: str
    registered: int
    until: int
    """The day of leaving, or `STAYS`."""


def _person(random: Random, area: Area) -> tuple[Name, Name]:
    draw = random.random
    if draw() < _WOMEN:
        firsts, lasts = area.women, area.surnames_women
    else:
        firsts, lasts = area.men, area.surnames_men
    return firsts[int(draw() * len(firsts))], lasts[int(draw() * len(lasts))]


def _language(random: Random, country: Country, area: Area) -> str:
    chance = random.random()
    if country.leftover and chance < 0.06:
        return country.leftover
    if chance > 0.98:
        return "en"
    return area.language if chance > 0.07 else country.areas[0].language


class Recruiter:
    """Hires teachers in one country; numbers run on through the whole registry."""

    def __init__(self, state: State, country: Country) -> None:
        self._random = state.random
        self._rows = state.tables.teachers
        self._country = country
        self._neighbour: Teacher | None = None

    def hire(self, area: Area, number: int, registered: int, until: int = STAYS) -> Teacher:
        """Draw a teacher."""
        draw = self._random.random
        first, last = _person(self._random, area)
        role_at = bisect_right(_ROLE_BOUNDS, draw())
        local = f"{first.latin}.{last.latin}" if first.latin and last.latin else "teacher"
        return Teacher(
            id=f"T{number:07d}",
            name=f"{first.text} {last.text}",
            email=f"{local}.{number}@{_HOST}",
            language=_language(self._random, self._country, area),
            role=_ROLES[role_at],
            registered=registered,
            until=until,
        )

    def staff(self, area: Area, level: Level, opened: int) -> list[Teacher]:
        """Draw the teachers of a school; the first registered it, the last may serve another school as well."""
        draw = self._random.random
        _, smallest, largest = level.sizes[bisect_right(level.size_bounds, draw())]
        number = self._rows.count + 1
        span = days.LAST - opened
        hired = []
        for at in range(smallest + int(draw() * (largest - smallest + 1))):
            since = opened + int(draw() * draw() * span) if at else opened
            until = STAYS
            if draw() < level.leaving and since + 90 < days.LAST:
                until = days.any_day(self._random, since + 90, days.LAST)
            teacher = self.hire(area, number + at, since, until)
            if some(number + at, _WITHOUT_ADDRESS):
                teacher.email = ""
            elif some(number, _SHARED_MAILBOX):
                teacher.email = f"post.{number}@{_HOST}"
            hired.append(teacher)
        shared = self._shared(opened) if draw() < 0.09 else None
        self._neighbour = hired[-1]
        return [*hired, shared] if shared else hired

    def _shared(self, opened: int) -> Teacher | None:
        """Let the last teacher of the school before serve here as well."""
        other = self._neighbour
        if other is None or other.until != STAYS:
            return None
        return replace(other, registered=max(other.registered, opened))


def write_teacher(state: State, teacher: Teacher, school: str) -> None:
    """Write the row of a teacher at a school."""
    left = "" if teacher.until == STAYS else days.ISO[teacher.until]
    state.tables.teachers.rows.append(
        f"{teacher.id},{school},{cell(teacher.name)},{teacher.email},{teacher.language},{teacher.role},"
        f"{days.ISO[teacher.registered]},{left}\n"
    )
