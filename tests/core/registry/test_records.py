import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from skolemerke.registry.importing import records
from skolemerke.registry.importing.records import cut
from skolemerke.registry.importing.report import ImportRefused

Found = list[tuple[int, list[str] | str]]
"""The line where each record begins, with its cells, or with what is wrong with it."""


def found_by_cutting(text: str) -> Found | None:
    found: Found = []
    try:
        for some in cut(io.StringIO(text, newline=""), "schools.csv"):
            found += [(line, list(row)) for line, row in zip(some.lines, some.rows, strict=True)]
            found += [(some.broken.line, some.broken.reason)] if some.broken else []
    except ImportRefused:
        return None
    return found


def found_by_csv(text: str) -> Found | None:
    reader, found = csv.reader(io.StringIO(text, newline=""), strict=True), Found()
    while True:
        line = reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return found
        except csv.Error as error:
            if "unexpected end" in str(error):
                return None
            found.append((line, f"can't be read as CSV: {error}"))
        else:
            found += [(line, row)] if len(row) > 1 or "".join(row).strip() else []


CELLS = st.sampled_from(["", "a", " b ", "é", '"q"', '"a,b"', '"a\nb"', '"a""b"', '"x"y', 'x"y', '"'])
ENDS = st.sampled_from(["\n", "\r\n", "\r", "", "\n\n"])
LINES = st.just("a,b\n") | st.tuples(st.lists(CELLS, max_size=3).map(",".join), ENDS).map("".join)


@pytest.mark.parametrize("at_once", [1, 4, 500])
def test_a_file_is_cut_as_a_reader_of_csv_cuts_it(monkeypatch: pytest.MonkeyPatch, at_once: int) -> None:
    monkeypatch.setattr(records, "AT_ONCE", at_once)

    @settings(deadline=None)
    @given(st.lists(LINES, max_size=12).map("".join))
    def holds(text: str) -> None:
        assert found_by_cutting("x,y\n" + text) == found_by_csv("x,y\n" + text)

    holds()


def test_good_rows_before_a_broken_one_are_kept_with_their_lines() -> None:
    some = list(cut(io.StringIO('x,y\n1,a\n2,b\n"3"c,d\n4,e\n', newline=""), "schools.csv"))
    assert [list(found.lines) for found in some] == [[1], [2, 3], [5]]
    assert [found.broken and found.broken.line for found in some] == [None, 4, None]
    assert [list(map(list, found.columns)) for found in some[1:]] == [[["1", "2"], ["a", "b"]], [["4"], ["e"]]]
