"""The projects of a generated registry, and which of them a teacher joins on a day."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from random import Random

from . import days
from .countries import Country, read_data
from .tables import Table, cell

_STARTS_FROM = days.number(date(2014, 9, 1))
_JOINED_WITHIN = 240
_PER_HUNDRED_SCHOOLS = 55
_EUROPEAN = 0.84


@dataclass
class _Shelf:
    """Projects that the same teachers may join, by their first day."""

    started: list[int] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)

    def put(self, number: int, started: int) -> None:
        self.started.append(started)
        self.numbers.append(number)

    def take(self, random: Random, day: int) -> int:
        """Draw a project that has started lately, or else the last one; 0 where none has started."""
        end = bisect_right(self.started, day)
        begin = bisect_left(self.started, day - _JOINED_WITHIN, 0, end)
        if begin == end:
            return self.numbers[end - 1] if end else 0
        return self.numbers[begin + int(random.random() * (end - begin))]


class Projects:
    """All projects, numbered in the order of their first days."""

    def __init__(self, random: Random, schools: int, countries: Sequence[Country]) -> None:
        self._random = random
        self._european = _Shelf()
        self._national = {country.code: _Shelf() for country in countries}
        self._rows: list[tuple[int, bool]] = []
        self._found(countries)
        count = schools * _PER_HUNDRED_SCHOOLS // 100
        self._draw(count, countries)

    def _found(self, countries: Sequence[Country]) -> None:
        """Begin with a project everywhere, so that stated schools find one of either kind."""
        self._add(_STARTS_FROM, "")
        for country in countries:
            self._add(_STARTS_FROM, country.code)

    def _draw(self, count: int, countries: Sequence[Country]) -> None:
        limits = days.bounds([country.weight for country in countries])
        draw = self._random.random
        for started in sorted(days.any_day(self._random, _STARTS_FROM, days.LAST) for _ in range(count)):
            european = draw() < _EUROPEAN
            self._add(started, "" if european else countries[bisect_right(limits, draw())].code)

    def _add(self, started: int, country: str) -> None:
        self._rows.append((started, not country))
        shelf = self._national[country] if country else self._european
        shelf.put(len(self._rows), started)

    def joined(self, country: str, day: int) -> int:
        """Draw the number of a project that a teacher of the country joins on a day; 0 for none."""
        shelf = self._european if self._random.random() < _EUROPEAN else self._national[country]
        return shelf.take(self._random, day)

    def stated(self, country: str, *, european: bool) -> int:
        """Return the number of the first project of its kind."""
        return (self._european if european else self._national[country]).numbers[0]

    def write(self, table: Table) -> None:
        """Write all projects, with their titles."""
        titles = read_data("titles")
        for number, (started, european) in enumerate(self._rows, 1):
            title = cell(self._title(titles))
            yes = "yes" if european else "no"
            table.rows.append(f"P{number:06d},{title},{yes},{days.ISO[started]}\n")
        table.flush()

    def _title(self, titles: dict[str, list[str]]) -> str:
        if self._random.random() < 0.04:
            return _any(self._random, titles["whole"])
        return f"{_any(self._random, titles['beginnings'])} {_any(self._random, titles['ends'])}"


def _any(random: Random, choices: list[str]) -> str:
    return choices[int(random.random() * len(choices))]
