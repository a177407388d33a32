"""How much goes on in a school: the figures by which a generated registry is tuned.

They aim at round 2021-2022: about 2.1 % of the schools may apply, with 7.6 teachers each, and many more fail by little.
"""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date

from . import days


@dataclass(frozen=True)
class Level:
    """One level of activity of schools."""

    sizes: tuple[tuple[int, int, int], ...]
    """Share, smallest and largest number of teachers."""
    size_bounds: tuple[float, ...]
    active: float
    """The part of its teachers who ever take part in something."""
    lasting: float
    """The part of those who go on; the others lose interest at some time."""
    deeds: int
    """The most activities that an active teacher usually has."""
    labelled: float
    """The part of the memberships of active teachers that earn a quality label."""
    leaving: float
    """The part of the teachers who have left."""
    rewarded: float
    """How likely its schools held earlier school labels, measured by the likeliest ones."""
    registered_until: int
    """The last day on which its schools registered."""


def _level(
    *sizes: tuple[int, int, int],
    active: float,
    lasting: float,
    deeds: int,
    labelled: float,
    leaving: float,
    rewarded: float,
    until: date,
) -> Level:
    return Level(
        sizes=sizes,
        size_bounds=tuple(days.bounds([share for share, _, _ in sizes])),
        active=active,
        lasting=lasting,
        deeds=deeds,
        labelled=labelled,
        leaving=leaving,
        rewarded=rewarded,
        registered_until=days.number(until),
    )


_SLEEPING = _level(
    (46, 1, 1), (22, 2, 2), (13, 3, 4), (11, 5, 8), (6, 9, 16), (2, 17, 40),
    active=0.10, lasting=0.3, deeds=4, labelled=0.002, leaving=0.16, rewarded=0.001, until=date(2021, 2, 28),
)  # fmt: skip
_STIRRING = _level(
    (24, 1, 1), (18, 2, 2), (18, 3, 4), (22, 5, 8), (13, 9, 16), (5, 17, 44),
    active=0.38, lasting=0.4, deeds=9, labelled=0.003, leaving=0.12, rewarded=0.005, until=date(2021, 2, 28),
)  # fmt: skip
_BUSY = _level(
    (12, 1, 1), (14, 2, 2), (20, 3, 4), (28, 5, 8), (18, 9, 16), (8, 17, 52),
    active=0.55, lasting=0.5, deeds=13, labelled=0.006, leaving=0.09, rewarded=0.015, until=date(2020, 8, 31),
)  # fmt: skip
_STRONG = _level(
    (2, 1, 1), (18, 2, 2), (35, 3, 4), (33, 5, 8), (9, 9, 14), (2, 15, 24), (1, 25, 46),
    active=0.8, lasting=0.72, deeds=17, labelled=0.5, leaving=0.07, rewarded=1.0, until=date(2019, 8, 31),
)  # fmt: skip

_LEVELS = (_SLEEPING, _STIRRING, _BUSY, _STRONG)
_SHARES = (556, 300, 106, 38)
_LEVEL_BOUNDS = days.bounds(list(_SHARES))
_STRIDE = 40_503  # 65,536 divided by the golden ratio: any run of schools has its share of each level


class Turns:
    """Gives each school its level in turn, so that even a few schools keep the shares."""

    def __init__(self, start: int) -> None:
        self._at = start

    def next(self) -> Level:
        """Return the level of the next school."""
        self._at = (self._at + _STRIDE) & 0xFFFF
        return _LEVELS[bisect_right(_LEVEL_BOUNDS, self._at / 0x10000)]
