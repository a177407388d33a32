"""Installations of a test: a home with plugins, and the application on it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from textwrap import dedent

from flask import Flask
from skolemerke import database
from skolemerke.app import create_app
from skolemerke.config import load_config

from support.house import ROOT
from support.sharing import share_statements, share_templates, shared_rules
from support.tables import lay_tables

SHIPPED = ("etwinning-2018-2019", "etwinning-2019-2020", "etwinning-2020-2021", "etwinning-2021-2022")
SECOND = ("etwinning-2023-2024", "etwinning-2024-2025", "etwinning-2025-2026", "etwinning-2026-2027")
WAIVER = "covid-19-promotion"
IN_THE_ROUND = "2020-12-01T09:00:00+01:00"


def install(home: Path, *plugins: str) -> Path:
    """Copy shipped plugins into the home's folder of plugins."""
    for name in plugins:
        shutil.copytree(ROOT / "plugins" / name, home / "plugins" / name, ignore=shutil.ignore_patterns("__pycache__"))
    (home / "plugins").mkdir(parents=True, exist_ok=True)
    return home


def write_plugin(home: Path, name: str, *, contract: int = 1, **files: str) -> Path:
    """Write a plugin folder; a file's name is given with `__` for the point, such as `plugin__py`."""
    folder = home / "plugins" / name
    (folder / "texts").mkdir(parents=True, exist_ok=True)
    project = f'[project]\nname = "{name}"\nversion = "1.0"\n[tool.skolemerke]\ncontract = {contract}\n'
    (folder / "pyproject.toml").write_text(project, encoding="utf-8")
    for file, text in files.items():
        path = folder / file.replace("___", "/").replace("__", ".")
        path.write_text(dedent(text), encoding="utf-8")
    return folder


@contextmanager
def running(
    home: Path, url: str = "", now: str = IN_THE_ROUND, *, faces: bool = True, **settings: str
) -> Iterator[Flask]:
    """The application of a home, in its context; without `faces` it has no pages and is made faster."""
    environ = {"SKOLEMERKE_CLOCK": now, **{f"SKOLEMERKE_{name.upper()}": value for name, value in settings.items()}}
    if url:
        environ["SKOLEMERKE_DATABASE_URL"] = url
    config = load_config(home, environ)
    lay_tables(config)
    with shared_rules():
        app = create_app(config, distributions=False, faces=faces)
    share_statements(app.extensions[database.EXTENSION])
    if faces:
        share_templates(app)
    with app.app_context():
        try:
            yield app
        finally:
            app.extensions[database.EXTENSION].close()
