from pathlib import Path

import pytest
from flask import Flask
from skolemerke.eligibility.comparing import compare
from skolemerke.eligibility.operations import check
from skolemerke.eligibility.queries import NotScreened
from skolemerke.people.actors import Actor
from skolemerke.registry.operations import import_directory
from support.registry_files import SMALL, write_small
from support.screened import ROUND, small_registry


def test_who_came_and_who_went_with_the_fact_that_did_it(app: Flask, tmp_path: Path) -> None:
    small_registry(tmp_path / "files")
    check(ROUND)
    changed = {
        "teachers": [*SMALL["teachers"], "T7,SE1,Bo Ek,bo@skola.example,sv,teacher,,"],
        "activities": [*SMALL["activities"], "A7,T7,SE1,event,2020-01-01"],
        "quality_labels": SMALL["quality_labels"][1:],
    }
    write_small(tmp_path / "files", **changed)
    import_directory(tmp_path / "files", allow_shrink=True)
    check(ROUND)
    found = compare(ROUND).as_json()
    assert found == {
        "round": ROUND,
        "from": 1,
        "to": 2,
        "came": [
            {
                "school": "SE1",
                "name": "Ekskolan",
                "country": "SE",
                "criteria": [
                    {
                        "id": "active_teachers",
                        "before": {"verdict": "not_met", "found": 1},
                        "after": {"verdict": "met", "found": 2},
                    }
                ],
            }
        ],
        "went": [
            {
                "school": "NO1",
                "name": "Ås skole",
                "country": "NO",
                "criteria": [
                    {
                        "id": "quality_label",
                        "before": {"verdict": "met", "found": 1},
                        "after": {"verdict": "not_met", "found": 0},
                    }
                ],
            }
        ],
    }
    assert [len(part) for part in (compare(ROUND, 2, 1).came, compare(ROUND, 2, 1).went)] == [1, 1]


def test_the_run_of_an_agency_is_compared_for_its_schools_alone(app: Flask, tmp_path: Path) -> None:
    small_registry(tmp_path / "files")
    check(ROUND)
    check(ROUND, agency_code="se")
    found = compare(ROUND)
    assert (found.came, found.went) == ((), ())


def test_a_school_that_is_new_came_without_a_fact(app: Flask, tmp_path: Path) -> None:
    agencies = small_registry(tmp_path / "files", schools=SMALL["schools"][1:], teachers=[], activities=[],
                              quality_labels=[], memberships=[], school_labels=[])  # fmt: skip
    check(ROUND)
    import_directory(write_small(tmp_path / "files"))
    check(ROUND)
    assert [(moved.school.school_id, moved.facts) for moved in compare(ROUND).came] == [("NO1", ())]
    swede = Actor(account_id=None, agencies=frozenset({agencies.sweden.id}))
    assert compare(ROUND, actor=swede).came == ()


def test_runs_that_are_not_there_are_refused(app: Flask, tmp_path: Path) -> None:
    small_registry(tmp_path / "files")
    with pytest.raises(NotScreened, match="eligibility check 2021-2022"):
        compare(ROUND)
    check(ROUND)
    with pytest.raises(NotScreened, match="no run to compare with"):
        compare(ROUND)
    with pytest.raises(NotScreened, match="no run 7"):
        compare(ROUND, 1, 7)
