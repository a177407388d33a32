from pathlib import Path

import pytest
from flask import Flask
from skolemerke import database
from skolemerke.contract.criteria import Verdict
from skolemerke.eligibility.models import Run
from skolemerke.eligibility.operations import check, due_screenings, override
from skolemerke.eligibility.queries import NotScreened
from skolemerke.eligibility.trying import SettingRefusal, WhatIf, setting, what_if
from skolemerke.people.actors import SYSTEM, Actor
from sqlalchemy import func, select
from support.screened import ROUND, school, small_registry


def asked(*texts: str, actor: Actor = SYSTEM) -> WhatIf:
    return what_if(ROUND, [setting(text) for text in texts], due_screenings(ROUND), actor=actor)


def names(found: WhatIf) -> tuple[list[str], list[str]]:
    return [one.school_id for one in found.added], [one.school_id for one in found.dropped]


def test_a_parameter_adds_and_drops_schools_and_nothing_is_stored(app: Flask, tmp_path: Path) -> None:
    small_registry(tmp_path / "files")
    check(ROUND)
    found = asked("active_teachers.at_least=1")
    assert names(found) == (["SE1"], [])
    assert [vars(count) for count in found.countries] == [
        {"agency": "no", "country": "NO", "before": 1, "after": 1, "added": 0, "dropped": 0},
        {"agency": "se", "country": "SE", "before": 0, "after": 1, "added": 1, "dropped": 0},
    ]
    assert names(asked("active_teachers.at_least=3")) == ([], ["NO1"])
    assert names(asked("registered.before=2018-11-10")) == (["NO2"], [])
    assert names(asked("registered.before=2018-11-10", "active_teachers.at_least=1")) == (["NO2", "SE1"], [])
    assert names(asked("active_teachers.activities=project,training")) == ([], [])
    assert names(asked("active_teachers.activities=event")) == ([], ["NO1"])
    assert names(asked("quality_label.from=2018-11-10")) == ([], ["NO1"])
    assert names(asked("quality_label.to=")) == ([], [])
    assert database.read().scalar(select(func.count()).select_from(Run)) == 1


def test_overrides_hold_in_both_and_an_agency_sees_its_own(app: Flask, tmp_path: Path) -> None:
    agencies = small_registry(tmp_path / "files")
    check(ROUND)
    officer = Actor(account_id=None, agencies=frozenset({agencies.norway.id}))
    override(officer, ROUND, school("NO1").id, "active_teachers", verdict=Verdict.MET, reason="We know them.")
    assert names(asked("active_teachers.at_least=3")) == ([], [])
    assert names(asked("active_teachers.at_least=1", actor=officer)) == ([], [])
    assert names(asked("active_teachers.at_least=1")) == (["SE1"], [])


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("active_teachers", "write it like active_teachers.at_least=2"),
        ("charm.at_least=2", "no criterion 'charm'"),
        ("active_teachers.at_least=many", "at_least=many can't be: at_least"),
        ("active_teachers.charm=2", "charm: Extra inputs are not permitted"),
        ("active_teachers.at_least=", "at_least: Field required"),
        ("quality_label.to=2001-01-01", "to must not be before from"),
    ],
)
def test_what_can_not_be_set_is_refused_with_the_reason(app: Flask, tmp_path: Path, text: str, part: str) -> None:
    small_registry(tmp_path / "files")
    check(ROUND)
    with pytest.raises(SettingRefusal, match=part):
        asked(text)


def test_a_round_that_was_never_checked_has_no_what_if(app: Flask) -> None:
    with pytest.raises(NotScreened, match="eligibility check 2021-2022"):
        asked("active_teachers.at_least=1")
