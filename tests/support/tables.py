"""Databases that have their tables already.

The migrations run once on each kind of database in a process of tests; what they made is copied for every installation.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from skolemerke import database
from skolemerke.app import create_app
from skolemerke.config import Config, load_config
from sqlalchemy import make_url

from support.postgres import Server


def lay_tables(config: Config) -> None:
    """Give an installation on SQLite that has no database yet one with all tables and no rows."""
    url = make_url(config.database)
    path = Path(url.database or "")
    if url.get_backend_name() == "sqlite" and not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_of_sqlite())


@contextmanager
def database_with_tables(server: Server) -> Iterator[str]:
    """The address of a new PostgreSQL database with all tables and no rows; dropped afterwards."""
    with server.fresh_database(template=_of_postgres(server)) as url:
        yield url


@cache
def _of_sqlite() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        config = load_config(Path(folder), {})
        _migrate(config)
        return Path(make_url(config.database).database or "").read_bytes()


@cache
def _of_postgres(server: Server) -> str:
    """The name of a database that nobody writes to; it goes with its server."""
    name = "with_tables"
    server.create(name)
    with tempfile.TemporaryDirectory() as folder:
        _migrate(load_config(Path(folder), {"SKOLEMERKE_DATABASE_URL": server.url(name)}))
    return name


def _migrate(config: Config) -> None:
    app = create_app(config, distributions=False, faces=False)
    # The last connection that is closed takes what is in SQLite's log into the file.
    app.extensions[database.EXTENSION].close()
