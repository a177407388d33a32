"""The order of the rooms, as pyproject.toml states it, holds in the code and breaks where it should."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from support.house import ROOT

CLEAN = {
    "skolemerke/__init__.py": "",
    "skolemerke/toolkit.py": "from skolemerke import contract\n",
    "skolemerke/contract/__init__.py": "import skolemerke_forms\n",
    "skolemerke/clock.py": "import skolemerke.database\n",
    "skolemerke/database.py": "import sqlalchemy\n",
    "skolemerke/registry/__init__.py": "import skolemerke.clock\nimport skolemerke.contract\n",
    "skolemerke/web/__init__.py": "import skolemerke.registry\n",
    "skolemerke_forms/__init__.py": "",
}
LINTER = "from importlinter.cli import lint_imports_command; lint_imports_command()"
ORDER = "each room leans only on the rooms before it"
DOOR = "the door for plugins is no way for the core"
FORMS = "the forms know neither the core nor an application nor a database"


def _lint(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", LINTER, "--config", str(ROOT / "pyproject.toml"), "--no-cache", "--no-logo"]
    variables = {**os.environ, "PYTHONPATH": str(folder), "COLUMNS": "200", "NO_COLOR": "1"}
    return subprocess.run(command, cwd=folder, env=variables, check=False, capture_output=True, text=True)


def _written(folder: Path, files: dict[str, str]) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return folder


def test_the_code_keeps_every_contract() -> None:
    done = _lint(ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
    assert ", 0 broken." in done.stdout


def test_a_house_in_order_keeps_every_contract(tmp_path: Path) -> None:
    done = _lint(_written(tmp_path, CLEAN))
    assert ", 0 broken." in done.stdout


@pytest.mark.parametrize(
    ("file", "wrong_import", "contract"),
    [
        ("skolemerke/registry/__init__.py", "import skolemerke.web", ORDER),
        ("skolemerke/database.py", "from skolemerke import clock", ORDER),
        ("skolemerke/contract/__init__.py", "def later():\n    import skolemerke.registry", ORDER),
        ("skolemerke/room_without_a_place.py", "", ORDER),
        ("skolemerke/registry/__init__.py", "from skolemerke.toolkit import contract", DOOR),
        ("skolemerke_forms/__init__.py", "import skolemerke", FORMS),
        ("skolemerke_forms/__init__.py", "from flask import request", FORMS),
        ("skolemerke_forms/__init__.py", "import sqlalchemy.orm", FORMS),
    ],
)
def test_one_wrong_import_breaks_its_contract_and_no_other(
    tmp_path: Path, file: str, wrong_import: str, contract: str
) -> None:
    files = {**CLEAN, file: f"{CLEAN.get(file, '')}{wrong_import}\n"}
    done = _lint(_written(tmp_path, files))
    assert done.returncode == 1
    broken = [line.removesuffix(" BROKEN") for line in done.stdout.splitlines() if line.endswith(" BROKEN")]
    assert broken == [contract]
