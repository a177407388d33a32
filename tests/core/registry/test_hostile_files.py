"""A registry in which every text is hostile is imported as text, or rejected with line and reason."""

import csv
from pathlib import Path

from flask import Flask
from skolemerke import database
from skolemerke.cli.applications import write_table
from skolemerke.registry import queries
from skolemerke.registry.models import Project, SchoolLabel, Teacher
from skolemerke.registry.operations import import_directory
from skolemerke.registry.public_list import COLUMNS, rows
from sqlalchemy import select
from support.registry_files import COLUMNS as HEADERS

HOSTILE = (
    '=HYPERLINK("https://evil.example","x")',
    "<script>alert(1)</script>",
    "Name\r\nBcc: all@evil.example",
    "\u202egnp.exe",
    "'; DROP TABLE school; --",
    "\\N",
    "{{ 7*7 }} %(name)s {0}",
    '"',
    "@SUM(1)\t",
    "\\.",
)


def write_hostile(folder: Path) -> None:
    """Each hostile text in each cell that holds free text."""
    files: dict[str, list[list[str]]] = {name: [] for name in HEADERS}
    for at, text in enumerate(HOSTILE):
        files["schools"].append([f"S{at}", text, "NO", text, "2015-01-01", text])
        files["teachers"].append([f"T{at}", f"S{at}", text, f"t{at}@x.example", "nb", text, "", ""])
        files["projects"].append([f"P{at}", text, "yes", ""])
        files["activities"].append([f"A{at}{text}", f"T{at}", "", "event", "2020-01-01"])
        files["school_labels"].append([f"L{at}", "2018-2019", f"S{at}", text, "NO", text, "2018-04-16"])
    files["schools"] += [
        ["NUL", "a\0b", "NO", "", "2015-01-01", ""],
        ["BIG", "x" * 1_000_000, "NO", "", "2015-01-01", ""],
    ]
    for name, lines in files.items():
        header = HEADERS[name].split(",") + (["=cmd"] if name == "schools" else [])
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([header, *lines])


def test_hostile_texts_are_kept_as_texts_and_what_can_not_be_kept_is_rejected(app: Flask, tmp_path: Path) -> None:
    write_hostile(tmp_path)
    report = import_directory(tmp_path)
    assert {count.file: count.rejected for count in report.files if count.rejected} == {"schools.csv": 2}
    stripped = [text.strip() for text in HOSTILE]
    schools = [queries.school_by_id(f"S{at}") for at in range(len(HOSTILE))]
    assert [school.name for school in schools if school] == stripped
    assert [school.facts["=cmd"] for school in schools if school] == stripped
    for column in (Teacher.name, Teacher.role, Project.title, SchoolLabel.school_name):
        assert sorted(database.read().scalars(select(column))) == sorted(stripped)
    assert all(count.same == count.rows - count.rejected for count in import_directory(tmp_path).files)


def test_rejected_rows_and_exports_hold_no_formula(app: Flask, tmp_path: Path) -> None:
    write_hostile(tmp_path)
    import_directory(tmp_path)
    with (tmp_path / "schools.csv.rejected.csv").open(encoding="utf-8", newline="") as file:
        header, *lines = csv.reader(file)
    assert header[-1] == "'=cmd"
    assert [line[1] for line in lines] == [
        "contains a NUL character",
        "name has 1000000 characters where at most 400 fit",
    ]
    write_table(
        tmp_path / "out.csv", list(COLUMNS), ([row[name] for name in COLUMNS] for row in rows(queries.labels()))
    )
    with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as file:
        cells = [cell for line in csv.reader(file) for cell in line]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
