"""The statements agree with plain Python over the files, school by school, on odd registries drawn by a seed."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest
from skolemerke import database
from skolemerke.contract.criteria import Verdict
from skolemerke.eligibility.models import Run, SchoolVerdict
from skolemerke.eligibility.operations import check
from skolemerke.eligibility.packing import SEPARATOR, unpacked
from skolemerke.registry.models import School
from skolemerke.registry.operations import import_directory
from skolemerke.rounds.models import Edition
from skolemerke.rounds.queries import content
from sqlalchemy import select
from support.installation import SHIPPED, install, running, write_plugin
from support.odd_registry import as_yaml, day, parameters_of, write_odd
from support.oracle import KINDS, Files, answer, outcome

ROUNDS = tuple(name.removeprefix("etwinning-") for name in SHIPPED)
DRAWN = "drawn"

Stored = dict[str, tuple[str, dict[str, tuple[str, str]]]]


def stored(round_id: str, number: int) -> Stored:
    """The outcome of each school of a run, and of each criterion what was found and its verdict."""
    found: Stored = {}
    rows = database.read().execute(
        select(School.school_id, SchoolVerdict, Edition)
        .join(School, School.id == SchoolVerdict.school_id)
        .join(Edition, Edition.id == SchoolVerdict.edition_id)
        .join(Run, Run.id == SchoolVerdict.run_id)
        .where(Run.round_id == round_id, Run.number == number)
    )
    for school, row, edition in rows:
        criteria = content(edition).criteria
        words = [verdict.word for verdict in unpacked(row.verdicts, len(criteria))]
        parts = row.found.split(SEPARATOR)
        each = {item.id: (text, word) for item, text, word in zip(criteria, parts, words, strict=True)}
        found[school] = (Verdict(row.outcome).word, each)
    return found


def expected(files: Files, criteria: list[tuple[str, str, Any]], on: str) -> Stored:
    """The same by the oracle."""
    made: Stored = {}
    for school in files.schools:
        each = {name: answer(files, school, kind, parameters, on) for name, kind, parameters in criteria}
        made[school] = (outcome([verdict for _, verdict in each.values()]), each)
    return made


@pytest.mark.parametrize("seed", range(3))
def test_every_shipped_round_agrees_with_the_oracle_on_every_school(
    tmp_path: Path, database_url: str, seed: int
) -> None:
    draw = Random(seed)
    with running(install(tmp_path, *SHIPPED), database_url):
        import_directory(write_odd(tmp_path / "files", draw))
        files = Files(tmp_path / "files")
        outcomes = set()
        for round_id in ROUNDS:
            for at in (None, datetime.fromisoformat(f"{day(draw)}T12:00:00+01:00")):
                report = check(round_id, at=at)
                edition = database.read().scalars(select(Edition).where(Edition.round_id == round_id)).first()
                assert edition is not None
                criteria = [(item.id, item.kind, item.parameters) for item in content(edition).criteria]
                wanted = expected(files, criteria, report.at[:10])
                assert stored(round_id, report.run) == wanted
                outcomes |= {verdict for verdict, _ in wanted.values()}
        assert outcomes == {"met", "not_met"}


@pytest.mark.parametrize("seed", range(4))
def test_every_kind_with_parameters_of_all_sorts_agrees_with_the_oracle(
    tmp_path: Path, database_url: str, seed: int
) -> None:
    draw = Random(1000 + seed)
    kinds = [*KINDS, *draw.choices(["active_teachers", "quality_labels", "school_fact", "school_fact"], k=6)]
    criteria = [(f"{kind}_{at}", kind, parameters_of(kind, draw)) for at, kind in enumerate(kinds)]
    lines = [f"  - {{id: {name}, kind: {kind}, parameters: {as_yaml(stated)}}}" for name, kind, stated in criteria]
    install(tmp_path, *SHIPPED)
    write_plugin(tmp_path, "drawn-round", round__yaml=ROUND.replace("CRITERIA", "\n".join(lines)))
    with running(tmp_path, database_url):
        import_directory(write_odd(tmp_path / "files", draw))
        files = Files(tmp_path / "files")
        for at in ("2020-11-09T00:00:00+01:00", f"{day(draw)}T00:00:00+00:00"):
            report = check(DRAWN, at=datetime.fromisoformat(at))
            assert stored(DRAWN, report.run) == expected(files, criteria, at[:10])


def test_the_oracle_tells_a_wrong_rule_from_a_right_one(tmp_path: Path) -> None:
    """The twin of the tests above: one more day, or one teacher fewer, is seen on these registries."""
    files = Files(write_odd(tmp_path, Random(0)))
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
