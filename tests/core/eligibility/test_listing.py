from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from skolemerke import database
from skolemerke.contract.criteria import Verdict
from skolemerke.eligibility import listing
from skolemerke.eligibility.listing import Narrowed, criteria_of, history, listed, rounds_that_judged
from skolemerke.eligibility.operations import check, override
from skolemerke.eligibility.queries import near_misses
from skolemerke.people.actors import SYSTEM, Actor
from sqlalchemy import event
from support.screened import ROUND, school, small_registry


def names(actor: Actor = SYSTEM, **narrowed: object) -> list[str]:
    page = listed(ROUND, actor, Narrowed(**narrowed), "en")  # type: ignore[arg-type] # by name
    return [explained.school.school_id for explained in page.schools]


def test_schools_are_narrowed_by_verdict_criterion_and_country(app: Flask, tmp_path: Path) -> None:
    agencies = small_registry(tmp_path / "files")
    check(ROUND)
    assert names() == ["NO1", "NO2", "SE1", "SE2"]
    assert names(verdict=Verdict.MET) == ["NO1"]
    assert names(verdict=Verdict.NOT_MET) == ["NO2", "SE1", "SE2"]
    assert names(verdict=Verdict.NOT_MET, criterion="registered") == ["NO2", "SE2"]
    assert names(verdict=Verdict.MET, criterion="registered", country="SE") == ["SE1"]
    assert names(verdict=Verdict.MET, criterion="charm") == []
    assert names(country="SE") == ["SE1", "SE2"]
    officer = Actor(account_id=None, agencies=frozenset({agencies.norway.id}))
    assert names(officer) == ["NO1", "NO2"]
    override(officer, ROUND, school("NO2").id, "registered", verdict=Verdict.MET, reason="It is older.")
    assert names(verdict=Verdict.MET) == ["NO1", "NO2"]
    assert names(verdict=Verdict.NOT_MET) == ["SE1", "SE2"]
    assert names(verdict=Verdict.UNCLEAR) == []


def test_a_page_starts_behind_the_one_before(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "AT_ONCE", 2)
    small_registry(tmp_path / "files")
    check(ROUND)
    first = listed(ROUND, SYSTEM, Narrowed(), "en")
    assert first.after == first.schools[-1].school.id
    last = listed(ROUND, SYSTEM, Narrowed(after=first.after), "en")
    assert [explained.school.school_id for explained in last.schools] == ["SE1", "SE2"]
    assert last.after is None


def test_what_a_round_asks_and_when_a_school_was_judged(app: Flask, tmp_path: Path) -> None:
    small_registry(tmp_path / "files")
    check(ROUND)
    check(ROUND)
    assert [name for name, _ in criteria_of(ROUND, "en")] == ["registered", "active_teachers", "quality_label"]
    assert [run.number for run, _ in history(ROUND, school("NO1").id)] == [2, 1]
    assert rounds_that_judged(school("NO1").id) == [ROUND]


def test_near_misses_read_an_edition_once_and_not_with_each_school(app: Flask, tmp_path: Path) -> None:
    small_registry(tmp_path)
    check(ROUND)
    asked: list[str] = []
    engine = database.current().engine

    @event.listens_for(engine, "before_cursor_execute")
    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        asked.append(statement)

    found = near_misses(ROUND)
    event.remove(engine, "before_cursor_execute", note)
    assert [miss.school.school_id for miss in found] == ["NO2", "SE1"]
    assert [statement for statement in asked if "school_verdict" in statement and "edition.content" in statement] == []
