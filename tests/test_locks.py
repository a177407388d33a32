"""The lock files: whole, hashed, in step with each other and with the project."""

import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from support.house import ROOT

from tools import locking


def _locked(name: str) -> dict[str, str]:
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    pinned = [Requirement(line.removesuffix("\\")) for line in lines if not line.startswith(("#", " "))]
    return {canonicalize_name(each.name): str(each.specifier).removeprefix("==") for each in pinned}


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_a_lock_holds_nothing_but_exact_versions_with_hashes(name: str) -> None:
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    kinds = {"comment": 0, "version": 0, "hash": 0}
    for line in lines:
        stripped = line.strip()
        if stripped.startswith("#"):
            kinds["comment"] += 1
        elif line.startswith("    --hash=sha256:"):
            kinds["hash"] += 1
        else:
            assert "==" in line, line
            assert line.endswith(" \\"), line
            kinds["version"] += 1
    assert kinds["hash"] >= kinds["version"] > 20


def test_the_lock_for_development_holds_the_lock_for_running() -> None:
    run, develop = _locked("requirements.lock"), _locked("requirements-dev.lock")
    assert {name: develop.get(name) for name in run} == run


def test_the_locks_satisfy_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for name, requirements in {
        "requirements.lock": [*project["dependencies"], *locking.build_requirements()],
        "requirements-dev.lock": project["optional-dependencies"]["dev"],
    }.items():
        locked = _locked(name)
        wanted = [each for each in map(Requirement, requirements) if each.name != project["name"]]
        unmet = [
            str(each)
            for each in wanted
            if not each.specifier.contains(locked.get(canonicalize_name(each.name), "0.dev0"))
        ]
        assert unmet == [], f"run: python3 dev.py lock ({name})"
