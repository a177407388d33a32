"""No cell of a file is read as a formula, and a table is written line by line."""

import csv

import pytest
from skolemerke.spreadsheet import csv_lines, inert

FORMULAS = [
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    " =1+1",
    "  @SUM(A1)",
    '=HYPERLINK("https://x.example")',
    "=cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!A0",
    "\uff1d1+1",
    "\u00a0=1+1",
]


@pytest.mark.parametrize("formula", FORMULAS)
def test_a_cell_that_could_be_a_formula_is_read_as_text(formula):
    assert inert(formula) == "'" + formula


@pytest.mark.parametrize("cell", ["Berg", "a=1", "1-2", "", "'x", "Ålesund, Møre"])
def test_any_other_text_stays_as_it_is(cell):
    assert inert(cell) == cell


def test_numbers_and_nothing_are_no_formulas():
    assert [inert(-5), inert(2.5), inert(None)] == ["-5", "2.5", ""]


def test_a_table_is_read_again_as_it_was_written():
    rows = [["a;b", 'say "no"'], ["two\nlines", "=1"]]
    lines = list(csv_lines(["one", "two"], iter(rows)))
    assert lines[0] == "\ufeffone,two\r\n"
    assert list(csv.reader("".join(lines)[1:].splitlines(keepends=True))) == [
        ["one", "two"],
        ["a;b", 'say "no"'],
        ["two\nlines", "'=1"],
    ]


def test_lines_are_made_one_by_one():
    made = []

    def rows():
        for number in range(3):
            made.append(number)
            yield [number]

    lines = csv_lines(["n"], rows())
    assert (next(lines), made) == ("\ufeffn\r\n", [])
    assert (next(lines), made) == ("0\r\n", [0])
