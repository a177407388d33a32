"""Registry files that a reader can check by eye, and an eligibility count that knows no SQL."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path
from typing import Any

COLUMNS = {
    "schools": "school_id,name,country,city,registered_on",
    "teachers": "teacher_id,school_id,name,email,language,role,registered_on,left_on",
    "activities": "activity_id,teacher_id,school_id,kind,happened_on",
    "projects": "project_id,title,european,started_on",
    "memberships": "project_id,teacher_id,school_id,joined_on",
    "quality_labels": "label_id,project_id,teacher_id,school_id,kind,granted_on",
    "school_labels": "label_id,round,school_id,school_name,country,region,awarded_on",
}

SMALL = {
    "schools": [
        "NO1,Ås skole,NO,Ås,2015-01-01",
        "NO2,Bø skole,NO,Bø,2018-11-09",
        "SE1,Ekskolan,SE,Umeå,2010-05-05",
        "SE2,Tallskolan,SE,Lund,2019-02-02",
    ],
    "teachers": [
        "T1,NO1,Kari Nordmann,Kari@skole.example,nb,head_teacher,2015-01-01,",
        "T2,NO1,Ola Nordmann,ola@skole.example,,teacher,2016-01-01,",
        "T3,NO1,Per Sluttet,per@skole.example,nb,teacher,2016-01-01,2020-11-09",
        "T4,NO1,Uten Post,,nb,teacher,2016-01-01,",
        "T1,NO2,Kari Nordmann,kari@skole.example,nb,teacher,2018-11-09,",
        "T5,NO2,Eva Bø,eva@skole.example,nn,teacher,2018-11-09,",
        "T6,SE1,Åsa Ek,asa@skola.example,sv,teacher,2011-01-01,",
    ],
    "projects": ["P1,Vann,yes,2018-01-01", "P2,Bare oss,no,2018-01-01"],
    "activities": [
        "A1,T1,,project,2019-06-01",
        "A2,T2,NO1,training,2020-11-09",
        "A3,T3,NO1,event,2020-01-01",
        "A4,T5,NO2,event,2020-01-01",
        "A5,T6,SE1,event,2020-01-01",
        "A6,T4,NO1,event,2020-11-10",
    ],
    "memberships": ["P1,T1,NO1,2018-02-01", "P1,T6,SE1,2018-02-01"],
    "quality_labels": [
        "Q1,P1,T1,NO1,national,2018-11-09",
        "Q2,P1,T5,NO2,national,2020-11-09",
        "Q3,P1,T6,SE1,national,2019-01-01",
        "Q4,P2,T6,SE2,national,2019-01-01",
    ],
    "school_labels": [
        "L1,2018-2019,NO1,Ås skole,NO,Viken,2018-04-16",
        "L2,pilot,,Gamle skole,NO,Viken,2017-03-01",
    ],
}
"""At 2020-11-09 in round 2021-2022: NO1 may apply (two active teachers: T1, T2; T3 has left, T4 was too late);
NO2 is kept out by its registration alone, SE1 by its teachers alone, SE2 by all three."""


def write(directory: Path, name: str, *lines: str, header: str = "") -> Path:
    """Write one file from lines as they stand."""
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / f"{name}.csv"
    path.write_text("\n".join([header or COLUMNS[name], *lines]) + "\n", encoding="utf-8")
    return path


def write_small(directory: Path, **changed: list[str]) -> Path:
    """Write the small registry; files may be given other lines."""
    for name, lines in {**SMALL, **changed}.items():
        write(directory, name, *lines)
    return directory


def rows(directory: Path, name: str) -> list[dict[str, str]]:
    """The rows of a file."""
    with (directory / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def verdicts(directory: Path, *, before: str, active: tuple[str, str], labelled: tuple[str, str], at: str) -> Any:
    """For each school whether it meets the three conditions, and how many active teachers and labels it has."""
    services: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in rows(directory, "teachers"):
        services[row["teacher_id"]].append(row)
    busy: set[tuple[str, str]] = set()
    for row in rows(directory, "activities"):
        if not active[0] <= row["happened_on"] <= min(active[1], at):
            continue
        for service in services[row["teacher_id"]]:
            there = service["school_id"] == row["school_id"] if row["school_id"] else _serves(service, row)
            if there and not (service["left_on"] and service["left_on"] <= at):
                busy.add((row["teacher_id"], service["school_id"]))
    teachers: dict[str, int] = defaultdict(int)
    for _, school in busy:
        teachers[school] += 1
    european = {row["project_id"] for row in rows(directory, "projects") if row["european"] == "yes"}
    labels: dict[str, int] = defaultdict(int)
    for row in rows(directory, "quality_labels"):
        counts = row["kind"] == "national" and row["project_id"] in european
        labels[row["school_id"]] += counts and labelled[0] <= row["granted_on"] <= min(labelled[1], at)
    return {
        row["school_id"]: (
            row["registered_on"] < before and row["registered_on"] <= at,
            teachers[row["school_id"]],
            labels[row["school_id"]],
        )
        for row in rows(directory, "schools")
    }


def _serves(service: dict[str, str], deed: dict[str, str]) -> bool:
    day = deed["happened_on"]
    begun = not service["registered_on"] or service["registered_on"] <= day
    return begun and not (service["left_on"] and service["left_on"] <= day)
