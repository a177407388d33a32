import json
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from skolemerke import audit, clock, database
from skolemerke.contract.criteria import Verdict
from skolemerke.eligibility import queries
from skolemerke.eligibility.models import Run, SchoolVerdict
from skolemerke.eligibility.operations import EligibilityRefusal, check, due_screening, override
from skolemerke.people.actors import SYSTEM, Actor
from skolemerke.people.rights import Refused
from skolemerke.registry.generating import generate
from skolemerke.registry.models import School
from skolemerke.registry.operations import import_directory, settle_agencies
from skolemerke.rounds.queries import UnknownRound
from sqlalchemy import select
from support.registry_files import SMALL, verdicts, write, write_small
from support.screened import ROUND, school, small_registry

SCREENING = datetime.fromisoformat("2020-11-09T00:00:00+01:00")
OFFICER = Actor(account_id=None, agencies=frozenset({1}))


def eligible() -> set[str]:
    database.current().forget()
    statement = select(School.school_id).where(School.id.in_(queries.eligible_schools(ROUND)))
    return set(database.read().scalars(statement))


def test_the_small_registry_is_judged_as_its_author_says(app: Flask, tmp_path: Path) -> None:
    small_registry(tmp_path / "files")
    assert check(ROUND).as_json() == {
        "round": ROUND,
        "run": 1,
        "at": "2020-11-09T00:00:00+01:00",
        "schools": 4,
        "eligible": 1,
        "unclear": 0,
        "ineligible": 3,
        "teachers_invitable": 2,
        "criteria": (
            [
                {"id": "registered", "met": 2, "not_met": 2, "unclear": 0},
                {"id": "active_teachers", "met": 2, "not_met": 2, "unclear": 0},
                {"id": "quality_label", "met": 3, "not_met": 1, "unclear": 0},
            ]
        ),
        "moved": {},
    }
    assert eligible() == {"NO1"}


def test_the_statement_agrees_with_loops_over_the_files(app: Flask, tmp_path: Path) -> None:
    generate(tmp_path / "files", schools=1500, seed=11)
    import_directory(tmp_path / "files")
    for instant in ("2020-11-09T00:00:00+01:00", "2020-02-29T12:00:00+01:00", "2021-02-28T23:00:00+00:00"):
        at = datetime.fromisoformat(instant)
        wanted = verdicts(
            tmp_path / "files",
            before="2018-11-09",
            active=("2019-01-01", "2020-12-31"),
            labelled=("2018-11-09", "2020-11-09"),
            at=at.date().isoformat(),
        )
        report = check(ROUND, at=at)
        good = {name for name, (old, active, labels) in wanted.items() if old and active >= 2 and labels >= 1}
        assert eligible() == good
        assert (report.schools, report.eligible) == (1500, len(good))
        rows = database.read().execute(
            select(School.school_id, SchoolVerdict.found)
            .join(SchoolVerdict, SchoolVerdict.school_id == School.id)
            .join(Run, Run.id == SchoolVerdict.run_id)
            .where(Run.number == report.run)
        )
        found = {name: tuple(map(int, text.split("\x1f")[1:])) for name, text in rows}
        assert found == {name: (active, labels) for name, (_, active, labels) in wanted.items()}
    assert len(good) > 10


def test_the_day_that_counts_is_that_of_the_instants_own_offset(app: Flask, tmp_path: Path) -> None:
    small_registry(tmp_path / "files")
    assert check(ROUND, at=SCREENING).criteria[2].met == 3
    # The same instant, written in UTC, is still the day before: the label of 9 November is then ignored.
    assert check(ROUND, at=datetime.fromisoformat("2020-11-08T23:00:00+00:00")).criteria[2].met == 2


def test_without_an_instant_the_last_screening_that_is_due_counts_else_now(app: Flask) -> None:
    assert due_screening(ROUND) == SCREENING
    assert due_screening("2018-2019").date().isoformat() == "2018-01-20"
    clock.current().move_to(datetime.fromisoformat("2020-12-31T23:30:00+00:00"))
    assert due_screening(ROUND) == SCREENING


def test_runs_are_numbered_per_round_and_an_earlier_one_is_never_changed(app: Flask, tmp_path: Path) -> None:
    small_registry(tmp_path / "files")
    check(ROUND)
    before = rows_of(1)
    write_small(tmp_path / "files", quality_labels=SMALL["quality_labels"][1:])
    import_directory(tmp_path / "files", allow_shrink=True)
    assert (check(ROUND).run, check("2020-2021").run) == (2, 1)
    assert rows_of(1) == before
    assert rows_of(2) != before
    assert eligible() == set()
    assert [run.import_number for run in queries.runs(ROUND)] == [1, 2]
    assert list(audit.breaks(database.read())) == []


def rows_of(number: int) -> list[tuple[object, ...]]:
    columns = (SchoolVerdict.school_id, SchoolVerdict.edition_id, SchoolVerdict.outcome, SchoolVerdict.verdicts)
    statement = select(*columns, SchoolVerdict.found).join(Run).where(Run.round_id == ROUND, Run.number == number)
    return [tuple(row) for row in database.read().execute(statement.order_by(SchoolVerdict.school_id))]


def test_the_run_of_an_agency_holds_its_schools_and_leaves_the_others_as_they_stood(app: Flask, tmp_path: Path) -> None:
    small_registry(tmp_path / "files")
    check(ROUND)
    write(tmp_path / "more", "activities", *SMALL["activities"], "A7,T7,SE1,event,2020-01-01")
    write(tmp_path / "more", "teachers", *SMALL["teachers"], "T7,SE1,Bo Ek,bo@skola.example,sv,teacher,,")
    import_directory(tmp_path / "more")
    report = check(ROUND, agency_code="SE")
    assert (report.run, report.schools, report.eligible, report.teachers_invitable) == (2, 2, 1, 2)
    assert eligible() == {"NO1", "SE1"}
    assert check(ROUND, agency_code="no").eligible == 1
    assert eligible() == {"NO1", "SE1"}
    assert check(ROUND).run == 4
    assert eligible() == {"NO1", "SE1"}


def test_an_edition_with_other_criteria_judges_the_schools_of_its_agency_alone(app: Flask, tmp_path: Path) -> None:
    small_registry(tmp_path / "files")
    folder = tmp_path / "plugins" / "lenient"
    folder.mkdir()
    (folder / "pyproject.toml").write_text(
        '[project]\nname = "lenient"\nversion = "1.0"\n[tool.skolemerke]\ncontract = 1\n', encoding="utf-8"
    )
    (folder / "overlay.yaml").write_text(
        'overlay: lenient\nround: "2021-2022"\nlanguage: en\nreason: Few teachers here.\nagencies: [se]\n'
        "criteria:\n  - id: active_teachers\n    parameters: {at_least: 1, from: 2019-01-01, to: 2020-12-31, "
        "activities: [project, training, event, collaboration]}\n",
        encoding="utf-8",
    )
    from support.installation import running

    with running(tmp_path, str(database.current().engine.url.render_as_string(hide_password=False))):
        assert check(ROUND).eligible == 2
        assert eligible() == {"NO1", "SE1"}
        shown = queries.explain(ROUND, school("SE1"), "en").as_json()["criteria"][1]
        assert (shown["verdict"], shown["found"], shown["required"]) == ("met", 1, 1)


def test_schools_that_are_gone_are_not_checked(app: Flask, tmp_path: Path) -> None:
    small_registry(tmp_path / "files")
    check(ROUND)
    write(tmp_path / "files", "schools", *SMALL["schools"][1:])
    import_directory(tmp_path / "files", allow_shrink=True)
    assert check(ROUND).schools == 3
    assert eligible() == set()


def test_an_unknown_round_agency_or_an_instant_without_offset_is_refused(app: Flask) -> None:
    with pytest.raises(UnknownRound):
        check("1999-2000")
    with pytest.raises(EligibilityRefusal, match="no agency 'xx'"):
        check(ROUND, agency_code="xx")
    with pytest.raises(EligibilityRefusal, match="needs its offset"):
        check(ROUND, at=datetime(2020, 11, 9))  # noqa: DTZ001 - the fault that is tested


def test_an_override_replaces_one_verdict_is_shown_with_its_reason_and_holds_in_later_runs(
    app: Flask, tmp_path: Path
) -> None:
    agencies = small_registry(tmp_path / "files")
    officer = Actor(account_id=None, agencies=frozenset({agencies.norway.id}))
    check(ROUND)
    bo = school("NO2").id
    override(officer, ROUND, bo, "registered", verdict=Verdict.MET, reason=" It merged with an older one. ")
    assert eligible() == {"NO1", "NO2"}
    explained = queries.explain(ROUND, school("NO2"), "en").as_json()
    assert explained["eligible"] is True
    shown = explained["criteria"][0]
    assert (shown["verdict"], shown["override"]["computed"]) == ("met", "not_met")
    assert shown["override"]["reason"] == "It merged with an older one."
    assert queries.near_misses(ROUND)[0].school.school_id == "SE1"
    second = check(ROUND)
    assert (second.eligible, second.criteria[0].met, second.teachers_invitable) == (2, 3, 3)
    override(officer, ROUND, bo, "registered", verdict=Verdict.UNCLEAR, reason="We ask the school.")
    assert eligible() == {"NO1"}
    assert queries.explain(ROUND, school("NO2"), "en").eligible is None
    assert rows_of(1) == rows_of(2)


def test_only_officers_of_the_schools_agency_override(app: Flask, tmp_path: Path) -> None:
    agencies = small_registry(tmp_path / "files")
    check(ROUND)
    bo = school("NO2")
    facts = {"verdict": Verdict.MET, "reason": "so"}
    for stranger in (
        Actor(account_id=None, agencies=frozenset({agencies.sweden.id})),
        Actor(account_id=None, is_administrator=True),
        Actor(account_id=None, is_central=True),
        Actor(account_id=None, schools=frozenset({bo.id})),
    ):
        with pytest.raises(Refused):
            override(stranger, ROUND, bo.id, "registered", **facts)  # type: ignore[arg-type] # by name
    officer = Actor(account_id=None, agencies=frozenset({agencies.norway.id}))
    override(officer, ROUND, bo.id, "registered", **facts)  # type: ignore[arg-type] # by name
    with pytest.raises(EligibilityRefusal, match="no criterion 'charm'"):
        override(officer, ROUND, bo.id, "charm", **facts)  # type: ignore[arg-type] # by name
    with pytest.raises(EligibilityRefusal, match="say why"):
        override(officer, ROUND, bo.id, "registered", verdict=Verdict.MET, reason=" ")
    with pytest.raises(queries.NotScreened):
        override(officer, "2020-2021", bo.id, "registered", **facts)  # type: ignore[arg-type] # by name


def test_an_officer_checks_the_own_agency_only(app: Flask, tmp_path: Path) -> None:
    agencies = small_registry(tmp_path / "files")
    officer = Actor(account_id=None, agencies=frozenset({agencies.norway.id}))
    assert check(ROUND, agency_code="no", actor=officer).schools == 2
    for code in ("se", None):
        with pytest.raises(Refused):
            check(ROUND, agency_code=code, actor=officer)


def test_an_explanation_says_what_was_found_and_required_in_the_language_asked_for(app: Flask, tmp_path: Path) -> None:
    small_registry(tmp_path / "files")
    check(ROUND)
    explained = queries.explain(ROUND, school("NO2"), "en").as_json()
    assert json.loads(json.dumps(explained))["eligible"] is False
    assert [(c["id"], c["verdict"], c["found"], c["required"]) for c in explained["criteria"]] == [
        ("registered", "not_met", "2018-11-09", "2018-11-09"),
        ("active_teachers", "met", 2, 2),
        ("quality_label", "met", 1, 1),
    ]
    sentence = (
        "The school was registered on 9 November 2018. To qualify, it had to be registered before 9 November 2018."
    )
    assert explained["criteria"][0]["sentence"] == sentence
    norwegian = queries.explain(ROUND, school("NO2"), "nn-NO").as_json()["criteria"][0]["sentence"]
    assert "9. november 2018" in norwegian


def test_a_school_that_was_never_checked_can_not_be_explained(app: Flask, tmp_path: Path) -> None:
    small_registry(tmp_path / "files")
    with pytest.raises(queries.NotScreened, match="eligibility check 2021-2022"):
        queries.explain(ROUND, school("NO1"), "en")
    with pytest.raises(queries.NotScreened, match="eligibility check 2021-2022"):
        queries.near_misses(ROUND)


def test_near_misses_are_kept_out_by_exactly_one_criterion_and_seen_by_their_agency(app: Flask, tmp_path: Path) -> None:
    agencies = small_registry(tmp_path / "files")
    check(ROUND)

    def found(actor: Actor) -> list[tuple[str, str, str, str]]:
        misses = queries.near_misses(ROUND, actor)
        return [(m.school.school_id, m.result.id, m.result.found, m.result.required) for m in misses]

    both = [("NO2", "registered", "2018-11-09", "2018-11-09"), ("SE1", "active_teachers", "1", "2")]
    assert found(SYSTEM) == both
    assert found(Actor(account_id=None, agencies=frozenset({agencies.sweden.id}))) == both[1:]
    assert found(Actor(account_id=None)) == []


def test_a_registration_after_the_instant_is_ignored(app: Flask, tmp_path: Path) -> None:
    small_registry(tmp_path / "files")
    check(ROUND, at=datetime.fromisoformat("2014-12-31T00:00:00+01:00"))
    shown = queries.explain(ROUND, school("NO1"), "en").as_json()["criteria"][0]
    assert (shown["verdict"], shown["found"], shown["required"]) == ("not_met", None, "2018-11-09")
    assert shown["sentence"].startswith("The school was not registered yet.")


def test_settling_agencies_moves_the_schools_into_the_run_of_their_agency(app: Flask, tmp_path: Path) -> None:
    import_directory(write_small(tmp_path / "files"))
    from skolemerke.agencies.operations import create

    create("no", "Norge", ["NO"])
    settle_agencies()
    assert check(ROUND, agency_code="no").schools == 2
