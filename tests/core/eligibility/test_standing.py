"""How a few schools stand in their rounds: as the condition over all schools says, in two statements."""

from pathlib import Path

from flask import Flask
from skolemerke import database
from skolemerke.contract.criteria import Verdict
from skolemerke.eligibility import queries
from skolemerke.eligibility.operations import check, override
from skolemerke.eligibility.standing import Standing, counting, standings, taken_out
from skolemerke.people.actors import Actor
from skolemerke.registry.models import School
from skolemerke.registry.operations import import_directory
from sqlalchemy import select
from support.registry_files import SMALL, write_small
from support.screened import ROUND, small_registry

from bench.form_site import statements

EARLIER = "2018-2019"
MET, NOT_MET, UNCLEAR = Standing(Verdict.MET), Standing(Verdict.NOT_MET), Standing(Verdict.UNCLEAR)


def stand(*rounds: str) -> dict[tuple[str, str], Standing]:
    """How every school stands, by its id in the register."""
    database.current().forget()
    names = dict(database.read().execute(select(School.id, School.school_id)).all())
    return {(round_id, names[key]): one for (round_id, key), one in standings(rounds, names).items()}


def eligible(round_id: str) -> set[str]:
    """The schools that may apply, by the condition of a statement."""
    numbers = queries.eligible_schools(round_id)
    return set(database.read().scalars(select(School.school_id).where(School.id.in_(numbers))))


def agree(round_id: str) -> bool:
    """Whether both ways say the same of all schools of a round."""
    met = {name for (_round, name), one in stand(round_id).items() if one.verdict is Verdict.MET}
    out = {name for (_round, name), one in stand(round_id).items() if one.is_taken_out}
    numbers = taken_out(database.read(), round_id)
    return (met, out) == (
        eligible(round_id),
        set(database.read().scalars(select(School.school_id).where(School.id.in_(numbers)))),
    )


def test_a_school_stands_in_each_round_that_checked_it_and_in_no_other(app: Flask, tmp_path: Path) -> None:
    small_registry(tmp_path)
    assert stand(ROUND) == {}
    check(ROUND)
    assert stand(ROUND, EARLIER) == {
        (ROUND, "NO1"): MET,
        (ROUND, "NO2"): NOT_MET,
        (ROUND, "SE1"): NOT_MET,
        (ROUND, "SE2"): NOT_MET,
    }
    check(EARLIER)
    assert {name for round_id, name in stand(ROUND, EARLIER) if round_id == EARLIER} == {"NO1", "NO2", "SE1", "SE2"}
    assert agree(ROUND)
    assert agree(EARLIER)


def test_a_later_run_of_its_agency_counts_and_one_of_all_schools_ends_it(app: Flask, tmp_path: Path) -> None:
    small_registry(tmp_path)
    check(ROUND)
    write_small(tmp_path, quality_labels=SMALL["quality_labels"][1:])
    import_directory(tmp_path, allow_shrink=True)
    check(ROUND, agency_code="se")
    assert stand(ROUND)[ROUND, "NO1"] == MET
    check(ROUND, agency_code="no")
    assert stand(ROUND)[ROUND, "NO1"] == NOT_MET
    assert agree(ROUND)
    write_small(tmp_path)
    import_directory(tmp_path)
    check(ROUND)
    assert stand(ROUND)[ROUND, "NO1"] == MET
    assert agree(ROUND)


def test_what_an_officer_put_holds_and_takes_out_who_was_put_to_not_met(app: Flask, tmp_path: Path) -> None:
    agencies = small_registry(tmp_path)
    officer = Actor(account_id=None, agencies=frozenset({agencies.norway.id, agencies.sweden.id}))
    check(ROUND)
    by_name = dict(database.read().execute(select(School.school_id, School.id)).all())
    put = [
        ("NO2", "registered", Verdict.MET),
        ("NO2", "active_teachers", Verdict.MET),
        ("SE1", "active_teachers", Verdict.UNCLEAR),
        ("NO1", "registered", Verdict.NOT_MET),
        ("SE2", "registered", Verdict.NOT_MET),
        ("SE2", "registered", Verdict.MET),
    ]
    for name, criterion, verdict in put:
        override(officer, ROUND, by_name[name], criterion, verdict=verdict, reason="We asked the school.")
    assert stand(ROUND) == {
        (ROUND, "NO1"): Standing(Verdict.NOT_MET, is_taken_out=True),
        (ROUND, "NO2"): MET,
        (ROUND, "SE1"): UNCLEAR,
        (ROUND, "SE2"): NOT_MET,
    }
    assert agree(ROUND)


def test_two_statements_answer_for_all_rounds_and_schools(app: Flask, tmp_path: Path) -> None:
    small_registry(tmp_path)
    check(ROUND)
    check(EARLIER)
    schools = list(database.read().scalars(select(School.id)))
    standings((ROUND, EARLIER), schools)
    database.current().forget()
    with statements(app) as sent:
        standings((ROUND, EARLIER), schools)
    assert len(sent) == 2, "\n".join(sent)
    with statements(app) as sent:
        assert standings((), schools) == standings((ROUND,), ()) == {}
    assert sent == []


def test_of_runs_the_latest_of_all_schools_counts_and_what_each_agency_made_after_it() -> None:
    assert counting([(9, 2), (8, 1), (7, 2), (6, None), (5, 3), (4, None)]) == [9, 8, 6]
    assert counting([(3, 1), (2, 1)]) == [3]
    assert counting([]) == []
