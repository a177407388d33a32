"""What teachers do: activities, memberships of projects, quality labels."""

from datetime import date

from . import days
from .levels import Level
from .staff import Teacher
from .state import State

KINDS = ("project", "training", "event", "collaboration")
_LOST_INTEREST_BY = days.number(date(2019, 10, 1))
_WITHOUT_SCHOOL = 0.06
_JOINS = 0.28
_IDLE_MEMBER = 0.13


class Chronicle:
    """Writes what the teachers of one country do."""

    def __init__(self, state: State, country: str) -> None:
        self._state = state
        self._random = state.random
        self._country = country
        self._activities = state.tables.activities
        self._memberships = state.tables.memberships
        self._labels = state.tables.quality_labels

    def tell(self, teacher: Teacher, school: str, level: Level) -> None:
        """Draw and write the doings of one teacher at one school."""
        draw = self._random.random
        begin = max(teacher.registered, days.DEEDS_FROM)
        end = min(teacher.until - 1, days.LAST)
        if begin > end:
            return
        if draw() >= level.active:
            if draw() < _IDLE_MEMBER:
                self._join(teacher, school, [days.any_day(self._random, begin, end)])
            return
        if draw() >= level.lasting:
            end = min(end, max(begin, days.any_day(self._random, begin, max(begin, _LOST_INTEREST_BY))))
        happened = days.busy_days(self._random, begin, end, 1 + int(draw() * draw() * level.deeds * 2))
        self._act(teacher.id, school, happened)
        joins = [day for day in happened if draw() < _JOINS]
        for project, day in self._join(teacher, school, joins):
            if draw() < level.labelled:
                self._label(teacher, school, project, day)

    def _act(self, teacher: str, school: str, happened: list[int]) -> None:
        draw = self._random.random
        serial = self._activities.count
        rows = []
        for day in happened:
            serial += 1
            where = "" if draw() < _WITHOUT_SCHOOL else school
            rows.append(f"A{serial:08d},{teacher},{where},{KINDS[int(draw() * 4)]},{days.ISO[day]}\n")
        self._activities.rows.extend(rows)

    def _join(self, teacher: Teacher, school: str, joins: list[int]) -> list[tuple[int, int]]:
        """Join a project on each day, none of them twice."""
        joined: dict[int, int] = {}
        for day in joins:
            project = self._state.projects.joined(self._country, day)
            if project and project not in joined:
                joined[project] = day
                self.member(project, teacher.id, school, day)
        return list(joined.items())

    def _label(self, teacher: Teacher, school: str, project: int, joined: int) -> None:
        granted = joined + 120 + int(self._random.random() * 400)
        if granted >= teacher.until:
            return
        self.label(project, teacher.id, school, "national", granted)
        later = granted + 40 + int(self._random.random() * 120)
        if self._random.random() < 0.3 and later < teacher.until:
            self.label(project, teacher.id, school, "european", later)

    def act(self, teacher: str, school: str, kind: str, day: int) -> None:
        """Write one activity; without a school it counts wherever the teacher then served."""
        serial = self._activities.count + 1
        self._activities.rows.append(f"A{serial:08d},{teacher},{school},{kind},{days.ISO[day]}\n")

    def member(self, project: int, teacher: str, school: str, day: int) -> None:
        """Write one membership."""
        self._memberships.rows.append(f"P{project:06d},{teacher},{school},{days.ISO[day]}\n")

    def label(self, project: int, teacher: str, school: str, kind: str, day: int) -> None:
        """Write one quality label."""
        serial = self._labels.count + 1
        self._labels.rows.append(f"Q{serial:06d},P{project:06d},{teacher},{school},{kind},{days.ISO[day]}\n")
