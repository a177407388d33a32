"""No cell of a file is read as a formula, and a table is written a slice at a time."""

import csv
import io
from datetime import date

import pytest
from skolemerke.spreadsheet import AT_ONCE, csv_lines, inert

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


def test_lines_are_made_a_slice_at_a_time():
    made = []

    def rows():
        for number in range(AT_ONCE + 3):
            made.append(number)
            yield [number]

    lines = csv_lines(["n"], rows())
    assert (next(lines), made) == ("\ufeffn\r\n", [])
    assert next(lines).split() == [str(number) for number in range(AT_ONCE)]
    assert len(made) == AT_ONCE
    assert next(lines).split() == [str(AT_ONCE + number) for number in range(3)]


@pytest.mark.parametrize("formula", FORMULAS)
@pytest.mark.parametrize("beside", ["plain", None, 7, date(2020, 1, 2)])
def test_a_formula_is_found_among_other_cells_of_its_column(formula, beside):
    rows = [[beside, "a"]] * 5 + [[formula, "b"]] + [[beside, "c"]] * 5
    text = "".join(csv_lines(["one", "two"], rows, marked=False))
    found = list(csv.reader(io.StringIO(text, newline="")))
    cell = "" if beside is None else str(beside)
    assert [row[0] for row in found] == ["one", *[cell] * 5, "'" + formula, *[cell] * 5]
