"""An invented registry is moved to the time of a later round, and never back."""

import csv
from datetime import date

import pytest
from skolemerke.demo.moving import DATES, MADE_FOR, move_to
from skolemerke.registry.generating import generate


@pytest.fixture
def folder(tmp_path):
    generate(tmp_path, schools=60, seed=3)
    return tmp_path


def table(folder, name):
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_date_moves_on_by_the_same_whole_weeks_and_nothing_else_changes(folder):
    before = {path.name: table(folder, path.name) for path in sorted(folder.glob("*.csv"))}
    assert move_to(folder, date(2022, 10, 10)) == 100
    for name, rows in before.items():
        columns = DATES.get(name, ())
        for old, new in zip(rows, table(folder, name), strict=True):
            for column, text in old.items():
                if column in columns and text:
                    assert (date.fromisoformat(new[column]) - date.fromisoformat(text)).days == 700
                else:
                    assert new[column] == text


@pytest.mark.parametrize("screening", [MADE_FOR, date(2018, 1, 19)])
def test_for_the_round_it_was_made_for_and_for_earlier_ones_it_stays(folder, screening):
    before = {path.name: path.read_bytes() for path in folder.glob("*.csv")}
    assert move_to(folder, screening) == 0
    assert {path.name: path.read_bytes() for path in folder.glob("*.csv")} == before


def test_every_column_with_a_day_is_named(folder):
    days = {
        (path.name, column)
        for path in folder.glob("*.csv")
        for row in table(folder, path.name)
        for column, text in row.items()
        if text and len(text) == 10 and text[4] == text[7] == "-" and text.replace("-", "").isdigit()
    }
    named = {(name, column) for name, columns in DATES.items() for column in columns}
    assert days - named == {("school_labels.csv", "awarded_on")}
