"""A school that stands twice is unclear where both entries together would be eligible."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from skolemerke.contract.criteria import Verdict
from skolemerke.eligibility import queries
from skolemerke.eligibility.operations import check, override
from skolemerke.people.actors import Actor
from skolemerke.registry.operations import import_directory
from support.installation import SHIPPED, install, running
from support.odd_registry import Draw, day, write_odd
from support.oracle import Files, together
from support.registry_files import SMALL
from support.screened import ROUND, school, small_registry
from support.stored_verdicts import expected, stored
from support.twins import stand_twice

HALVES = {
    "schools": [*SMALL["schools"], "SE3,Ekskolan Umeå,SE,Umeå,2019-03-03"],
    "teachers": [*SMALL["teachers"], "T8,SE3,Bo Ek,bo@skola.example,sv,teacher,,", "T6,SE3,Åsa Ek,a@b.example,sv,,,"],
    "activities": [*SMALL["activities"], "A7,T8,SE3,event,2020-01-01", "A8,T6,SE3,event,2020-01-01"],
}
"""SE1 has one active teacher and all else; SE3 is too young and has no label, but a second active teacher."""


def shown(name: str) -> dict[str, object]:
    explained = queries.explain(ROUND, school(name), "en").as_json()
    verdicts = [result["verdict"] for result in explained["criteria"]]
    return {"eligible": explained["eligible"], "twins": explained["twins"], "verdicts": verdicts}


def test_halves_that_would_be_eligible_together_are_unclear_and_say_why(app: Flask, tmp_path: Path) -> None:
    small_registry(tmp_path / "files", **HALVES)
    stand_twice(("SE1", "SE3"))
    report = check(ROUND)
    assert (report.eligible, report.unclear, report.ineligible) == (1, 2, 2)
    assert shown("SE1") == {"eligible": None, "twins": ["SE3"], "verdicts": ["met", "unclear", "met"]}
    assert shown("SE3") == {"eligible": None, "twins": ["SE1"], "verdicts": ["unclear", "met", "unclear"]}
    sentence = queries.explain(ROUND, school("SE1"), "en").criteria[1].sentence
    assert "To qualify, at least 2 of those who serve the school needed" in sentence
    assert sentence.endswith(
        "The school seems to stand twice in the register, also as Ekskolan Umeå (SE3); together they would meet this. "
        "The agency can find out."
    )
    assert [miss.school.school_id for miss in queries.near_misses(ROUND)] == ["NO2"]


def test_without_a_note_of_the_twin_the_same_schools_are_kept_out(app: Flask, tmp_path: Path) -> None:
    """The twin of the test above."""
    small_registry(tmp_path / "files", **HALVES)
    stand_twice()
    report = check(ROUND)
    assert (report.eligible, report.unclear, report.ineligible) == (1, 0, 4)


def test_a_person_at_both_halves_counts_once(app: Flask, tmp_path: Path) -> None:
    alone = [line for line in HALVES["teachers"] if not line.startswith("T8")]
    small_registry(tmp_path / "files", **(HALVES | {"teachers": alone, "activities": HALVES["activities"][:-2]}))
    stand_twice(("SE1", "SE3"))
    assert (check(ROUND).eligible, shown("SE1")["verdicts"]) == (1, ["met", "not_met", "met"])


def test_an_officer_settles_what_was_unclear(app: Flask, tmp_path: Path) -> None:
    agencies = small_registry(tmp_path / "files", **HALVES)
    stand_twice(("SE1", "SE3"))
    check(ROUND)
    officer = Actor(account_id=None, agencies=frozenset({agencies.sweden.id}))
    override(officer, ROUND, school("SE1").id, "active_teachers", verdict=Verdict.MET, reason="Both are one school.")
    assert shown("SE1")["eligible"] is True
    assert shown("SE3")["eligible"] is None


def test_a_run_keeps_its_twins_when_the_register_is_mended(app: Flask, tmp_path: Path) -> None:
    small_registry(tmp_path / "files", **HALVES)
    stand_twice(("SE1", "SE3"))
    check(ROUND)
    stand_twice()
    assert shown("SE1")["twins"] == ["SE3"]
    check(ROUND)
    assert shown("SE1") == {"eligible": False, "twins": [], "verdicts": ["met", "not_met", "met"]}


@pytest.mark.parametrize("seed", range(2))
def test_twins_agree_with_the_oracle_on_every_school(tmp_path: Path, database_url: str, seed: int) -> None:
    draw = Draw(50 + seed)
    with running(install(tmp_path, *SHIPPED), database_url):
        import_directory(write_odd(tmp_path / "files", draw))
        files = Files(tmp_path / "files")
        names = sorted(files.schools)
        draw.shuffle(names)
        pairs = [(names[at], names[at + 1]) for at in range(0, 24, 2)] + [(names[0], names[2])]
        stand_twice(*pairs)
        unclear = 0
        for round_id in ("2020-2021", ROUND):
            report = check(round_id)
            criteria = stated(round_id)
            wanted = expected(files, criteria, report.at[:10])
            for name in names:
                others = [b if a == name else a for a, b in pairs if name in {a, b}]
                if not others or wanted[name][0] != "not_met":
                    continue
                alone, both = wanted[name][1], together(files, name, others)
                if expected(both, criteria, report.at[:10])[name][0] == "met":
                    alone = wanted[name][1]
                    wanted[name] = (
                        "unclear",
                        {
                            one: (found, "unclear" if word == "not_met" else word)
                            for one, (found, word) in alone.items()
                        },
                    )
                    unclear += 1
            assert stored(round_id, report.run) == wanted
        assert unclear > 0, day(draw)


def stated(round_id: str) -> list[tuple[str, str, object]]:
    """The criteria of the base edition of a round."""
    from skolemerke.rounds.queries import composed

    return [(item.id, item.kind, item.parameters) for item in composed(round_id).content.criteria]
