"""The commands of step one: their JSON keys, their exit codes, and that a second run changes nothing."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from skolemerke import database
from skolemerke.cli import agencies, eligibility, frame, invitations, registry, rounds
from skolemerke.contract.criteria import Verdict
from skolemerke.eligibility.operations import override
from skolemerke.people.actors import SYSTEM
from skolemerke.registry.models import School
from skolemerke.rounds.operations import open_round
from sqlalchemy import select
from support.installation import SHIPPED, WAIVER, install, running
from support.registry_files import SMALL, write, write_small

GROUPS = {
    "agencies": agencies.group,
    "registry": registry.group,
    "eligibility": eligibility.group,
    "invitations": invitations.group,
    "rounds": rounds.group,
}
Run = Callable[..., Result]


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    with running(install(tmp_path, *SHIPPED, WAIVER)) as made:
        yield made


@pytest.fixture
def run(app: Flask, tmp_path: Path) -> Run:
    """Run a command as the console does, and hold it to what every command keeps."""

    def ran(*words: str) -> Result:
        result = CliRunner().invoke(GROUPS[words[0]], [str(word) for word in words[1:]])
        if result.exit_code == 2:
            assert result.stdout == ""
            assert len(result.stderr.strip().splitlines()) == 1
        return result

    return ran


def data(result: Result, exit_code: int = 0) -> Any:
    assert result.exit_code == exit_code, result.output
    assert result.stderr == ""
    return json.loads(result.stdout)


@pytest.fixture
def files(tmp_path: Path) -> Path:
    return write_small(tmp_path / "files")


def test_a_check_tells_whoever_watches_what_it_does(run: Run, files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[str] = []
    monkeypatch.setattr(frame, "progress", heard.append)
    run("registry", "import", str(files))
    heard.clear()
    assert run("eligibility", "check", "2021-2022").exit_code == 0
    assert heard == [
        "judging every school",
        "looking at schools that are in the register twice",
        "writing verdicts",
        "making it visible",
    ]


def test_agencies_are_created_and_listed(run: Run, files: Path) -> None:
    run("registry", "import", files)
    made = data(run("agencies", "create", "no", "--name", "Norge", "--country", "NO", "--language", "nb", "--json"))
    assert (made["code"], made["countries"], made["schools"]) == ("no", ["NO"], 2)
    assert [row["code"] for row in data(run("agencies", "list", "--json"))] == ["no"]
    again = run("agencies", "create", "no", "--name", "Norge")
    assert again.exit_code == 2
    assert again.stderr == "there is an agency 'no' already\n"


def test_registry_generate_writes_the_seven_files_without_an_installation(tmp_path: Path) -> None:
    words = ["generate", str(tmp_path / "made"), "--schools", "20", "--seed", "4", "--json"]
    counts = data(CliRunner().invoke(registry.group, words))
    assert counts["schools"] == 20
    assert sorted(path.name for path in (tmp_path / "made").iterdir()) == sorted(f"{name}.csv" for name in SMALL)


def test_registry_import_counts_each_file_and_a_second_time_changes_nothing(run: Run, files: Path) -> None:
    first = data(run("registry", "import", files, "--json"))
    assert set(first) == {"import", "files"}
    assert first["import"] == 1
    assert {tuple(file) for file in first["files"]} == {("file", "rows", "new", "changed", "same", "gone", "rejected")}
    assert {file["file"]: file["new"] for file in first["files"]} == {
        f"{name}.csv": len(rows) for name, rows in SMALL.items()
    }
    second = data(run("registry", "import", files, "--json"))
    assert all(file["same"] == file["rows"] for file in second["files"])
    assert data(run("registry", "import", files, "--dry-run", "--json"))["import"] is None
    stats = data(run("registry", "stats", "--json"))
    assert (stats["import"], stats["schools"], stats["gone"]["schools"]) == (2, 4, 0)


def test_registry_import_says_no_to_rejected_rows_and_refuses_broken_files(
    run: Run, files: Path, tmp_path: Path
) -> None:
    write(files, "activities", *SMALL["activities"], "A9,T9,,event,2020-01-01")
    found = data(run("registry", "import", files, "--rejected", tmp_path / "no", "--json"), exit_code=1)
    assert [file["rejected"] for file in found["files"] if file["file"] == "activities.csv"] == [1]
    assert [path.name for path in (tmp_path / "no").iterdir()] == ["activities.csv.rejected.csv"]
    told = run("registry", "import", files)
    assert "activities.csv, line 8: names the teacher_id T9, which the registry does not know" in told.stdout
    write(files, "activities", header="activity_id")
    assert run("registry", "import", files).exit_code == 2
    assert run("registry", "import", tmp_path / "nowhere").exit_code == 2
    write(files, "activities")
    shrunk = run("registry", "import", files)
    assert shrunk.exit_code == 2
    assert "--allow-shrink" in shrunk.stderr
    assert run("registry", "import", files, "--allow-shrink").exit_code == 0
    assert run("registry", "import", files, "--agency", "xx").exit_code == 2


def test_eligibility_check_explain_and_near_misses_print_the_keys_of_the_design(run: Run, files: Path) -> None:
    run("registry", "import", files)
    report = data(run("eligibility", "check", "2021-2022", "--json"))
    keys = {"round", "run", "schools", "eligible", "unclear", "ineligible", "teachers_invitable", "criteria"}
    assert set(report) - {"at", "moved"} == keys
    assert [set(criterion) for criterion in report["criteria"]] == [{"id", "met", "not_met", "unclear"}] * 3
    assert (report["run"], report["eligible"], report["ineligible"]) == (1, 1, 3)
    at = ("--at", "2020-11-09T00:00:00+01:00")
    assert data(run("eligibility", "check", "2021-2022", *at, "--json")) == {**report, "run": 2}

    explained = data(run("eligibility", "explain", "2021-2022", "SE2", "--json"))
    assert {"school", "eligible", "criteria"} <= set(explained)
    assert (explained["school"], explained["eligible"]) == ("SE2", False)
    assert {"id", "verdict", "found", "required", "sentence"} <= set(explained["criteria"][0])
    assert [criterion["found"] for criterion in explained["criteria"]] == ["2019-02-02", 0, 0]

    misses = data(run("eligibility", "near-misses", "2021-2022", "--json"))
    assert misses == [
        {"school": "NO2", "name": "Bø skole", "country": "NO", "criterion": "registered", "found": "2018-11-09",
         "required": "2018-11-09", "override": None},
        {"school": "SE1", "name": "Ekskolan", "country": "SE", "criterion": "active_teachers", "found": 1,
         "required": 2, "override": None},
    ]  # fmt: skip


def test_a_near_miss_says_when_it_is_an_officer_who_keeps_the_school_out(run: Run, files: Path) -> None:
    run("registry", "import", files)
    run("eligibility", "check", "2021-2022")
    school = database.read().scalars(select(School.id).where(School.school_id == "NO1")).one()
    override(SYSTEM, "2021-2022", school, "registered", verdict=Verdict.NOT_MET, reason="It moved.\nSee the letter.")
    (miss,) = [row for row in data(run("eligibility", "near-misses", "2021-2022", "--json")) if row["school"] == "NO1"]
    assert (miss["override"]["computed"], miss["override"]["reason"]) == ("met", "It moved.\nSee the letter.")
    assert "It moved. See the letter." in run("eligibility", "near-misses", "2021-2022").stdout


def test_no_text_of_the_register_commands_the_terminal_or_makes_a_line_of_its_own(run: Run, files: Path) -> None:
    write(files, "schools", '"NO1","\x1b[31mRed\nNO2 may apply",NO,Bø,2015-01-01')
    for name in ("teachers", "activities", "memberships", "quality_labels", "school_labels"):
        (files / f"{name}.csv").unlink(missing_ok=True)
    run("registry", "import", files)
    run("eligibility", "check", "2021-2022")
    told = run("eligibility", "explain", "2021-2022", "NO1").stdout
    assert told.splitlines()[0] == "[31mRed NO2 may apply may not apply in round 2021-2022 (run 1)."


def test_runs_are_compared_and_parameters_are_tried_from_the_command_line(run: Run, files: Path) -> None:
    run("registry", "import", files)
    run("eligibility", "check", "2021-2022")
    run("eligibility", "check", "2021-2022", "--at", "2015-01-01T00:00:00+01:00")
    compared = run("eligibility", "compare", "2021-2022", "--from", 1, "--to", 2)
    assert compared.exit_code == 0
    assert "run 2 beside run 1: 0 schools came, 1 went." in compared.stdout
    assert "- NO1 Ås skole: active_teachers met (2) -> not_met (0)" in compared.stdout
    found = data(run("eligibility", "compare", "2021-2022", "--from", 2, "--to", 1, "--json"))
    assert (found["from"], found["to"], [moved["school"] for moved in found["came"]]) == (2, 1, ["NO1"])
    tried = data(run("eligibility", "what-if", "2021-2022", "--set", "active_teachers.at_least=1", "--json"))
    assert set(tried) == {"round", "set", "countries", "added", "dropped"}
    assert [school["school"] for school in tried["added"]] == ["SE1"]
    assert sum(count["after"] for count in tried["countries"]) == 2


def test_figures_of_a_round_have_a_row_for_each_agency_and_country(run: Run, files: Path) -> None:
    run("registry", "import", files)
    run("eligibility", "check", "2021-2022")
    rows = data(run("rounds", "stats", "2021-2022", "--json"))
    assert [set(row) for row in rows] == [{
        "round", "agency", "country", "checked", "eligible", "unclear", "ineligible", "invited", "started",
        "submitted", "awarded",
    }] * len(rows)  # fmt: skip
    assert sum(row["checked"] for row in rows) == 4
    assert all(row["eligible"] + row["unclear"] + row["ineligible"] == row["checked"] for row in rows)


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (("compare", "2021-2022"), "run 'skolemerke eligibility check 2021-2022' first"),
        (("what-if", "2021-2022", "--set", "registered"), "write it like active_teachers.at_least=2"),
        (("what-if", "2021-2022", "--set", "registered.before=2018-01-01"), "eligibility check 2021-2022' first"),
        (("what-if", "1999-2000", "--set", "a.b=1"), "there is no round 1999-2000"),
        (("check", "1999-2000"), "there is no round 1999-2000"),
        (("check", "2021-2022", "--at", "yesterday"), "write it like 2020-11-09T00:00:00+01:00"),
        (("check", "2021-2022", "--at", "2020-11-09"), "has no offset"),
        (("check", "2021-2022", "--agency", "xx"), "there is no agency 'xx'"),
        (("explain", "1999-2000", "NO1"), "there is no round 1999-2000"),
        (("explain", "2021-2022", "NO999"), "there is no school 'NO999'"),
        (("explain", "2021-2022", "NO1"), "run 'skolemerke eligibility check 2021-2022' first"),
        (("near-misses", "2021-2022"), "run 'skolemerke eligibility check 2021-2022' first"),
        (("near-misses", "1999-2000"), "there is no round 1999-2000"),
    ],
)
def test_eligibility_refuses_what_it_does_not_know_with_how_to_mend_it(
    run: Run, files: Path, words: tuple[str, ...], part: str
) -> None:
    run("registry", "import", files)
    result = run("eligibility", *words)
    assert result.exit_code == 2
    assert part in result.stderr


def test_invitations_queue_prints_its_counts_and_a_second_time_queues_none(run: Run, files: Path) -> None:
    run("registry", "import", files)
    assert run("invitations", "queue", "1999-2000").exit_code == 2
    assert run("invitations", "queue", "2021-2022").exit_code == 2
    run("eligibility", "check", "2021-2022")
    assert run("invitations", "queue", "2021-2022").exit_code == 2
    open_round("2021-2022")
    assert data(run("invitations", "queue", "2021-2022", "--json")) == {"queued": 2, "already": 0, "schools": 1}
    assert data(run("invitations", "queue", "2021-2022", "--json")) == {"queued": 0, "already": 2, "schools": 1}
