"""The countries of a generated registry: how their schools, places and people are called.

A country is written in one of the files under `data/`: its weight among the schools of Europe (`floor`: at least so
many), the names of its people, and its areas. An area has a language, the shapes of its schools' names and its
places; what it does not state itself it has from its country.

- names are divided by commas; patrons (whatever a school is called after) and streets by commas or semicolons
- a school's shape is a letter for its level and a name with `{patron}`, `{place}`, `{of}` or a number `{n}`
- places stand in lines `Region: Place, Place|inflected form`; the inflected form is what `{of}` puts in
"""

import tomllib
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from .days import bounds
from .latin import latin
from .tables import cell

_FILES = ("north", "west", "south", "centre", "balkans", "neighbours")


@dataclass(frozen=True, slots=True)
class Name:
    """Half of a person's name, with its form in an address."""

    text: str
    latin: str


@dataclass(frozen=True, slots=True)
class Place:
    """A town, as cells."""

    city: str
    inflected: str
    region: str


@dataclass(frozen=True, slots=True)
class Shape:
    """A level of schools and how a school of it is called."""

    level: str
    name: str


@dataclass(frozen=True, slots=True)
class Area:
    """A part of a country with one language."""

    language: str
    women: list[Name]
    men: list[Name]
    surnames_women: list[Name]
    surnames_men: list[Name]
    patrons: list[str]
    streets: list[str]
    shapes: list[Shape]
    places: list[Place]


@dataclass(frozen=True, slots=True)
class Country:
    """A participating country."""

    code: str
    weight: int
    floor: int
    leftover: str
    """A language code of the old portal that a few of its teachers still carry; usually none."""
    numbers: int
    """The highest number in the names of its schools."""
    areas: list[Area]
    area_bounds: list[float]


def _texts(stated: str) -> list[str]:
    mark = ";" if ";" in stated else ","
    return [part.strip() for part in stated.split(mark)]


def _names(stated: str) -> list[Name]:
    return [Name(text, latin(text)) for text in _texts(stated)]


def _shapes(stated: str) -> list[Shape]:
    return [Shape(line[0], line[2:]) for line in stated.strip().splitlines()]


def _places(stated: str) -> list[Place]:
    places = []
    for line in stated.strip().splitlines():
        region, _, cities = line.partition(":")
        for city in _texts(cities):
            plain, _, inflected = city.partition("|")
            places.append(Place(plain, inflected or plain, cell(region)))
    return places


def _area(stated: dict[str, Any]) -> Area:
    return Area(
        language=stated["language"],
        women=_names(stated["women"]),
        men=_names(stated["men"]),
        surnames_women=_names(stated.get("surnames_women", stated["surnames"])),
        surnames_men=_names(stated["surnames"]),
        patrons=_texts(stated["patrons"]),
        streets=_texts(stated["streets"]),
        shapes=_shapes(stated["schools"]),
        places=_places(stated["places"]),
    )


def _inherited(country: dict[str, Any], area: dict[str, Any]) -> dict[str, Any]:
    """Fill an area with what its country states; an area with surnames of its own takes none from the country."""
    known = {key: value for key, value in country.items() if key != "areas"}
    if "surnames" in area:
        known.pop("surnames_women", None)
    return known | area


def _country(code: str, stated: dict[str, Any]) -> Country:
    areas = stated["areas"]
    return Country(
        code=code,
        weight=stated["weight"],
        floor=stated.get("floor", 1),
        leftover=stated.get("leftover", ""),
        numbers=stated.get("numbers", 20),
        areas=[_area(_inherited(stated, area)) for area in areas],
        area_bounds=bounds([area["share"] for area in areas]),
    )


def read_data(name: str) -> dict[str, Any]:
    """Read one of the files under `data/`."""
    return tomllib.loads((files(__package__) / "data" / f"{name}.toml").read_text(encoding="utf-8"))


def countries() -> list[Country]:
    """Read the countries, in the order of their codes."""
    known = {code: stated for name in _FILES for code, stated in read_data(name).items()}
    return [_country(code, known[code]) for code in sorted(known)]


def schools_by_country(known: list[Country], schools: int) -> list[int]:
    """Share out a number of schools among countries.

    Every country first gets its floor, as far as half of the schools reach; the rest goes by weight, what is left over
    by the largest remainders.
    """
    floors = [country.floor for country in known]
    if sum(floors) * 2 > schools:
        return _by_weight(floors, schools)
    rest = _by_weight([country.weight for country in known], schools - sum(floors))
    return [floor + more for floor, more in zip(floors, rest, strict=True)]


def _by_weight(weights: list[int], total: int) -> list[int]:
    whole = sum(weights)
    shares = [total * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda at: (-(total * weights[at] % whole), at))
    for at in by_remainder[: total - sum(shares)]:
        shares[at] += 1
    return shares
