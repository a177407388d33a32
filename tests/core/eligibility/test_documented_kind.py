"""The kind of criterion that the documentation for plugin authors shows is a plugin that works."""

import re
from pathlib import Path

from skolemerke.eligibility import queries
from skolemerke.eligibility.kinds import criterion_kinds
from skolemerke.eligibility.operations import check
from skolemerke.rounds.composition import host
from support.house import ROOT
from support.installation import SHIPPED, install, running
from support.registry_files import SMALL
from support.screened import ROUND, school, small_registry

GUIDE = (ROOT / "docs" / "plugin-authors.md").read_text(encoding="utf-8")
FILE = re.compile(r"^`plugins/([\w./-]+)`\n\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def write_documented(home: Path) -> Path:
    """Write the files of the documentation's example as they stand there."""
    files = dict(FILE.findall(GUIDE))
    assert sorted(Path(name).name for name in files) == ["overlay.yaml", "plugin.py", "pyproject.toml"]
    for name, text in files.items():
        path = home / "plugins" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return home


def test_the_documented_kind_is_checked_and_explained(tmp_path: Path, database_url: str) -> None:
    with running(write_documented(install(tmp_path, *SHIPPED)), database_url):
        assert [plugin.fault for plugin in host().plugins if plugin.fault] == []
        small_registry(tmp_path / "files", memberships=[*SMALL["memberships"], "P2,T6,SE2,2019-01-01"])
        report = check(ROUND)
        assert [vars(count) for count in report.criteria if count.id == "european_project"] == [
            {"id": "european_project", "met": 1, "not_met": 1, "unclear": 0}
        ]
        shown = [queries.explain(ROUND, school(name), "en").criteria[-1] for name in ("SE1", "SE2")]
        assert [(result.verdict.word, result.found, result.required) for result in shown] == [
            ("met", "1", "1"),
            ("not_met", "0", "1"),
        ]
        assert shown[0].sentence == (
            "European projects joined from 1 January 2018 to 9 November 2020: 1; at least 1 were needed."
        )
        assert "To qualify, teachers of the school had to join at least 1 in that time." in shown[1].sentence
        norwegian = queries.explain(ROUND, school("SE1"), "nn").criteria[-1].sentence
        assert norwegian == "Europeiske prosjekter fra 1. januar 2018 til 9. november 2020: 1. Det trengtes minst 1."
        assert queries.explain(ROUND, school("NO1"), "en").criteria[-1].id == "quality_label"


def test_every_kind_of_the_core_is_documented_with_its_sql_and_limits() -> None:
    for kind in criterion_kinds():
        part = GUIDE.partition(f"**`{kind.id}`**")[2].partition("\n**`")[0]
        assert "```sql" in part, kind.id
        assert "Limits:" in part, kind.id
