"""A later screening adds schools and takes none away that was invited; an officer may, with a reason."""

from datetime import datetime
from pathlib import Path

from flask import Flask
from skolemerke import audit, clock, database
from skolemerke.audit import AuditLine
from skolemerke.contract.criteria import Verdict
from skolemerke.eligibility.operations import check, override
from skolemerke.invitations import operations as invitations
from skolemerke.invitations.queries import may_apply, was_invited
from skolemerke.people.actors import Actor
from skolemerke.registry.operations import import_directory
from skolemerke.rounds.operations import move_dates, open_round
from sqlalchemy import select
from support.registry_files import SMALL, write_small
from support.screened import ROUND, school, small_registry


def test_a_school_that_was_invited_keeps_its_place_until_an_officer_takes_it_out(app: Flask, tmp_path: Path) -> None:
    agencies = small_registry(tmp_path / "files")
    officer = Actor(account_id=None, agencies=frozenset({agencies.norway.id}))
    check(ROUND)
    open_round(ROUND)
    invitations.queue(ROUND)
    write_small(tmp_path / "files", quality_labels=SMALL["quality_labels"][1:])
    import_directory(tmp_path / "files", allow_shrink=True)
    assert check(ROUND).eligible == 0
    invited = school("NO1").id
    assert (was_invited(ROUND, invited), may_apply(ROUND, invited)) == (True, True)
    facts = {"reason": "The label was granted by mistake.", "evidence": "https://agency.example/case/7"}
    override(officer, ROUND, invited, "quality_label", verdict=Verdict.NOT_MET, **facts)
    assert (was_invited(ROUND, invited), may_apply(ROUND, invited)) == (True, False)
    line = database.read().scalars(select(AuditLine).order_by(AuditLine.number.desc()).limit(1)).one()
    assert line.verb == "verdict.overridden"
    assert list(audit.breaks(database.read())) == []
    override(officer, ROUND, invited, "quality_label", verdict=Verdict.MET, reason="It was no mistake.")
    assert may_apply(ROUND, invited)


def test_each_agency_is_judged_at_its_own_screening_in_a_run_of_all_schools(app: Flask, tmp_path: Path) -> None:
    agencies = small_registry(tmp_path / "files")
    clock.current().move_to(datetime.fromisoformat("2020-12-05T09:00:00+01:00"))
    officer = Actor(account_id=None, agencies=frozenset({agencies.norway.id}))
    own = {"screenings": ["2020-11-09T00:00:00+01:00", "2020-12-01T00:00:00+01:00"]}
    move_dates(ROUND, agencies.norway.id, own, "A second screening.", actor=officer)
    report = check(ROUND)
    assert (report.at, report.moved) == ("2020-11-09T00:00:00+01:00", {"no": "2020-12-01T00:00:00+01:00"})
    # T4 of NO1 was active on 10 November, after the screening of all others.
    from skolemerke.eligibility.queries import explain

    assert explain(ROUND, school("NO1"), "en").criteria[1].found == "3"
    assert check(ROUND, agency_code="no").at == "2020-12-01T00:00:00+01:00"
    instant = datetime.fromisoformat("2020-11-09T00:00:00+01:00")
    assert check(ROUND, at=instant).moved == {}
    assert explain(ROUND, school("NO1"), "en").criteria[1].found == "2"
