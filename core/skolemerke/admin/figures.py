"""A round in figures for staff: the funnel, and the countries in their order, each drawn as a bar beside its number."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import lazy_gettext

from skolemerke.decisions.statistics import FUNNEL, Row
from skolemerke.web.words import country_name

STEPS = {
    "eligible": lazy_gettext("may apply"),
    "invited": lazy_gettext("invited"),
    "started": lazy_gettext("started"),
    "submitted": lazy_gettext("submitted"),
    "awarded": lazy_gettext("awarded"),
}
WIDTH = 100


@dataclass(frozen=True)
class Bar:
    """A labelled number, and how long its bar is out of `WIDTH`; `part` of it is drawn darker."""

    label: str
    count: int
    length: float
    part: float = 0
    part_count: int = 0


@dataclass(frozen=True)
class Figures:
    """What the page of a round draws."""

    rows: list[Row]
    funnel: list[Bar]
    countries: list[Bar]


def figures_of(rows: list[Row]) -> Figures:
    """The figures of a round, ready to be drawn."""
    counts = {step: sum(getattr(row, step) for row in rows) for step in FUNNEL}
    most = max(counts.values(), default=0) or 1
    funnel = [Bar(str(STEPS[step]), counts[step], _share(counts[step], most)) for step in FUNNEL]
    return Figures(rows, funnel, _countries(rows))


def _countries(rows: list[Row]) -> list[Bar]:
    """The countries by how many of their schools may apply, the most first, with those that were awarded."""
    counts: dict[str, tuple[int, int]] = {}
    for row in rows:
        eligible, awarded = counts.get(row.country, (0, 0))
        counts[row.country] = eligible + row.eligible, awarded + row.awarded
    most = max((max(pair) for pair in counts.values()), default=0) or 1
    ordered = sorted(counts.items(), key=lambda item: (-item[1][0], -item[1][1], item[0]))
    return [
        Bar(country_name(code), eligible, _share(eligible, most), _share(awarded, most), awarded)
        for code, (eligible, awarded) in ordered
    ]


def _share(count: int, most: int) -> float:
    return round(WIDTH * count / most, 2)
