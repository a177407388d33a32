"""A check that is killed leaves nothing that anybody sees, and the next one ends as if nothing had been."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from skolemerke.registry.generating import generate
from support import postgres
from support.house import ROOT
from support.installation import SHIPPED, install


def killed(folder: Path, url: str, other: str, times: int) -> dict[str, Any]:
    home, files = install(folder, *SHIPPED), folder / "files"
    generate(files, schools=120, seed=3)
    paths = os.pathsep.join([str(ROOT / "core"), str(ROOT / "forms"), str(ROOT / "tests")])
    words = ["-m", "support.killed_checks", str(home), url, other, str(files), str(times)]
    done = subprocess.run(
        [sys.executable, *words], check=False, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": paths}
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_a_check_killed_at_six_places_shows_nothing_and_the_next_one_ends_as_if_undisturbed(tmp_path: Path) -> None:
    found = killed(tmp_path, f"sqlite:///{tmp_path / 'a.sqlite'}", f"sqlite:///{tmp_path / 'b.sqlite'}", 6)
    assert found["seen"] == [[True, "old"]] * 6
    assert (found["visible"], found["same"]) == ("new", True)
    assert (found["rows"][0], found["rows"][2]) == (240, 2), "the runs that were broken off are taken back"
    assert found["hidden"] == 120, "readers who did not ask for shown runs would have seen a run that is not there"


@pytest.mark.postgres
def test_the_same_holds_on_postgresql(tmp_path: Path, postgres_server: postgres.Server) -> None:
    with postgres_server.fresh_database() as url, postgres_server.fresh_database() as other:
        found = killed(tmp_path, url, other, 3)
    assert found["seen"] == [[True, "old"]] * 3
    assert (found["visible"], found["same"], found["rows"][0]) == ("new", True, 240)
