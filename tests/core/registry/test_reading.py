from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from skolemerke.registry.importing.cells import RowFault, email
from skolemerke.registry.importing.files import SCHOOLS
from skolemerke.registry.importing.reading import Batch, SourceFile
from skolemerke.registry.importing.report import ImportRefused, Rejection

HEADER = "school_id,name,country,city,registered_on\n"
FULL = HEADER + "NO9,Ås,NO,Ås,2015-01-01\n"


def read(path: Path) -> list[Batch]:
    return list(SourceFile(path, SCHOOLS).batches())


def ids(batches: list[Batch]) -> list[str]:
    return [text_id for batch in batches for text_id in batch.columns[0]]


def rejections(batches: list[Batch]) -> list[Rejection]:
    return [rejection for batch in batches for rejection in batch.rejections]


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (b"", "line 1 lacks school_id, name"),
        (FULL.replace(",", ";").encode(), "line 1 lacks school_id, name, country, city, registered_on"),
        (b"school_id,name,country,city\nNO9,x,NO,x\n", "line 1 lacks registered_on"),
        (b"school_id,name,country,city,registered_on,city\n", "line 1 names city twice"),
        (FULL.encode("latin-1"), "line 2 is not UTF-8"),
        (FULL.encode("utf-16"), "line 1 is not UTF-8"),
        ((FULL + 'NO8,"cut').encode(), "a quotation mark opened on line 3 is never closed"),
        ((FULL + "NO8,x,NO").encode(), "line 3, the last, has fewer cells"),
        ((FULL + "NO8,x,NO\n").encode(), "line 3, the last, has fewer cells"),
        ((FULL + "NO8,x,NO,x,201").encode(), "line 3, the last, breaks off"),
        (FULL.encode()[:-14], "line 2 breaks off within a letter"),
    ],
)
def test_a_file_that_is_not_what_it_should_be_is_refused_with_line_and_reason(
    tmp_path: Path, content: bytes, part: str
) -> None:
    path = tmp_path / "schools.csv"
    path.write_bytes(content)
    with pytest.raises(ImportRefused, match=f"^schools.csv: {part}"):
        read(path)


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r", ""])
def test_lines_may_end_as_they_like_and_blank_lines_are_no_rows(tmp_path: Path, ending: str) -> None:
    path = tmp_path / "schools.csv"
    text = HEADER + 'NO8,"a\nb",NO,x,2015-01-01\n\n  \nNO9,x,NO,x,2015-01-01'
    path.write_bytes(text.replace("\n", ending or "\n").encode() + ending.encode())
    source = SourceFile(path, SCHOOLS)
    found = list(source.batches())
    assert ids(found) == ["NO8", "NO9"]
    assert [line for batch in found for line in batch.lines] == [2, 6]
    assert source.count == 2
    assert rejections(found) == []


def test_a_rejected_row_names_the_line_where_it_begins(tmp_path: Path) -> None:
    path = tmp_path / "schools.csv"
    rows = 'NO8,"a\nb",NO,x,2015-01-01\nNO9,x,NO,x,soon\nNO6,"x"y,NO,x,2015-01-01\nNO7,x,NO,x,2015-01-01\n'
    path.write_text(HEADER + rows, encoding="utf-8")
    found = read(path)
    assert [rejection.line for rejection in rejections(found)] == [4, 5]
    assert ids(found) == ["NO8", "NO7"]


def test_reading_a_column_at_once_and_cell_by_cell_give_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "schools.csv"
    header = "school_id,name,country,city,registered_on,language,pupils,head_email,owner\n"
    lines = [f" NO{n} ,S {n},no,x,2015-01-{n + 1:02},no,{n},Head{n}@A.example,county {n}" for n in range(28)]
    path.write_text(header + "\n".join(lines) + "\n", encoding="utf-8")
    at_once = [batch.columns for batch in read(path)]
    path.write_text(header + "\n".join([*lines, "NO99,x,XX,x,2015-01-01,,,,"]) + "\n", encoding="utf-8")
    one_by_one = [batch.columns for batch in read(path)]
    assert at_once == one_by_one
    assert at_once[0][0][0] == "NO0"
    assert at_once[0][-1][3] == '{"owner": "county 3"}'


ADDRESSES = st.sampled_from(
    ["", "a@b.example", "A@B.Example", "a@b", "a@b\nc@d", "a b@c", "a@b,c", "x" * 321, "@", "a@b@c"]
)


@settings(deadline=None)
@given(st.lists(ADDRESSES, max_size=6))
def test_a_column_of_addresses_is_read_as_its_cells_are(column: list[str]) -> None:
    def read(act: Callable[[], list[str]]) -> list[str] | None:
        try:
            return act()
        except RowFault:
            return None

    assert read(lambda: email.read_all(column)) == read(lambda: [email.read(cell) for cell in column])
