"""Each broken folder gives its codes at their lines, and nothing else."""

from pathlib import Path

import pytest
from skolemerke.rounds import checking
from support.broken_folders import FOLDERS, FORM, ROUND, Folder
from support.installation import SHIPPED, install, running, write_plugin


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory):
    home = tmp_path_factory.mktemp("home")
    install(home, *SHIPPED)
    write_plugin(
        home, "broken", round__yaml=ROUND.replace("9000", "broken"), form__yaml=FORM.replace("title: A", "tit: A")
    )
    with running(home):
        yield home


def written(folder: Path, files: dict[str, str | bytes]) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "pyproject.toml").write_text(f'[project]\nname = "{folder.name}"\nversion = "1"\n', encoding="utf-8")
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


@pytest.mark.parametrize("case", FOLDERS, ids=lambda case: case.name)
def test_a_broken_folder_gives_its_codes_at_their_lines_and_nothing_else(
    home: Path, tmp_path: Path, case: Folder
) -> None:
    folder = written(tmp_path / case.name.replace("_", "-"), case.files)
    found = checking.check(folder)
    assert [f"{finding.file} {finding.code} {finding.line}" for finding in found] == list(case.expected), found
