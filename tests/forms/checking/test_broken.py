"""Each broken definition gives its codes at their lines, and nothing else; every code has one, and is documented."""

import re
from pathlib import Path

import pytest
from skolemerke.plugin_host.checking import CODES as FOLDER_CODES
from skolemerke.plugin_host.checking import RESERVED
from skolemerke_forms import codes
from skolemerke_forms.checking import check_text
from skolemerke_forms.codes import CODES, severity_of
from support.broken_folders import FOLDERS
from support.house import ROOT

BROKEN = sorted((Path(__file__).parent / "broken").glob("*.yaml"))


def expected(path: Path) -> list[str]:
    """The first line of a broken definition: `# code line`, separated by commas."""
    return path.read_text(encoding="utf-8").split("\n", maxsplit=1)[0].removeprefix("# ").split(", ")


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_a_broken_definition_gives_its_code_at_its_line_and_nothing_else(path: Path) -> None:
    found = check_text(path.read_text(encoding="utf-8"), reserved_sections=RESERVED)
    assert [f"{finding.code} {finding.line}" for finding in found] == expected(path)
    assert [finding.severity for finding in found] == [severity_of(finding.code) for finding in found]
    assert all(len(finding.message) > 15 for finding in found)


def test_every_code_has_a_broken_definition_or_folder() -> None:
    of_files = {line.split()[0] for path in BROKEN for line in expected(path)}
    of_folders = {line.split()[1] for case in FOLDERS for line in case.expected}
    assert len(BROKEN) >= 60
    assert sorted(of_files | of_folders) == sorted(CODES | FOLDER_CODES)


def test_every_code_is_documented_with_an_example_and_a_fix_and_no_other() -> None:
    page = (ROOT / "docs" / "checking.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| (.+) \| (.+) \| (.+) \|$", page, re.MULTILINE)
    assert sorted(row[0] for row in rows) == sorted(CODES | FOLDER_CODES)
    assert all(cell.strip() for row in rows for cell in row)


def test_the_documentation_says_which_codes_are_warnings() -> None:
    page = (ROOT / "docs" / "checking.md").read_text(encoding="utf-8")
    part = page.split("## Warnings")[1].split("\n## ")[0]
    assert sorted(re.findall(r"^\| `(\w+)`", part, re.MULTILINE)) == sorted(codes.WARNINGS)
