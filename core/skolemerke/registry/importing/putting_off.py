"""What an empty table does without while it is filled: to make it at the end takes a third of the time, or less.

That are its indexes, and on PostgreSQL its references and unique keys too, which are looked up row by row there.
Whoever is named was found or made by the import, and what is made at the end proves it. That end is one long slice,
which only the first import of all has. When it is never reached, `restore` makes up for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, ForeignKeyConstraint, Index, Table, UniqueConstraint
from sqlalchemy.schema import AddConstraint, DropConstraint

from skolemerke.bulk.store import Store
from skolemerke.registry.importing.comparing import Difference
from skolemerke.registry.importing.targets import TARGETS

Part = Index | ForeignKeyConstraint | UniqueConstraint


@contextmanager
def until_the_end(store: Store, difference: Difference) -> Iterator[None]:
    """Fill a table without its indexes, references and unique keys where nobody works with the registry yet."""
    parts = _parts(store, difference.staged.target.table) if difference.is_first else []
    if parts:
        with store.writing():
            for part in parts:
                _drop(store.connection, part)
    yield
    for part in parts:
        with store.writing():
            _make(store.connection, part)


def restore(store: Store) -> None:
    """Make what a first import had put off when it was broken off."""
    with store.preparing():
        there = store.indexes() | store.constraints()
    for part in (part for target in TARGETS for part in _parts(store, target.table) if part.name not in there):
        with store.writing():
            _make(store.connection, part)


def _parts(store: Store, table: Table) -> list[Part]:
    """In the order in which they are made."""
    parts: list[Part] = sorted(table.indexes, key=_name)
    if not store.is_sqlite:  # it can't add the others to a table that is there
        parts += sorted((one for one in table.constraints if isinstance(one, UniqueConstraint)), key=_name)
        parts += sorted((one for one in table.constraints if isinstance(one, ForeignKeyConstraint)), key=_name)
    return parts


def _name(part: Part) -> str:
    return str(part.name)


def _drop(connection: Connection, part: Part) -> None:
    if isinstance(part, Index):
        part.drop(connection)
    else:
        connection.execute(DropConstraint(part))


def _make(connection: Connection, part: Part) -> None:
    if isinstance(part, Index):
        part.create(connection)
    else:
        connection.execute(AddConstraint(part, isolate_from_table=False))
