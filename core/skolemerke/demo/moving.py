"""Moves an invented registry in time, so that a later round finds as much life in it as the one it was made for."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path

MADE_FOR = date(2020, 11, 9)
"""The screening for which invented registries are made, that of 2021-2022."""

DATES = {
    "schools.csv": ("registered_on",),
    "teachers.csv": ("registered_on", "left_on"),
    "activities.csv": ("happened_on",),
    "projects.csv": ("started_on",),
    "memberships.csv": ("joined_on",),
    "quality_labels.csv": ("granted_on",),
}
"""The columns that are moved. The lists of earlier rounds stay: they name their rounds."""


def move_to(folder: Path, screening: date) -> int:
    """Move every date of the files on, by whole weeks, as far as a round is screened later than the one they were
    made for; returns the number of weeks. For an earlier round nothing is moved: the registry has a past."""
    weeks = max(0, (screening - MADE_FOR).days // 7)
    if weeks:
        for name, columns in DATES.items():
            _move(folder / name, columns, timedelta(weeks=weeks))
    return weeks


def _move(path: Path, columns: tuple[str, ...], by: timedelta) -> None:
    part = path.with_name(path.name + ".part")
    with path.open(encoding="utf-8", newline="") as old, part.open("w", encoding="utf-8", newline="") as new:
        rows = csv.reader(old)
        writer = csv.writer(new, lineterminator="\n")
        heads = next(rows)
        writer.writerow(heads)
        at = [heads.index(column) for column in columns]
        for row in rows:
            for column in at:
                if row[column]:
                    row[column] = (date.fromisoformat(row[column]) + by).isoformat()
            writer.writerow(row)
    part.replace(path)
