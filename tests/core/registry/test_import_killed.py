"""An import that is killed leaves nothing that anybody sees, and the next one ends as if nothing had been."""

import csv
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
from support.installation import install


def rewrite(source: Path, target: Path) -> None:
    """Write a registry a year later: some rows gone, some changed, some new, some back."""
    target.mkdir()
    for path in sorted(source.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            header, *rows = csv.reader(file)
        kept = [row for at, row in enumerate(rows) if at % 11 != 4]
        for row in kept[::7]:
            column = next((header.index(name) for name in ("name", "title", "region") if name in header), None)
            if column is not None:
                row[column] += " new"
        with (target / path.name).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([header, *kept])


def killed(home: Path, url: str, other: str, times: int) -> dict[str, Any]:
    """Start from a registry from which rows are gone, so that the import brings some back."""
    whole, later = home / "whole", home / "later"
    generate(whole, schools=90, seed=3)
    rewrite(whole, later)
    paths = os.pathsep.join([str(ROOT / "core"), str(ROOT / "forms"), str(ROOT / "tests")])
    words = ["-m", "support.killed_imports", str(home), url, other, str(later), str(whole), str(times)]
    done = subprocess.run(
        [sys.executable, *words], check=False, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": paths}
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_an_import_killed_at_twenty_places_shows_nothing_half_and_the_next_one_ends_as_if_undisturbed(
    tmp_path: Path,
) -> None:
    home = install(tmp_path)
    found = killed(home, f"sqlite:///{tmp_path / 'a.sqlite'}", f"sqlite:///{tmp_path / 'b.sqlite'}", 10)
    assert found["seen"] == [[True, "old"]] * 20
    assert (found["visible"], found["same"]) == ("new", True)
    assert found["rows"] > 1000
    assert found["hidden"] > 100, "readers who did not ask would have seen half an import"


@pytest.mark.postgres
def test_the_same_holds_on_postgresql(tmp_path: Path, postgres_server: postgres.Server) -> None:
    with postgres_server.fresh_database() as url, postgres_server.fresh_database() as other:
        found = killed(install(tmp_path), url, other, 3)
    assert found["seen"] == [[True, "old"]] * 6
    assert (found["visible"], found["same"]) == ("new", True)
