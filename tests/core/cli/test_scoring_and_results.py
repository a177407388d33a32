"""`scoring`, `decisions`, `applications`, `labels`, `audit verify`: the JSON, the texts and the exit codes."""

import csv
import json
import sys

import pytest
from skolemerke import clock, database
from skolemerke.cli import main
from skolemerke.decisions import operations as decisions
from skolemerke.registry.models import SchoolLabel
from skolemerke.rounds import operations as rounds
from sqlalchemy import select, text
from support.applied import (
    AFTER_CLOSING,
    ROUND,
    account,
    agency,
    applied,
    declared,
    examples,
    officer,
    school,
    submitted,
)
from support.installation import IN_THE_ROUND, SHIPPED, WAIVER, install, running

EXAMPLE = examples("etwinning-2021-2022")["promotion_not_documented"]


@pytest.fixture
def home(tmp_path, monkeypatch):
    """An installation with one submission that has a declaration, and one draft."""
    install(tmp_path, *SHIPPED)
    with running(tmp_path):
        norway = agency("NO", "NO")
        rounds.open_round(ROUND)
        berg = school("=Berg", "NO", norway, city="Oslo")
        declared(submitted(applied(berg, norway), EXAMPLE["answers"], EXAMPLE["evidence"]))
        applied(school("Dal", "NO", norway), norway)
    monkeypatch.setenv("SKOLEMERKE_HOME", str(tmp_path))
    monkeypatch.setenv("SKOLEMERKE_CLOCK", IN_THE_ROUND)
    return tmp_path


@pytest.fixture
def run(monkeypatch, capsys):
    """Run a command; gives the exit code, standard output and standard error."""

    def call(*words):
        monkeypatch.setattr(sys, "argv", ["skolemerke", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capsys.readouterr()
        return ended.value.code, out, err

    return call


def _json(answer):
    code, out, err = answer
    assert err == ""
    return code, json.loads(out)


def _grant(home):
    with running(home):
        clock.current().move_to(AFTER_CLOSING)
        actor = officer(account("no@example.org"), 1)
        decisions.decide(actor, 1, "agency", "granted", reasons="Good")


def test_a_scoring_run_reports_outcomes(home, run):
    assert _json(run("scoring", "run", ROUND, "--json")) == (
        0,
        {"run": 1, "applications": 1, "outcomes": {"passed": 0, "not_passed": 1}},
    )
    install(home, WAIVER)
    assert _json(run("scoring", "run", ROUND, "--json")) == (
        0,
        {"run": 2, "applications": 1, "outcomes": {"passed": 1, "not_passed": 0}},
    )
    assert _json(run("scoring", "replay", ROUND, "--json")) == (
        0,
        {"sheets": 2, "same": 2, "different": 0, "cannot_replay": 0},
    )


def test_a_different_sheet_makes_the_answer_no(home, run):
    run("scoring", "run", ROUND)
    with running(home), database.write() as session:
        session.execute(text("UPDATE score_sheet SET sheet = sheet || ' '"))
    code, out, _err = run("scoring", "replay", ROUND)
    assert (code, out) == (1, "1 sheets: 0 the same, 1 different.\nDifferent: sheets 1.\n")


@pytest.mark.parametrize(
    "words",
    [
        ("scoring", "run"),
        ("scoring", "replay"),
        ("decisions", "list"),
        ("decisions", "publish"),
        ("applications", "list"),
    ],
)
def test_an_unknown_round_is_bad_input_with_one_line(home, run, words):
    code, out, err = run(*words, "1999-2000", "--json")
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "there is no round 1999-2000" in err


def test_applications_are_listed_with_their_state(home, run):
    code, listed = _json(run("applications", "list", ROUND, "--json"))
    assert code == 0
    assert [(row["school"], row["state"], row["agency"], row["submission"]) for row in listed] == [
        ("NO-=Berg", "submitted", "NO", 1),
        ("NO-Dal", "draft", "NO", None),
    ]


def test_exported_applications_hold_answers_and_no_formula(home, run, tmp_path):
    file = tmp_path / "applications.csv"
    code, report = _json(run("applications", "export", ROUND, str(file), "--json"))
    rows = list(csv.DictReader(file.read_text(encoding="utf-8-sig").splitlines()))
    assert (code, report["applications"], len(rows)) == (0, 2, 2)
    assert rows[0]["name"] == "'=Berg"
    assert rows[0]["team_size"] == "4"
    assert rows[1]["team_size"] == ""
    code, out, err = run("applications", "export", ROUND, str(tmp_path / "nowhere" / "x.csv"))
    assert (code, out, err.count("\n")) == (2, "", 1)


def test_results_are_released_after_closing_only(home, run):
    code, out, err = run("decisions", "publish", ROUND)
    assert (code, out) == (2, "")
    assert err == "The round is still open: results are released after it has closed.\n"
    _grant(home)
    assert _json(run("decisions", "list", ROUND, "--json"))[1][0]["agency"] == "granted"
    assert _json(run("decisions", "publish", ROUND, "--json")) == (
        0,
        {"round": ROUND, "released": 1, "granted": 1, "refused": 0, "labels": 1, "mails": 0, "undecided": 0},
    )
    (listed,) = _json(run("decisions", "list", ROUND, "--json"))[1]
    assert (listed["central"], listed["result"], listed["released"] is not None) == ("granted", "granted", True)


def test_labels_are_exported_with_the_columns_of_the_public_list(home, run, tmp_path):
    _grant(home)
    run("decisions", "publish", ROUND)
    file = tmp_path / "labels.csv"
    assert _json(run("labels", "export", str(file), "--json")) == (0, {"file": str(file), "labels": 1})
    lines = file.read_text(encoding="utf-8-sig").splitlines()
    with running(home):
        certificate = database.read().scalars(select(SchoolLabel.certificate)).one()
    assert lines == [
        "certificate,school,city,country,round,valid_from,valid_to,state",
        f"{certificate},'=Berg,Oslo,NO,2021-2022,2021-01-01,2022-12-31,valid",
    ]


def test_a_school_that_did_not_consent_is_not_exported(home, run, tmp_path):
    with running(home), database.write() as session:
        session.execute(text("UPDATE submission SET consent = 'no'"))
    _grant(home)
    run("decisions", "publish", ROUND)
    assert _json(run("labels", "export", str(tmp_path / "labels.csv"), "--json"))[1]["labels"] == 0


def test_labels_of_an_earlier_round_are_imported(home, run, tmp_path):
    file = tmp_path / "winners.csv"
    header = "label_id,round,school_id,school_name,country,region,awarded_on\n"
    good, bad = "L1,2018-2019,NO-Dal,Dal,NO,,2018-04-20\n", "L2,2018-2019,,X,NO,,yesterday\n"
    file.write_text(header + good, encoding="utf-8")
    code, report = _json(run("labels", "import", str(file), "--json"))
    assert (code, report["files"][0]["new"], report["files"][0]["rejected"]) == (0, 1, 0)
    file.write_text(header + good + bad, encoding="utf-8")
    code, report = _json(run("labels", "import", str(file), "--json"))
    assert (code, report["files"][0]["same"], report["files"][0]["rejected"]) == (1, 1, 1)
    assert "yesterday" in (tmp_path / "school_labels.csv.rejected.csv").read_text(encoding="utf-8")
    file.write_text("a,b\n1,2\n", encoding="utf-8")
    code, out, err = run("labels", "import", str(file))
    assert (code, out, err.count("\n")) == (2, "", 1)


def test_the_chain_is_verified_and_an_anchor_finds_what_the_chain_alone_does_not(home, run, tmp_path):
    code, found = _json(run("audit", "verify", "--json"))
    assert (code, found["whole"], found["break"]) == (0, True, None)
    anchor = tmp_path / "anchor.json"
    anchor.write_text(json.dumps(found), encoding="utf-8")
    run("scoring", "run", ROUND)
    code, later = _json(run("audit", "verify", "--anchor", str(anchor), "--json"))
    assert (code, later["anchor"]["holds"], later["lines"] > found["lines"]) == (0, True, True)
    anchor.write_text(json.dumps({**found, "head": {**found["head"], "hash": "0" * 64}}), encoding="utf-8")
    code, out, _err = run("audit", "verify", "--anchor", str(anchor))
    assert code == 1
    assert out.endswith("The anchor is not in the chain any more.\n")
    anchor.write_text("[]", encoding="utf-8")
    code, out, err = run("audit", "verify", "--anchor", str(anchor))
    assert (code, out, err.count("\n")) == (2, "", 1)


def test_an_altered_line_makes_the_answer_no(home, run):
    with running(home), database.write() as session:
        # As somebody with the database's password could.
        session.execute(text("DROP TRIGGER audit_line_no_update"))
        session.execute(text("UPDATE audit_line SET verb = 'nothing.happened' WHERE number = 2"))
    code, found = _json(run("audit", "verify", "--json"))
    assert (code, found["break"]) == (1, {"number": 2, "reason": "line 2 was altered"})
