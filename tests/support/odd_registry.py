"""Small registries drawn by a seed, in which the odd cases are common: dates on both ends of every interval, people
who left on the very day, deeds without a school, teachers of two schools, facts that are no numbers."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

from support.registry_files import write

SCHOOLS = 40
PEOPLE = 60
COUNTRIES = ("NO", "IT", "TR")
ROUNDS = ("2018-2019", "2019-2020", "2025-2026", "pilot")
ROLES = ("teacher", "head_teacher", "librarian", "Head Teacher", "")
ACTIVITIES = ("project", "training", "event", "collaboration")
FACTS = ("pupils", "region", "level", "Building age", "visited on", "note")


class Draw(Random):
    """A source of chance for the rounds up to 2021-2022, with the ends of their intervals."""

    edges: tuple[str, ...] = (
        "2016-01-19", "2016-11-09", "2018-01-19", "2018-11-09", "2019-01-01", "2020-11-09", "2020-12-31"
    )  # fmt: skip
    span = date(2014, 1, 1), date(2021, 6, 1)
    now = "2020-12-01T09:00:00+01:00"
    """When all of these rounds have had their screening."""


class LaterDraw(Draw):
    """One for the rounds since 2023-2024."""

    edges = (
        "2020-07-01", "2020-09-01", "2022-10-10", "2021-11-01", "2022-01-01", "2024-02-05", "2022-11-09", "2023-01-09",
        "2025-01-16", "2025-01-17", "2023-09-01", "2024-02-12", "2026-02-11",
    )  # fmt: skip
    span = date(2019, 1, 1), date(2026, 4, 1)
    now = "2026-04-01T09:00:00+02:00"


def day(draw: Draw) -> str:
    """A day, often at the end of an interval of a shipped round or beside it."""
    if draw.random() < 0.6:
        return (date.fromisoformat(draw.choice(draw.edges)) + timedelta(draw.choice((-1, 0, 0, 1)))).isoformat()
    first, last = draw.span
    return date.fromordinal(draw.randint(first.toordinal(), last.toordinal())).isoformat()


def maybe(draw: Draw, text: str, share: float = 0.5) -> str:
    """The text, or nothing."""
    return text if draw.random() < share else ""


def write_odd(folder: Path, draw: Draw) -> Path:
    """Write the files of one registry."""
    schools = [f"S{number}" for number in range(SCHOOLS)]
    people = [f"T{number}" for number in range(PEOPLE)]
    header = "school_id,name,country,city,registered_on,region,level,pupils,Building age,visited on,note,etwinning_logo"
    write(folder, "schools", *(_school(draw, school) for school in schools), header=header)
    services = sorted({(draw.choice(people), draw.choice(schools)) for _ in range(2 * PEOPLE)})
    write(folder, "teachers", *(_service(draw, *service) for service in services))
    projects = [f"P{number}" for number in range(6)]
    write(folder, "projects", *(f"{name},Water,{draw.choice(('yes', 'yes', 'no'))},2014-01-01" for name in projects))
    write(folder, "memberships", *(f"{projects[0]},{person},{school}," for person, school in services[:20]))
    write(folder, "activities", *(_deed(draw, number, services, schools) for number in range(6 * PEOPLE)))
    write(folder, "quality_labels", *(_label(draw, number, services, projects) for number in range(2 * PEOPLE)))
    held = (
        f"L{number},{draw.choice(ROUNDS)},{maybe(draw, draw.choice(schools), 0.8)},A school,NO,,{day(draw)}"
        for number in range(SCHOOLS)
    )
    write(folder, "school_labels", *held)
    return folder


def _school(draw: Draw, name: str) -> str:
    age = draw.choice(("", "12", "12.5", "-3", "100", "about 40", "=1+1", "12 "))
    seen = draw.choice(("", "2019-01-01", "2020-11-09", "2020-11-10", "soon", "2020"))
    note = draw.choice(("", "%", "a_b", "Ærfugl", "<b>", "' or 1=1", "x" * 70))
    logo = draw.choice(("yes", "yes", "no", ""))
    facts = (maybe(draw, "Viken"), draw.choice(("primary", "secondary", "")), maybe(draw, str(draw.randint(0, 400))))
    return ",".join([name, f"School {name}", draw.choice(COUNTRIES), "Bø", day(draw), *facts, age, seen, note, logo])


def _service(draw: Draw, person: str, school: str) -> str:
    registered, left = maybe(draw, day(draw)), maybe(draw, day(draw), 0.3)
    return (
        f"{person},{school},Name {person},{person.lower()}@school.example,nb,{draw.choice(ROLES)},{registered},{left}"
    )


def _deed(draw: Draw, number: int, services: list[tuple[str, str]], schools: list[str]) -> str:
    person, school = draw.choice(services)
    where = draw.choice((school, school, "", draw.choice(schools)))
    return f"A{number},{person},{where},{draw.choice(ACTIVITIES)},{day(draw)}"


def _label(draw: Draw, number: int, services: list[tuple[str, str]], projects: list[str]) -> str:
    person, school = draw.choice(services)
    kind = draw.choice(("national", "national", "european"))
    return f"Q{number},{draw.choice(projects)},{maybe(draw, person, 0.85)},{school},{kind},{day(draw)}"


def parameters_of(kind: str, draw: Draw) -> dict[str, Any]:
    """Parameters of a kind of criterion, drawn."""
    first, last = sorted((day(draw), day(draw)))
    some = draw.sample(ACTIVITIES, draw.randint(1, 4))
    made: dict[str, dict[str, Any]] = {
        "registered_before": {"before": day(draw)},
        "active_teachers": {"at_least": str(draw.randint(1, 3)), "from": first, "to": last, "activities": some},
        "quality_labels": {"at_least": str(draw.randint(1, 2)), "from": first}
        | draw.choice(({}, {"to": last}))
        | draw.choice(({}, {"teacher": "served"}, {"teacher": "serves"})),
        "role_registered": {"roles": draw.sample(ROLES[:-1], 2), "at_least": str(draw.randint(1, 2))},
        "not_label_holder": {"rounds": draw.sample(ROUNDS, draw.randint(1, 2))},
        "school_fact": {"fact": draw.choice(FACTS)}
        | draw.choice((
            {"equals": draw.choice(("Viken", "12", "%", "Ærfugl", "' or 1=1"))},
            {"one_of": ["primary", "12.5", "a_b", "soon"]},
            {"at_least": draw.choice(("12", "12.5", "-3", "100"))},
            {"at_most": draw.choice(("12", "12.5", "-3", "100"))},
            {"at_least": "2020-11-09"},
            {"at_most": "2020-11-09"},
            {"present": draw.random() < 0.5},
        ))
        | draw.choice(({}, {"missing": "met"}, {"missing": "not_met"}, {"missing": "unclear"})),
    }  # fmt: skip
    return made[kind]


def as_yaml(parameters: dict[str, Any]) -> str:
    """Parameters as the text of a definition; JSON is YAML."""
    return json.dumps(parameters, ensure_ascii=False)
