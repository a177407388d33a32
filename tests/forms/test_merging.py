from typing import Any

import pytest
from skolemerke_forms.located import DefinitionFault, Mark, read_text
from skolemerke_forms.merging import merge, merge_value

BASE = """\
title: Base
requirements:
  - {id: team, state: compulsory, points: 1}
  - {id: promotion, state: compulsory, points: 1}
  - {id: visibility, state: compulsory, points: 1}
tags: [a, b]
calendar: {opens: 2020-11-09, closes: 2021-02-08}
"""


def merged(change: str) -> dict[str, Any]:
    return merge(read_text(BASE, "base.yaml"), read_text(change, "change.yaml"))


def ids(items: list[dict[str, str]]) -> list[str]:
    return [item["id"] for item in items]


def fault_of(change: str) -> tuple[str, int, int, str]:
    with pytest.raises(DefinitionFault) as caught:
        merged(change)
    (finding,) = caught.value.findings
    return finding.file, finding.line, finding.column, finding.code


def test_a_known_item_is_changed_in_place_and_keeps_what_is_not_named() -> None:
    result = merged("requirements:\n  - {id: promotion, state: fixed}\n")
    assert ids(result["requirements"]) == ["team", "promotion", "visibility"]
    assert result["requirements"][1] == {"id": "promotion", "state": "fixed", "points": "1"}


def test_the_base_is_left_as_it_was() -> None:
    base = read_text(BASE, "base.yaml")
    merge(base, read_text("requirements:\n  - {id: promotion, state: fixed}\nremove: [team]\n", "change.yaml"))
    assert base == read_text(BASE, "base.yaml")


def test_a_new_item_stands_last() -> None:
    result = merged("requirements:\n  - {id: safety, label: Safety, state: optional}\n")
    assert ids(result["requirements"]) == ["team", "promotion", "visibility", "safety"]


def test_an_item_that_only_changes_something_must_be_there() -> None:
    with pytest.raises(DefinitionFault) as fault:
        merged("requirements:\n  - {id: teem, state: optional}\n")
    assert fault.value.findings[0].message == "there is no 'teem' to change; did you mean 'team'?"


def test_a_new_item_stands_after_the_one_that_it_names_and_after_is_not_kept() -> None:
    result = merged("requirements:\n  - {id: safety, after: team}\n")
    assert ids(result["requirements"]) == ["team", "safety", "promotion", "visibility"]
    assert result["requirements"][1] == {"id": "safety"}


def test_a_known_item_moves_after_the_one_that_it_names() -> None:
    result = merged("requirements:\n  - {id: team, after: visibility, points: 2}\n")
    assert ids(result["requirements"]) == ["promotion", "visibility", "team"]
    assert result["requirements"][2] == {"id": "team", "state": "compulsory", "points": "2"}


def test_removed_items_are_gone_and_remove_is_not_kept() -> None:
    result = merged("remove: [promotion, team]\n")
    assert ids(result["requirements"]) == ["visibility"]
    assert "remove" not in result


def test_one_name_to_remove_needs_no_list() -> None:
    assert ids(merged("remove: team\n")["requirements"]) == ["promotion", "visibility"]


def test_options_merge_by_their_value() -> None:
    old = [{"value": "yes", "label": "Yes"}, {"value": "no", "label": "No"}]
    assert merge_value(old, [{"value": "no", "label": "Not"}]) == [
        {"value": "yes", "label": "Yes"},
        {"value": "no", "label": "Not"},
    ]


def test_mappings_merge_by_key() -> None:
    assert merged("calendar: {closes: 2021-02-15}\n")["calendar"] == {"opens": "2020-11-09", "closes": "2021-02-15"}


def test_every_other_value_is_replaced() -> None:
    result = merged("title: Change\ntags: [c]\n")
    assert (result["title"], result["tags"]) == ("Change", ["c"])


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ("remove: [nobody]\n", ("change.yaml", 1, 10, "unknown_id")),
        ("requirements:\n  - {id: safety, after: nobody}\n", ("change.yaml", 2, 18, "unknown_id")),
    ],
)
def test_an_id_that_is_not_there_is_a_fault_at_its_place(change: str, fault: tuple[str, int, int, str]) -> None:
    assert fault_of(change) == fault


def test_what_is_merged_keeps_the_places_of_both_files() -> None:
    result = merged("requirements:\n  - {id: promotion, state: fixed}\n")
    promotion = result["requirements"][1]
    assert promotion.key_marks["state"] == Mark("change.yaml", 2, 21)
    assert promotion.key_marks["points"] == Mark("base.yaml", 4, 40)
