from pathlib import Path

import pytest
import yaml
from skolemerke_forms import located
from skolemerke_forms.definition import Form
from skolemerke_forms.located import (
    MAX_BYTES,
    DefinitionFault,
    Mark,
    convert,
    place,
    read_file,
    read_leniently,
    read_text,
)


def fault_of(text: str) -> tuple[str, int, int]:
    with pytest.raises(DefinitionFault) as caught:
        read_text(text, "form.yaml")
    finding = caught.value.findings[0]
    return finding.code, finding.line, finding.column


def test_every_scalar_is_read_as_the_text_that_stands_there() -> None:
    read = read_text("countries: [NO, SE]\nat: 12:30\nnumber: 012\nversion: 1.10\nnothing: ~\nyes: no\n", "x.yaml")
    assert read == {
        "countries": ["NO", "SE"],
        "at": "12:30",
        "number": "012",
        "version": "1.10",
        "nothing": "~",
        "yes": "no",
    }


def test_every_value_knows_its_line_and_column_counted_from_one() -> None:
    read = read_text("form: x\nsections:\n  - id: work\n    title: Work\n", "form.yaml")
    assert read.mark == Mark("form.yaml", 1, 1)
    assert read.key_marks["sections"] == Mark("form.yaml", 2, 1)
    assert read["sections"].mark == Mark("form.yaml", 3, 3)
    assert read["sections"][0]["title"].mark == Mark("form.yaml", 4, 12)


def test_an_empty_file_is_an_empty_mapping() -> None:
    assert read_text("# nothing yet\n", "x.yaml") == {}


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("a: &here 1\nb: *here\n", ("anchor", 1, 4)),
        ("a: 1\nb: *here\n", ("anchor", 2, 4)),
        ("a: !!python/name:os.system x\n", ("tag", 1, 4)),
        ("a: 1\nb: 2\na: 3\n", ("repeated_key", 3, 1)),
        ("- a\n- b\n", ("not_mapping", 1, 1)),
        ("? [a, b]\n: c\n", ("key_not_text", 1, 3)),
        ("a: 1\n  b: 2\n", ("not_yaml", 2, 4)),
        ("a: [1, 2\n", ("not_yaml", 2, 1)),
        ("a: \x01\n", ("not_yaml", 1, 4)),
        ("a: b\n---\nc: d\n", ("not_yaml", 2, 1)),
        ("a: \ud800\n", ("not_yaml", 1, 4)),
        ("a: " + "[" * 100, ("nested_too_deep", 1, 33)),
        ("\n".join(" " * depth + "a:" for depth in range(100)), ("nested_too_deep", 31, 31)),
    ],
)
def test_what_people_could_not_review_is_refused_at_its_place(text: str, fault: tuple[str, int, int]) -> None:
    assert fault_of(text) == fault


def test_a_file_is_read_with_or_without_a_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "form.yaml"
    path.write_bytes(b"\xef\xbb\xbftitle: \xc3\x85se\n")
    assert read_file(path, "form.yaml") == {"title": "Åse"}


def test_a_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "form.yaml"
    path.write_bytes("title: Åse\n".encode("latin-1"))
    with pytest.raises(DefinitionFault) as caught:
        read_file(path, "form.yaml")
    assert caught.value.findings[0].code == "not_utf8"


def test_a_file_that_nobody_wrote_by_hand_is_refused_for_its_size(tmp_path: Path) -> None:
    path = tmp_path / "form.yaml"
    path.write_bytes(b"# " + b"x" * MAX_BYTES)
    with pytest.raises(DefinitionFault) as caught:
        read_file(path, "form.yaml")
    assert caught.value.findings[0].code == "file_too_large"


FAULTY = """\
form: x
title: T
sections:
  - id: work
    titel: Work
    questions:
      - {id: a, type: short_text, label: A, max_length: many}
      - {id: b, type: sound, label: B}
declaration: {text: I sign.}
consent: {text: We agree.}
"""


def test_all_faults_of_a_definition_are_said_at_once_each_at_its_place() -> None:
    with pytest.raises(DefinitionFault) as caught:
        convert(Form, read_text(FAULTY, "form.yaml"))
    said = {(finding.line, finding.column, finding.code) for finding in caught.value.findings}
    assert said == {
        (4, 5, "missing_key"),
        (5, 5, "unknown_key"),
        (7, 45, "wrong_type"),
        (8, 17, "unknown_type"),
    }
    assert str(caught.value).startswith("form.yaml:")


def test_a_list_that_is_too_short_by_itself_is_a_fault() -> None:
    text = "form: x\ntitle: T\nsections: []\ndeclaration: {text: I sign.}\nconsent: {text: We agree.}\n"
    with pytest.raises(DefinitionFault) as caught:
        convert(Form, read_text(text, "form.yaml"))
    (finding,) = caught.value.findings
    assert (finding.line, finding.column, finding.code) == (3, 1, "too_few")


def test_all_faults_of_one_file_are_said_at_once() -> None:
    with pytest.raises(DefinitionFault) as caught:
        read_text("a: &here 1\nb: *here\nb: !t 2\n", "x.yaml")
    assert [(finding.line, finding.code) for finding in caught.value.findings] == [
        (1, "anchor"),
        (2, "anchor"),
        (3, "tag"),
        (3, "repeated_key"),
    ]


def test_what_can_be_read_of_a_file_with_faults_is_there() -> None:
    read, findings = read_leniently("a: &here 1\nb: [2, 3]\nb: 4\nc: 5\n", "x.yaml")
    assert (read, [finding.code for finding in findings]) == (
        {"a": "1", "b": ["2", "3"], "c": "5"},
        ["anchor", "repeated_key"],
    )


def test_the_parser_in_c_and_the_one_in_python_read_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "a: 'æøå'\né😀: {x: [1, 2], y: >-\n  z}\nc:\n- d: |\n    e\n    f\n-\n  g:\n"
    text = text.replace("y: >-\n  z", "y: z")
    found = []
    for loader in (yaml.SafeLoader, yaml.CSafeLoader):
        monkeypatch.setattr(located, "LOADER", loader)
        read = read_text(text, "x.yaml")
        found.append((read, read.key_marks, read["é😀"].key_marks, read["c"][0]["d"].mark, read["c"][1].mark))
    assert found[0] == found[1]


def test_a_fault_between_the_parts_is_said_at_the_part() -> None:
    text = FAULTY.replace("titel", "title").replace("many", "10").replace("id: b, type: sound", "id: a, type: note")
    with pytest.raises(DefinitionFault) as caught:
        convert(Form, read_text(text, "form.yaml"))
    (finding,) = caught.value.findings
    assert (finding.line, finding.column, finding.code) == (8, 10, "repeated_id")
    assert "the id 'a' stands twice" in finding.message


def test_the_place_of_a_path_is_that_of_its_deepest_part_in_the_file() -> None:
    read = read_text("a:\n  - b: 1\n", "x.yaml")
    assert place(read, ("a", 0, "b")) == Mark("x.yaml", 2, 5)
    assert place(read, ("a", 0, "missing")) == Mark("x.yaml", 2, 5)
    assert place(read, ("a", 7)) == Mark("x.yaml", 1, 1)
    assert place({}, ("a",), "y.yaml") == Mark("y.yaml", 1, 1)
