"""One archive of an installation: its database, evidence and settings, consistent with each other.

The database is copied first: evidence is written before its row and never overwritten, so every row of the copy
has its file.
"""

from __future__ import annotations

import os
import sqlite3
import tarfile
import tempfile
from contextlib import closing
from pathlib import Path

from skolemerke import database
from skolemerke.config import ConfigFault, current_config

DATABASE = "skolemerke.db"
SETTINGS = ("config.toml", "secret_key", "clock.json", "demo.json")


def backup(file: Path) -> dict[str, int]:
    """Write the archive; it appears under its name only when it is whole. Raises `ConfigFault`."""
    engine = database.current().engine
    if engine.dialect.name != "sqlite":
        raise ConfigFault(
            "this installation keeps its data in PostgreSQL: use pg_dump, and copy instance/evidence after it"
        )
    instance = current_config().instance
    part = file.with_name(file.name + ".part")
    with tempfile.TemporaryDirectory(dir=instance) as folder:
        copy = Path(folder) / DATABASE
        with closing(sqlite3.connect(str(engine.url.database))) as source, closing(sqlite3.connect(copy)) as target:
            source.backup(target)
        evidence = sorted(path for path in (instance / "evidence").glob("*") if path.is_file())
        with tarfile.open(part, "w:gz") as archive:
            archive.add(copy, DATABASE)
            for name in SETTINGS:
                if (instance / name).is_file():
                    archive.add(instance / name, name)
            for path in evidence:
                archive.add(path, f"evidence/{path.name}")
    with part.open("rb") as written:
        os.fsync(written.fileno())
    part.replace(file)
    return {"evidence": len(evidence)}


def restore(file: Path, home: Path) -> dict[str, int]:
    """Put an archive into the instance of `home`, whole or not at all. Raises `ConfigFault`."""
    instance = home / "instance"
    if (instance / DATABASE).exists():
        raise ConfigFault(f"{instance} holds a database already: restore into an empty folder (SKOLEMERKE_HOME)")
    instance.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=instance) as folder:
        try:
            with tarfile.open(file, "r:gz") as archive:
                archive.extractall(folder, filter="data")
        except (tarfile.TarError, EOFError, OSError) as error:
            raise ConfigFault(f"{file} is not a backup of ours, or is cut off: {error}") from error
        unpacked = Path(folder)
        _require_whole(unpacked / DATABASE, file)
        evidence = list((unpacked / "evidence").glob("*")) if (unpacked / "evidence").is_dir() else []
        (instance / "evidence").mkdir(exist_ok=True)
        for path in evidence:
            path.replace(instance / "evidence" / path.name)
        for name in SETTINGS:
            if (unpacked / name).is_file():
                (unpacked / name).replace(instance / name)
        # The database last: an instance without it is one that was not restored.
        (unpacked / DATABASE).replace(instance / DATABASE)
    return {"evidence": len(evidence)}


def _require_whole(path: Path, file: Path) -> None:
    if not path.is_file():
        raise ConfigFault(f"{file} holds no {DATABASE}: it is not a backup of ours")
    with closing(sqlite3.connect(path)) as connection:
        found = connection.execute("PRAGMA integrity_check").fetchone()
    if found != ("ok",):
        raise ConfigFault(f"the database in {file} is damaged: {found[0]}")
