from pathlib import Path

import pytest
from skolemerke.registry.importing.files import SCHOOLS
from skolemerke.registry.importing.reading import read_file
from skolemerke.registry.importing.report import ImportRefused

HEADER = "school_id,name,country,city,registered_on\n"
FULL = HEADER + "NO9,Ås,NO,Ås,2015-01-01\n"


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
        read_file(path, SCHOOLS)


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r", ""])
def test_lines_may_end_as_they_like_and_blank_lines_are_no_rows(tmp_path: Path, ending: str) -> None:
    path = tmp_path / "schools.csv"
    text = HEADER + 'NO8,"a\nb",NO,x,2015-01-01\n\n  \nNO9,x,NO,x,2015-01-01'
    path.write_bytes(text.replace("\n", ending or "\n").encode() + ending.encode())
    read = read_file(path, SCHOOLS)
    assert list(read.rows) == [("NO8",), ("NO9",)]
    assert read.count == 2
    assert read.rejections == []


def test_a_rejected_row_names_the_line_where_it_begins(tmp_path: Path) -> None:
    path = tmp_path / "schools.csv"
    path.write_text(HEADER + 'NO8,"a\nb",NO,x,2015-01-01\nNO9,x,NO,x,soon\nNO7,x,NO,x,2015-01-01\n', encoding="utf-8")
    read = read_file(path, SCHOOLS)
    assert [rejection.line for rejection in read.rejections] == [4]
    assert read.held == {("NO9",)}


def test_the_first_good_row_of_a_key_is_taken_when_the_one_before_it_was_not(tmp_path: Path) -> None:
    path = tmp_path / "schools.csv"
    path.write_text(HEADER + "NO9,x,NO,x,soon\nNO9,y,NO,x,2015-01-01\n", encoding="utf-8")
    read = read_file(path, SCHOOLS)
    assert read.rows["NO9",].values[1] == "y"
    assert len(read.rejections) == 1
