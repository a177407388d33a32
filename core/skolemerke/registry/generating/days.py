"""Days as small numbers: drawing and comparing integers is many times quicker than dates."""

from bisect import bisect_left
from datetime import date, timedelta
from itertools import pairwise
from random import Random

_ZERO = date(2005, 1, 1)


def number(day: date) -> int:
    """Return the number of a day; 2005-01-01 is 0."""
    return day.toordinal() - _ZERO.toordinal()


FIRST = number(date(2005, 1, 10))
"""The first day on which a school could register."""

DEEDS_FROM = number(date(2015, 1, 1))
"""Activities and labels are told from this day on."""

LAST = number(date(2021, 2, 28))
"""The last day of which the registry tells; later than any screening of 2020, so that an instant matters."""

ISO = [(_ZERO + timedelta(days=count)).isoformat() for count in range(LAST + 1)]
"""The written form of each day."""


def _busy_days() -> list[int]:
    """List the days of activities, each as often as it is likely: few in summer, more from year to year."""
    quiet_months = {7: 1, 8: 1, 12: 3, 1: 3}
    busy: list[int] = []
    for count in range(DEEDS_FROM, LAST + 1):
        day = _ZERO + timedelta(days=count)
        weekend = day.isoweekday() > 5
        times = 1 if weekend else quiet_months.get(day.month, 5) * (day.year - 2013)
        busy.extend([count] * times)
    return busy


_BUSY = _busy_days()
_BUSY_FROM = [bisect_left(_BUSY, count) for count in range(LAST + 2)]


def any_day(random: Random, first: int, last: int) -> int:
    """Draw a day between two days, both included."""
    return first + int(random.random() * (last - first + 1))


def busy_days(random: Random, first: int, last: int, times: int) -> list[int]:
    """Draw the days of some activities between two days, both included and not before `DEEDS_FROM`."""
    low = _BUSY_FROM[first]
    span = _BUSY_FROM[last + 1] - low
    draw = random.random
    return [_BUSY[low + int(draw() * span)] for _ in range(times)]


def bounds(shares: list[int]) -> list[float]:
    """Turn shares into rising bounds below 1, to be searched by bisection with a number from 0 to 1."""
    whole = sum(shares)
    rising = [0]
    for share in shares:
        rising.append(rising[-1] + share)
    return [upper / whole for _, upper in pairwise(rising)][:-1]
