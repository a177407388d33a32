"""Step one once more, in plain Python over the registry files: written from the rules, not from the statements.

Each function answers for one criterion and one school with what was found and with the word of the verdict.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from copy import copy
from pathlib import Path
from typing import Any

from support.registry_files import COLUMNS, rows

Row = dict[str, str]
Answer = tuple[str, str]


class Files:
    """The registry files of a folder."""

    def __init__(self, folder: Path) -> None:
        read = {name: rows(folder, name) for name in COLUMNS}
        self.schools: dict[str, Row] = {row["school_id"]: row for row in read["schools"]}
        self.teachers = read["teachers"]
        self.activities = read["activities"]
        self.european = {row["project_id"] for row in read["projects"] if row["european"] == "yes"}
        self.quality_labels = read["quality_labels"]
        self.school_labels = read["school_labels"]


def answer(files: Files, school: str, kind: str, parameters: Mapping[str, Any], day: str) -> Answer:
    """What one criterion finds of a school, and its verdict, on the day of the check."""
    return KINDS[kind](files, school, parameters, day)


def together(files: Files, school: str, others: list[str]) -> Files:
    """The files in which a school is one with others: every row of theirs is its own, and each person there once,
    from the first of their days to the last."""
    merged = copy(files)
    every = [school, *others]
    first = min(files.schools[name]["registered_on"] for name in every)
    merged.schools = {school: files.schools[school] | {"registered_on": first}}
    services: dict[str, list[Row]] = {}
    for row in files.teachers:
        if row["school_id"] in every:
            services.setdefault(row["teacher_id"], []).append(row)
    merged.teachers = [
        same[0]
        | {
            "school_id": school,
            "registered_on": min(row["registered_on"] for row in same),
            "left_on": "" if any(not row["left_on"] for row in same) else max(row["left_on"] for row in same),
        }
        for same in services.values()
    ]
    # A deed without a school belongs to the halves where the teacher then served, each by its own days.
    merged.activities = [
        deed | {"school_id": school}
        for deed in files.activities
        if deed["school_id"] in every
        or (
            not deed["school_id"]
            and any(_served(service, deed["happened_on"]) for service in services.get(deed["teacher_id"], []))
        )
    ]
    merged.quality_labels = [row | {"school_id": school} for row in files.quality_labels if row["school_id"] in every]
    merged.school_labels = [row | {"school_id": school} for row in files.school_labels if row["school_id"] in every]
    return merged


def outcome(verdicts: list[str]) -> str:
    """The verdict as a whole: any not met; else any unclear; else met."""
    return "not_met" if "not_met" in verdicts else "unclear" if "unclear" in verdicts else "met"


def _registered_before(files: Files, school: str, parameters: Mapping[str, Any], day: str) -> Answer:
    since = files.schools[school]["registered_on"]
    if since > day:
        return "", "not_met"
    return since, "met" if since < parameters["before"] else "not_met"


def _active_teachers(files: Files, school: str, parameters: Mapping[str, Any], day: str) -> Answer:
    active = set()
    for deed in files.activities:
        happened = deed["happened_on"]
        if deed["kind"] not in parameters["activities"] or happened > day:
            continue
        if not parameters["from"] <= happened <= parameters["to"]:
            continue
        for service in files.teachers:
            if service["teacher_id"] != deed["teacher_id"] or service["school_id"] != school:
                continue
            there = deed["school_id"] == school if deed["school_id"] else _served(service, happened)
            if there and _serves(service, day):
                active.add(deed["teacher_id"])
    return _enough(len(active), parameters)


def _quality_labels(files: Files, school: str, parameters: Mapping[str, Any], day: str) -> Answer:
    counted = unnamed = 0
    for label in files.quality_labels:
        if label["kind"] != "national" or label["project_id"] not in files.european:
            continue
        if label["school_id"] != school or not parameters["from"] <= label["granted_on"] <= day:
            continue
        if parameters.get("to") and label["granted_on"] > parameters["to"]:
            continue
        services = _services(files, label["teacher_id"], school)
        match parameters.get("teacher"):
            case None:
                counted += 1
            case "served":
                counted += any(_served(service, label["granted_on"]) for service in services)
                unnamed += not label["teacher_id"]
            case "serves":
                counted += any(_serves(service, day) for service in services)
                unnamed += not label["teacher_id"]
    found, verdict = _enough(counted, parameters)
    if verdict == "not_met" and unnamed and counted + unnamed >= int(parameters.get("at_least", 1)):
        return found, "unclear"
    return found, verdict


def _role_registered(files: Files, school: str, parameters: Mapping[str, Any], day: str) -> Answer:
    people = {
        service["teacher_id"]
        for service in files.teachers
        if service["school_id"] == school
        and service["role"] in parameters["roles"]
        and service["registered_on"] <= day
        and _serves(service, day)
    }
    return _enough(len(people), parameters)


def _not_label_holder(files: Files, school: str, parameters: Mapping[str, Any], day: str) -> Answer:
    awards = [
        label["awarded_on"]
        for label in files.school_labels
        if label["school_id"] == school and label["round"] in parameters["rounds"] and label["awarded_on"] <= day
    ]
    return (max(awards), "not_met") if awards else ("", "met")


def _school_fact(files: Files, school: str, parameters: Mapping[str, Any], day: str) -> Answer:
    fact = files.schools[school].get(parameters["fact"], "").strip()
    if "present" in parameters:
        return "1" if fact else "0", "met" if bool(fact) == parameters["present"] else "not_met"
    missing = "", str(parameters.get("missing", "unclear"))
    if not fact:
        return missing
    if "equals" in parameters:
        met = fact == parameters["equals"]
    elif "one_of" in parameters:
        met = fact in parameters["one_of"]
    else:
        least = "at_least" in parameters
        limit = parameters["at_least" if least else "at_most"]
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", limit):
            if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", fact):
                return missing
            met = fact >= limit if least else fact <= limit
        else:
            if not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", fact):
                return missing
            met = float(fact) >= float(limit) if least else float(fact) <= float(limit)
    return fact[:60], "met" if met else "not_met"


def _enough(count: int, parameters: Mapping[str, Any]) -> Answer:
    return str(count), "met" if count >= int(parameters.get("at_least", 1)) else "not_met"


def _services(files: Files, teacher: str, school: str) -> list[Row]:
    return [row for row in files.teachers if row["teacher_id"] == teacher and row["school_id"] == school]


def _serves(service: Row, day: str) -> bool:
    """Who leaves on the very day serves no more on it."""
    return not service["left_on"] or service["left_on"] > day


def _served(service: Row, day: str) -> bool:
    return service["registered_on"] <= day and _serves(service, day)


KINDS: dict[str, Callable[[Files, str, Mapping[str, Any], str], Answer]] = {
    "registered_before": _registered_before,
    "active_teachers": _active_teachers,
    "quality_labels": _quality_labels,
    "role_registered": _role_registered,
    "not_label_holder": _not_label_holder,
    "school_fact": _school_fact,
}
