"""Each plugin folder is also a distribution: built as a wheel and installed elsewhere, it answers the same."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support.house import ROOT
from support.installation import install

FOLDERS = sorted(path.name for path in (ROOT / "plugins").iterdir() if (path / "pyproject.toml").is_file())


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory):
    """A folder of installed distributions, made of one wheel for each plugin."""
    work = tmp_path_factory.mktemp("wheels")
    for name in FOLDERS:
        shutil.copytree(ROOT / "plugins" / name, work / name)
        build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", work / "dist", work / name]
        subprocess.run(build, check=True, capture_output=True)
    wheels = sorted((work / "dist").glob("*.whl"))
    target = work / "site"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", target, *wheels]
    subprocess.run(pip, check=True, capture_output=True)
    return target


def ask(home: Path, elsewhere: Path, *words: str) -> object:
    """What the command line answers in a process in which the distributions are installed."""
    environ = {**os.environ, "SKOLEMERKE_HOME": str(home), "PYTHONPATH": str(elsewhere)}
    command = [sys.executable, "-c", "from skolemerke.cli import main; main()", *words, "--json"]
    done = subprocess.run(command, check=True, capture_output=True, env=environ, text=True, encoding="utf-8")
    return json.loads(done.stdout)


def test_installed_wheels_answer_as_the_folders_do(tmp_path, elsewhere):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    install(tmp_path / "a", *FOLDERS)
    install(tmp_path / "b")
    plugins = ask(tmp_path / "b", elsewhere, "plugins", "list")
    assert [(p["id"], p["state"], p["source"]) for p in plugins] == [
        (name, "active", "distribution") for name in FOLDERS
    ]
    from_folder, from_wheel = (ask(tmp_path / name, elsewhere, "rounds", "show", "2021-2022") for name in ("a", "b"))
    assert from_wheel["requirements"] == from_folder["requirements"]
    assert from_wheel["criteria"] == from_folder["criteria"]


def test_a_folder_answers_and_the_distribution_of_its_id_is_shadowed(tmp_path, elsewhere):
    install(tmp_path, *FOLDERS)
    plugins = ask(tmp_path, elsewhere, "plugins", "list")
    states = sorted((p["source"], p["state"]) for p in plugins)
    assert states == [("distribution", "shadowed")] * len(FOLDERS) + [("folder", "active")] * len(FOLDERS)
