"""Beginning a new round plugin from one that is installed."""

from __future__ import annotations

import re
from pathlib import Path

from skolemerke.config import current_config
from skolemerke.rounds import queries
from skolemerke.rounds.operations import RoundRefusal

ROUND_NAME = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,39}")

PYPROJECT = """[build-system]
requires = ["hatchling>=1.27"]
build-backend = "hatchling.build"

[project]
name = "round-{name}"
version = "0.1.0"
description = "The round {name} of the eTwinning School Label"
requires-python = ">=3.11"
dependencies = ["skolemerke"]

[project.entry-points.skolemerke]
round-{name} = "{module}"

[tool.skolemerke]
contract = 1

[tool.hatch.build.targets.wheel]
only-include = ["pyproject.toml", "round.yaml", "texts"]
[tool.hatch.build.targets.wheel.sources]
"" = "{module}"
"""

ROUND = """# Only what differs from {parent}. Check it with: skolemerke rounds check round-{name}
round: "{name}"
extends: "{parent}"
title: eTwinning School Label {name}
calendar:
  # The dates of {parent}, to be replaced. A date that no source states is an assumption: say so under sources.
{calendar}
sources:
  - about: calendar
    certainty: assumption
    note: The dates stand here as those of {parent}; state those of this round.
"""

TEXTS = """language: {language}
texts:
  round: {{title: eTwinning-skole-merket {name}}}
"""


def begin_round(name: str, parent: str) -> Path:
    """Write a folder that extends `parent`; returns it. Raises `RoundRefusal` when it is there already."""
    if not ROUND_NAME.fullmatch(name):
        raise RoundRefusal(f"'{name}' can't name a round: letters, digits, '.', '_' and '-' only, at most 40")
    if name in queries.known_rounds():
        raise RoundRefusal(f"round {name} exists already: choose another name")
    calendar = queries.calendar_of(parent).model_dump(mode="json")
    folder = current_config().plugins / f"round-{name}"
    if folder.exists():
        raise RoundRefusal(f"{folder} exists already: remove it or choose another name")
    (folder / "texts").mkdir(parents=True)
    module = "round_" + re.sub(r"\W", "_", name)
    (folder / "pyproject.toml").write_text(PYPROJECT.format(name=name, module=module), encoding="utf-8")
    lines = "\n".join(f"  {key}: {_yaml(value)}" for key, value in calendar.items())
    (folder / "round.yaml").write_text(ROUND.format(name=name, parent=parent, calendar=lines), encoding="utf-8")
    for language in ("nb", "nn"):
        texts = TEXTS.format(language=language, name=name)
        (folder / "texts" / f"{language}.yaml").write_text(texts, encoding="utf-8")
    return folder


def _yaml(value: object) -> str:
    return "[" + ", ".join(map(str, value)) + "]" if isinstance(value, list) else str(value)
