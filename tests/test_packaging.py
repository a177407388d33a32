"""What is installed is what lies in the tree."""

import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.house import ROOT

PACKAGES = {"skolemerke": "core/skolemerke", "skolemerke_forms": "forms/skolemerke_forms"}
PROBES = (
    "templates/folder/probe.html",
    "static/probe.css",
    "static/probe.js",
    "translations/nb/LC_MESSAGES/probe.po",
    "translations/nb/LC_MESSAGES/probe.mo",
    "migrations/versions/probe.py",
    "data/probe.yaml",
)


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project in which each package also holds one file of every kind of data."""
    folder = tmp_path_factory.mktemp("source")
    for name in ("pyproject.toml", "README.md", "LICENSE", ".gitignore"):
        shutil.copy(ROOT / name, folder / name)
    for name in PACKAGES.values():
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        for probe in PROBES:
            path = folder / name / probe
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"")
    return folder


@pytest.fixture(scope="module")
def wheel(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[zipfile.ZipFile]:
    """The wheel that is built of it."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(source)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    (path,) = folder.iterdir()
    with zipfile.ZipFile(path) as opened:
        yield opened


def test_the_wheel_holds_every_file_of_both_packages_and_nothing_else(source: Path, wheel: zipfile.ZipFile) -> None:
    in_tree = {
        f"{package}/{path.relative_to(source / place).as_posix()}"
        for package, place in PACKAGES.items()
        for path in (source / place).rglob("*")
        if path.is_file()
    }
    in_wheel = {name for name in wheel.namelist() if ".dist-info/" not in name}
    assert in_wheel == in_tree


def test_the_wheel_brings_the_command_and_the_licence(wheel: zipfile.ZipFile) -> None:
    (entry_points,) = (name for name in wheel.namelist() if name.endswith(".dist-info/entry_points.txt"))
    assert wheel.read(entry_points).decode() == "[console_scripts]\nskolemerke = skolemerke.cli:main\n"
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in wheel.namelist())
