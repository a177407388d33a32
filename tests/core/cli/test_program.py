"""The command line is what its documentation says, and ends with the promised exit codes."""

import json
import re
import subprocess
import sys

import click
import pytest
from skolemerke import cli
from skolemerke.config import load_config
from support.house import ROOT
from support.installation import SHIPPED, WAIVER, install, write_plugin
from support.tables import lay_tables

KEYS = {
    "plugins list": {"id", "version", "state", "source", "rounds", "overlays", "fault"},
    "rounds list": {"id", "title", "state", "plugin", "overlays", "edition"},
}
SHOWN = {*KEYS["rounds list"], "calendar", "decision", "release", "criteria", "requirements", "editions", "sources"}


@pytest.fixture(scope="module")
def shipped(tmp_path_factory):
    """A home with its database, for commands that change nothing."""
    return with_tables(install(tmp_path_factory.mktemp("home"), *SHIPPED, WAIVER))


@pytest.fixture
def home(tmp_path):
    return with_tables(install(tmp_path, *SHIPPED, WAIVER))


def with_tables(home):
    lay_tables(load_config(home, {}))
    return home


def run(home, *words):
    command = [sys.executable, "-c", "from skolemerke.cli import main; main()", *words]
    return subprocess.run(
        command,
        check=False,
        env={"SKOLEMERKE_HOME": str(home), "PATH": ""},
        capture_output=True,
        text=True,
        encoding="utf-8",
    )


def names(command, before=()):
    path = (*before, command.name)
    if isinstance(command, click.Group):
        there = click.Context(command)
        children = [command.get_command(there, name) for name in command.list_commands(there)]
        return [name for child in children for name in names(child, path)]
    return [" ".join(path)]


def test_the_documentation_lists_exactly_the_commands_that_there_are():
    page = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([a-z -]+?)(?: (?:[A-Z\[-]|…)[^`]*)?` \|", page, re.MULTILINE)
    there = [name for command in cli.commands() for name in names(command)]
    assert sorted(rows) == sorted(there)


@pytest.mark.parametrize("words", KEYS)
def test_lists_have_the_keys_of_the_contract(shipped, words):
    done = run(shipped, *words.split(), "--json")
    assert (done.returncode, done.stderr) == (0, "")
    assert {frozenset(row) for row in json.loads(done.stdout)} == {frozenset(KEYS[words])}


def test_a_round_is_shown_with_who_adjusted_what_and_why(shipped):
    done = run(shipped, "rounds", "show", "2021-2022", "--json")
    shown = json.loads(done.stdout)
    promotion = shown["requirements"][-1]
    assert set(shown) == SHOWN
    assert {k: promotion[k] for k in ("id", "state", "points", "adjusted_by")} == {
        "id": "promotion",
        "state": "fixed",
        "points": "1",
        "adjusted_by": "covid-19-promotion",
    }
    assert promotion["reason"].startswith("Because of the pandemic")
    assert [set(criterion) for criterion in shown["criteria"]] == [{"id", "kind", "parameters"}] * 3


def test_a_clean_check_prints_an_empty_list(shipped):
    done = run(shipped, "rounds", "check", "2021-2022", "--json")
    assert (done.returncode, json.loads(done.stdout)) == (0, [])


def test_a_check_with_errors_answers_no_with_place_and_code(home):
    folder = write_plugin(home, "wrong", overlay__yaml="overlay: wrong\nround: 2021-2022\nreson: Why\n")
    done = run(home, "rounds", "check", str(folder), "--json")
    findings = json.loads(done.stdout)
    assert done.returncode == 1
    assert [(f["file"], f["line"], f["severity"], f["code"]) for f in findings] == [
        ("overlay.yaml", 1, "error", "missing_key"),
        ("overlay.yaml", 3, "error", "unknown_key"),
    ]
    assert set(findings[0]) == {"file", "line", "column", "severity", "code", "message"}


def test_a_quarantined_plugin_makes_the_list_answer_no(home):
    write_plugin(home, "broken", plugin__py="def rounds(:\n")
    done = run(home, "plugins", "list", "--json")
    fault = next(row for row in json.loads(done.stdout) if row["id"] == "broken")["fault"]
    assert done.returncode == 1
    assert fault == {"hook": None, "file": "plugin.py", "line": 1, "message": "SyntaxError: invalid syntax"}


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["rounds", "show", "1999-2000"], "there is no round 1999-2000: 'skolemerke rounds list' names those"),
        (["rounds", "fish"], "No such command 'fish'. 'skolemerke rounds --help' says what may stand there."),
        (["rounds", "show"], "Missing argument 'ROUND'. 'skolemerke rounds show --help' says what may stand there."),
        (["rounds", "check", "nowhere"], "there is no folder, round or overlay nowhere"),
        (["eligibility", "check", "1999-2000"], "there is no round 1999-2000"),
        (["registry", "import", "nowhere"], ""),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(shipped, words, line):
    done = run(shipped, *words, *(["--json"] if "fish" not in words else []))
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.strip().splitlines()) == 1
    assert line in done.stderr


def test_our_own_fault_is_one_line_with_a_reference(tmp_path):
    home = install(tmp_path)
    (home / "instance").mkdir()
    (home / "instance" / "skolemerke.db").mkdir()
    done = run(home, "rounds", "list", "--json")
    reference = re.fullmatch(
        r"something went wrong on our side; reference (\w+) in instance/errors.log", done.stderr.strip()
    )
    assert (done.returncode, done.stdout) == (3, "")
    assert reference.group(1) in (home / "instance" / "errors.log").read_text(encoding="utf-8")


def test_without_plugins_the_core_says_that_no_round_is_installed(tmp_path):
    install(tmp_path)
    assert run(tmp_path, "rounds", "list").stdout.startswith("No round is installed")
    assert json.loads(run(tmp_path, "rounds", "list", "--json").stdout) == []


def test_a_new_round_begins_from_another_and_is_clean(home):
    made = json.loads(run(home, "rounds", "new", "2022-2023", "--from", "2021-2022", "--json").stdout)
    assert made["round"] == "2022-2023"
    assert json.loads(run(home, "rounds", "check", "2022-2023", "--json").stdout) == []
    assert run(home, "rounds", "new", "2022-2023", "--from", "2021-2022").returncode == 2


def test_two_rounds_are_compared_in_sentences(shipped):
    done = run(shipped, "rounds", "diff", "2020-2021", "2021-2022", "--json")
    found = json.loads(done.stdout)
    assert done.returncode == 0
    assert {frozenset(row) for row in found} == {frozenset({"part", "id", "change", "class", "sentence"})}
    assert found[-1] == {
        "part": "requirement",
        "id": "promotion",
        "change": "changed",
        "class": "widening",
        "sentence": "The requirement “Promotion of eTwinning” is now fixed: it need not be documented and everybody "
        "gets its points.",
    }


def test_a_round_with_results_one_by_one_says_so_beside_one_with_results_together(home):
    run(home, "rounds", "new", "2022-2023", "--from", "2021-2022")
    (path,) = (home / "plugins").glob("*2022-2023/round.yaml")
    path.write_text(path.read_text(encoding="utf-8") + "\nrelease: one_by_one\n", encoding="utf-8")
    first = json.loads(run(home, "rounds", "diff", "2021-2022", "2022-2023", "--json").stdout)[0]
    assert (first["part"], first["id"], first["class"]) == ("round", "release", "widening")
    assert first["sentence"].startswith("Results are now released one by one")


def test_a_folder_that_is_not_installed_is_compared_with_what_is(shipped, tmp_path):
    overlay = tmp_path / "asks-more"
    overlay.mkdir()
    (overlay / "pyproject.toml").write_text(
        '[project]\nname = "asks-more"\nversion = "1"\n[tool.skolemerke]\ncontract = 1\n'
    )
    (overlay / "overlay.yaml").write_text(
        'overlay: asks-more\nround: "2021-2022"\nlanguage: en\nreason: More.\n'
        "form:\n  sections:\n    - id: teaching\n      questions:\n        - {id: team_size, minimum: 5}\n"
    )
    done = run(shipped, "rounds", "diff", "2021-2022", str(overlay), "--json")
    assert [(row["id"], row["class"]) for row in json.loads(done.stdout)] == [("team_size", "narrowing")]
    (overlay / "overlay.yaml").write_text("overlay: [")
    broken = run(shipped, "rounds", "diff", "2021-2022", str(overlay), "--json")
    assert (broken.returncode, broken.stdout) == (2, "")
    assert "overlay.yaml" in broken.stderr


def test_a_blank_form_is_written_as_pdf_or_text_document(shipped, tmp_path):
    file = tmp_path / "form.pdf"
    done = run(shipped, "rounds", "print", "2021-2022", str(file), "--language", "nn", "--json")
    report = json.loads(done.stdout)
    assert (done.returncode, report["round"], report["language"]) == (0, "2021-2022", "nn")
    assert file.read_bytes().startswith(b"%PDF-")
    assert report["bytes"] == file.stat().st_size
    assert b"/Lang(nn)" in file.read_bytes()
    done = run(
        shipped, "rounds", "print", str(shipped / "plugins" / "etwinning-2018-2019"), str(tmp_path / "form.docx")
    )
    assert done.returncode == 0
    assert (tmp_path / "form.docx").read_bytes().startswith(b"PK")
    for name, complaint in (("form.odt", "must end in .pdf or .docx"), ("missing/form.pdf", "can't be written")):
        done = run(shipped, "rounds", "print", "2021-2022", str(tmp_path / name))
        assert (done.returncode, done.stdout) == (2, "")
        assert complaint in done.stderr


def test_the_same_commands_stand_under_flask(shipped):
    command = [sys.executable, "-m", "flask", "--app", "skolemerke", "rounds", "list", "--json"]
    done = subprocess.run(
        command,
        check=True,
        env={"SKOLEMERKE_HOME": str(shipped), "PATH": ""},
        capture_output=True,
        text=True,
        cwd=shipped,
    )
    assert [row["id"] for row in json.loads(done.stdout)] == ["2018-2019", "2019-2020", "2020-2021", "2021-2022"]


def test_a_backup_is_restored_whole_and_a_damaged_one_is_refused(home, tmp_path):
    run(home, "init")
    run(home, "rounds", "open", "2021-2022")
    file = tmp_path / "kept.tar.gz"
    assert run(home, "backup", str(file)).returncode == 0
    elsewhere = install(tmp_path / "elsewhere", *SHIPPED, WAIVER)
    assert run(elsewhere, "restore", str(file)).returncode == 0
    assert (
        run(elsewhere, "rounds", "show", "2021-2022", "--json").stdout
        == run(home, "rounds", "show", "2021-2022", "--json").stdout
    )
    assert run(elsewhere, "restore", str(file)).returncode == 2
    cut = tmp_path / "cut.tar.gz"
    cut.write_bytes(file.read_bytes()[:2000])
    empty = install(tmp_path / "empty")
    refused = run(empty, "restore", str(cut))
    assert (refused.returncode, (empty / "instance" / "skolemerke.db").exists()) == (2, False)


def test_the_doctor_of_a_fresh_installation_finds_no_fault(tmp_path):
    home = install(tmp_path, *SHIPPED, WAIVER)
    run(home, "init")
    done = run(home, "doctor", "--json")
    assert done.returncode == 0
    assert {row["state"] for row in json.loads(done.stdout)} <= {"ok", "warning"}
