"""The statements agree with plain Python over the files, school by school, on odd registries drawn by a seed."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from skolemerke import database
from skolemerke.agencies.operations import create
from skolemerke.eligibility.operations import check
from skolemerke.registry.operations import import_directory
from skolemerke.rounds.models import Edition
from skolemerke.rounds.queries import content
from sqlalchemy import select
from support.house import ROOT
from support.installation import SECOND, SHIPPED, WAIVER, install, running, write_plugin
from support.odd_registry import Draw, LaterDraw, as_yaml, day, parameters_of, write_odd
from support.oracle import KINDS, Files, answer
from support.stored_verdicts import Stored, expected, stored
from support.twins import stand_twice

EARLY = (*SHIPPED, "turkey-national-conditions")
LATER = (*SECOND, "italy-label-at-school")
DRAWN = "drawn"


def test_no_shipped_round_or_overlay_with_criteria_is_left_out() -> None:
    """The waiver adjusts step two alone."""
    assert {folder.name for folder in (ROOT / "plugins").iterdir() if folder.is_dir()} == {*EARLY, *LATER, WAIVER}


@pytest.mark.parametrize(
    ("plugins", "draw"),
    [*((EARLY, Draw(seed)) for seed in range(3)), *((LATER, LaterDraw(seed)) for seed in range(3))],
    ids=lambda value: type(value).__name__,
)
def test_every_shipped_round_agrees_with_the_oracle_on_every_school(
    tmp_path: Path, database_url: str, plugins: tuple[str, ...], draw: Draw
) -> None:
    with running(install(tmp_path, *dict.fromkeys((*SHIPPED, *plugins))), database_url, draw.now):
        for country in ("TR", "IT"):
            create(country.lower(), country, [country], "en")
        import_directory(write_odd(tmp_path / "files", draw))
        stand_twice()
        files = Files(tmp_path / "files")
        seen: dict[tuple[str, str], set[str]] = {}
        for round_id in (name.removeprefix("etwinning-") for name in plugins if name.startswith("etwinning-")):
            for at in (None, datetime.fromisoformat(f"{day(draw)}T12:00:00+01:00")):
                report = check(round_id, at=at)
                wanted = judged_by_the_oracle(files, round_id, report.at[:10])
                assert stored(round_id, report.run) == wanted
                for _, each in wanted.values():
                    for name, (_found, verdict) in each.items():
                        seen.setdefault((round_id, name), set()).add(verdict)
        # Of every criterion of every round both answers were drawn, so that none agrees by chance.
        assert {key for key, verdicts in seen.items() if not {"met", "not_met"} <= verdicts} == set()


def judged_by_the_oracle(files: Files, round_id: str, on: str) -> Stored:
    """Each school under the criteria of its own agency's edition."""
    editions = database.read().scalars(select(Edition).where(Edition.round_id == round_id)).all()
    asked = {
        edition.agency.code.upper() if edition.agency else "": [
            (item.id, item.kind, item.parameters) for item in content(edition).criteria
        ]
        for edition in editions
    }
    judged: Stored = {}
    for school, row in files.schools.items():
        judged |= expected(files, asked.get(row["country"], asked[""]), on, [school])
    return judged


@pytest.mark.parametrize("seed", range(4))
def test_every_kind_with_parameters_of_all_sorts_agrees_with_the_oracle(
    tmp_path: Path, database_url: str, seed: int
) -> None:
    draw = Draw(1000 + seed)
    kinds = [*KINDS, *draw.choices(["active_teachers", "quality_labels", "school_fact", "school_fact"], k=6)]
    criteria = [(f"{kind}_{at}", kind, parameters_of(kind, draw)) for at, kind in enumerate(kinds)]
    lines = [f"  - {{id: {name}, kind: {kind}, parameters: {as_yaml(stated)}}}" for name, kind, stated in criteria]
    install(tmp_path, *SHIPPED)
    write_plugin(tmp_path, "drawn-round", round__yaml=ROUND.replace("CRITERIA", "\n".join(lines)))
    with running(tmp_path, database_url):
        import_directory(write_odd(tmp_path / "files", draw))
        stand_twice()
        files = Files(tmp_path / "files")
        for at in ("2020-11-09T00:00:00+01:00", f"{day(draw)}T00:00:00+00:00"):
            report = check(DRAWN, at=datetime.fromisoformat(at))
            assert stored(DRAWN, report.run) == expected(files, criteria, at[:10])


def test_the_oracle_tells_a_wrong_rule_from_a_right_one(tmp_path: Path) -> None:
    """The twin of the tests above: one more day, or one teacher fewer, is seen on these registries."""
    files = Files(write_odd(tmp_path, Draw(0)))
    right = {"at_least": "2", "from": "2019-01-01", "to": "2020-12-31", "activities": ["project", "event"]}
    for wrong in ({"to": "2020-12-30"}, {"from": "2019-01-02"}, {"at_least": "1"}, {"activities": ["project"]}):
        answers = [
            [answer(files, school, "active_teachers", rule, "2021-01-15") for school in files.schools]
            for rule in (right, right | wrong)
        ]
        assert answers[0] != answers[1]


ROUND = """\
round: "drawn"
extends: "2021-2022"
language: en
title: Drawn
calendar:
  screenings: [2020-11-09T00:00:00+01:00]
  opens: 2020-11-09T09:00:00+01:00
  closes: 2021-02-08T23:59:59+01:00
  signatures_due: 2021-02-22T23:59:59+01:00
  results: 2021-03-26T12:00:00+01:00
  valid_from: 2021
  valid_to: 2022
remove: [registered, active_teachers, quality_label]
criteria:
CRITERIA
"""
