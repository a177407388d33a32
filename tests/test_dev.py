"""dev.py and its tools: who is turned away, when an environment is believed, what is run."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest
from support.house import ROOT

import dev
from tools import bare_pip, commands, environment
from tools.trouble import Trouble

PYPROJECT = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]

[project]
name = "tiny"
version = "1"
dependencies = []

[tool.ruff]
line-length = 100
"""
# A build backend that needs nothing, so that an environment can be made without a network.
BACKEND = """
import zipfile

def build_editable(folder, config_settings=None, metadata_directory=None):
    with zipfile.ZipFile(folder + "/tiny-1-py3-none-any.whl", "w") as wheel:
        wheel.writestr("tiny.pth", "")
        wheel.writestr("tiny-1.dist-info/METADATA", "Metadata-Version: 2.1\\nName: tiny\\nVersion: 1\\n")
        wheel.writestr("tiny-1.dist-info/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr("tiny-1.dist-info/RECORD", "")
    return "tiny-1-py3-none-any.whl"
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A tiny project with two empty locks."""
    (tmp_path / "pyproject.toml").write_text(PYPROJECT, encoding="utf-8")
    (tmp_path / "backend.py").write_text(BACKEND, encoding="utf-8")
    (tmp_path / "requirements.lock").write_text("# nothing to run\n", encoding="utf-8")
    (tmp_path / "requirements-dev.lock").write_text("# nothing to develop\n", encoding="utf-8")
    return tmp_path


def _pretend_environment(root: Path, stamp: str) -> None:
    python = environment.program("python", root / ".venv")
    python.parent.mkdir(parents=True)
    python.touch()
    environment._write_stamp(root / ".venv", stamp)


# Who is turned away


@pytest.mark.parametrize("version", [(3, 6, 15), (3, 10, 13)])
def test_an_older_python_is_turned_away_with_one_line(version: tuple[int, ...]) -> None:
    number = ".".join(map(str, version))
    expected = f"Skolemerke needs Python 3.11 or newer; this is Python {number} ({sys.executable})."
    assert dev.refusal(version) == expected


@pytest.mark.parametrize("version", [(3, 11, 0), (3, 13, 1), (4, 0, 0)])
def test_python_3_11_and_newer_may_stay(version: tuple[int, ...]) -> None:
    assert dev.refusal(version) is None


def test_dev_can_be_read_by_an_old_python() -> None:
    text = (ROOT / "dev.py").read_text(encoding="ascii")
    body = ast.parse(text, feature_version=(3, 6)).body
    imported = [alias.name for node in body if isinstance(node, ast.Import) for alias in node.names]
    assert imported == ["sys"]


# When an environment is believed


def test_fingerprint_is_stable(root: Path) -> None:
    assert environment.fingerprint("run", root) == environment.fingerprint("run", root)


def test_fingerprint_changes_with_the_lock(root: Path) -> None:
    before = environment.fingerprint("run", root)
    (root / "requirements.lock").write_text("one==1\n", encoding="utf-8")
    assert environment.fingerprint("run", root) != before


def test_fingerprint_changes_with_the_project(root: Path) -> None:
    before = environment.fingerprint("run", root)
    (root / "pyproject.toml").write_text(PYPROJECT.replace('version = "1"', 'version = "2"'), encoding="utf-8")
    assert environment.fingerprint("run", root) != before


def test_fingerprint_changes_with_python(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = environment.fingerprint("run", root)
    monkeypatch.setattr(sys, "version", "3.99.0")
    assert environment.fingerprint("run", root) != before


def test_fingerprint_does_not_change_with_a_setting_of_a_linter(root: Path) -> None:
    before = environment.fingerprint("run", root)
    (root / "pyproject.toml").write_text(PYPROJECT.replace("100", "120"), encoding="utf-8")
    assert environment.fingerprint("run", root) == before


def test_a_missing_lock_is_named(root: Path) -> None:
    (root / "requirements.lock").unlink()
    with pytest.raises(Trouble, match=r"^requirements\.lock is missing"):
        environment.fingerprint("run", root)


@pytest.mark.parametrize(
    ("installed", "asked", "ready"), [("run", "run", True), ("dev", "run", True), ("run", "dev", False)]
)
def test_the_environment_for_development_also_serves_to_run(
    root: Path, installed: environment.Kind, asked: environment.Kind, ready: bool
) -> None:
    _pretend_environment(root, environment.fingerprint(installed, root))
    assert environment.is_ready(asked, root) is ready


def test_an_environment_without_its_python_is_not_ready(root: Path) -> None:
    _pretend_environment(root, environment.fingerprint("run", root))
    environment.program("python", root / ".venv").unlink()
    assert not environment.is_ready("run", root)


def test_an_environment_of_another_lock_is_not_ready(root: Path) -> None:
    _pretend_environment(root, environment.fingerprint("run", root))
    (root / "requirements.lock").write_text("one==1\n", encoding="utf-8")
    assert not environment.is_ready("run", root)


def test_a_failed_installation_is_not_believed(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    lock = f"nowhere-to-be-found==1 --hash=sha256:{'0' * 64}\n"
    (root / "requirements.lock").write_text(lock, encoding="utf-8")
    with pytest.raises(Trouble, match=r"^The installation failed"):
        environment.ready_environment("run", root)
    assert environment.program("python", root / ".venv").exists()
    assert not environment.is_ready("run", root)


def test_of_two_at_once_one_replaces_the_half_made_environment_and_the_other_waits(root: Path) -> None:
    (root / ".venv" / "lib").mkdir(parents=True)
    (root / ".venv" / "half-made").touch()
    script = (
        "import sys; from pathlib import Path; sys.path.insert(0, sys.argv[1])\n"
        "from tools import environment\n"
        "environment.ready_environment('run', Path(sys.argv[2]))\n"
    )
    command = [sys.executable, "-c", script, str(ROOT), str(root)]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    said = sorted((process.communicate()[0] for process in both), key=len)
    assert [process.returncode for process in both] == [0, 0]
    assert said[0] == "dev.py: Waiting for another dev.py that is preparing the environment ...\n"
    assert said[1].startswith(f"dev.py: Replacing the environment {root / '.venv'} ...\n")
    assert environment.is_ready("run", root)
    assert not (root / ".venv" / "half-made").exists()


def test_programs_of_the_environment_see_no_packages_from_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", "elsewhere")
    monkeypatch.setenv("SKOLEMERKE_HOME", "my-place")
    variables = environment.child_environment()
    assert "PYTHONPATH" not in variables
    assert variables["SKOLEMERKE_HOME"] == "my-place"


def test_compiled_modules_lie_in_the_environment_where_they_are_forbidden_beside_the_sources(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.delenv("PYTHONPYCACHEPREFIX", raising=False)
    forbidden = environment.child_environment()
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE")
    allowed = environment.child_environment()
    assert "PYTHONDONTWRITEBYTECODE" not in forbidden
    assert forbidden["PYTHONPYCACHEPREFIX"] == str(environment.VENV / "compiled")
    assert "PYTHONPYCACHEPREFIX" not in allowed


# pip where Python has none


def test_the_wheel_of_pip_is_found_on_a_page_of_an_index() -> None:
    page = f'<a href="../../files/pip-1.0.tar.gz">x</a><a href="../../files/{bare_pip.WHEEL}#sha256=00">pip</a>'
    link = bare_pip.link_of_wheel(page, "https://index.invalid/simple/pip/")
    assert link == f"https://index.invalid/files/{bare_pip.WHEEL}"


def test_an_index_without_the_wheel_is_refused() -> None:
    with pytest.raises(ValueError, match="is not listed there"):
        bare_pip.link_of_wheel("<a href='pip-1.0.tar.gz'>x</a>", "https://index.invalid/simple/pip/")


def test_a_wheel_with_another_hash_is_refused() -> None:
    with pytest.raises(ValueError, match=f"expected {bare_pip.SHA256}"):
        bare_pip.checked(b"not pip")


def test_settings_of_pip_come_from_its_file_and_the_environment_wins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "pip.conf"
    file.write_text("[global]\nindex-url = https://one.invalid/simple\ncert = /one.pem\n", encoding="utf-8")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(file))
    monkeypatch.delenv("PIP_CERT", raising=False)
    monkeypatch.setenv("PIP_INDEX_URL", "https://two.invalid/simple")
    assert bare_pip.pip_settings() == {"index-url": "https://two.invalid/simple", "cert": "/one.pem"}


def test_an_index_out_of_reach_ends_in_a_sentence_that_names_the_package_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:1/simple")
    with pytest.raises(Trouble, match="apt install python3-venv"), bare_pip.fetched_pip():
        pass


# What is run


def test_tests_are_spread_over_all_processors() -> None:
    assert commands.worker_arguments(["-k", "round"], 4) == ["-n", "4", "--dist", "worksteal"]


@pytest.mark.parametrize("arguments", [["-n0"], ["--pdb"], ["-p", "no:xdist"], ["--numprocesses=3"]])
def test_own_plans_for_processors_are_respected(arguments: list[str]) -> None:
    assert commands.worker_arguments(arguments, 4) == []


def test_one_processor_needs_no_workers() -> None:
    assert commands.worker_arguments([], 1) == []


def test_a_failing_check_stops_nothing_and_decides_the_exit_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ran: list[str] = []

    def call(command: list[str], folder: str | None = None) -> int:
        ran.append(Path(command[0]).stem)
        return int(command[1:] == ["check", "."])

    monkeypatch.setattr(commands, "ready_environment", lambda *_: None)
    monkeypatch.setattr(commands, "_call", call)
    assert commands.test(["-n0"]) == 1
    assert ran == ["ruff", "ruff", "mypy", "pytest"]
    last = capsys.readouterr().out.splitlines()[-4:]
    assert [" ".join(line.split()[1:-3]) for line in last] == [
        "ruff check FAILED",
        "ruff format passed",
        "mypy passed",
        "pytest passed",
    ]


def test_before_a_release_the_tests_take_their_long_sizes_and_a_server_is_killed_200_times(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ran: list[tuple[list[str], str]] = []

    def call(command: list[str], folder: str | None = None) -> int:
        ran.append((command, os.environ["INTERLEAVINGS"]))
        return 0

    monkeypatch.setenv("INTERLEAVINGS", "")
    monkeypatch.setattr(commands, "ready_environment", lambda *_: None)
    monkeypatch.setattr(commands, "_call", call)
    assert commands.test(["--long", "-n0"]) == 0
    (_pytest, *asked), interleavings = ran[3]
    assert (asked, interleavings) == (["-n0"], "1000")
    assert [command[1:] for command, _ in ran[4:]] == [["-m", "bench", "autosave", "--full"]]


def test_an_unknown_command_gets_the_usage_and_exit_code_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert commands.main(["dance"]) == 2
    assert capsys.readouterr().err == f"{commands.USAGE}\n"
