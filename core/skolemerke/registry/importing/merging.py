"""Merges the rows of one file with those that are stored: new, changed, the same, gone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import Table, bindparam, insert, select, update
from sqlalchemy.orm import Session

from skolemerke.database import table_of
from skolemerke.registry.importing.cells import RowFault, short
from skolemerke.registry.importing.parents import Parents
from skolemerke.registry.importing.reading import Key, ReadFile
from skolemerke.registry.importing.report import FileCount, ImportRefused
from skolemerke.registry.importing.targets import DECIDED, Target, Values
from skolemerke.registry.models import FOREVER, SchoolLabel, Teacher

AT_ONCE = 5_000
SHRINK_LIMIT = 5
"""More than one in five rows gone is taken for a mistake, unless it is said to be none."""


def merge(
    session: Session,
    target: Target,
    read: ReadFile,
    parents: Parents,
    *,
    agency_id: int | None = None,
    allow_shrink: bool = False,
) -> FileCount:
    """Store what a file holds and mark what it no longer holds. Rejects rows of unknown parents in `read`.

    With an agency the file is the full set of that agency's schools only. Raises `ImportRefused` when too
    much would be gone.
    """
    if target.model is Teacher:
        parents.add_persons(teacher for (teacher, school) in read.rows if school in parents.schools)
    if target.model is SchoolLabel:
        _reject_decided(session, read)
    incoming = _incoming(target, read, parents)
    merging = _Merging(session, target, agency_id)
    merging.compare(incoming, _held(target, read, parents))
    if not allow_shrink:
        merging.refuse_shrinking()
    merging.store()
    return FileCount(
        file=target.file.name,
        rows=read.count,
        new=len(merging.new),
        changed=len(merging.changed),
        same=len(incoming) - len(merging.new) - len(merging.changed),
        gone=len(merging.gone),
        rejected=len(read.rejections),
    )


def _incoming(target: Target, read: ReadFile, parents: Parents) -> dict[Values, Values]:
    """The rows by key; those that name an unknown parent are rejected."""
    incoming: dict[Values, Values] = {}
    for key, row in list(read.rows.items()):
        try:
            incoming[target.key_of(parents, key)] = target.values_of(parents, row.values)
        except RowFault as fault:
            read.reject(row, key, str(fault))
    return incoming


def _held(target: Target, read: ReadFile, parents: Parents) -> set[Values]:
    held = set()
    for key in read.held:
        try:
            held.add(target.key_of(parents, key))
        except RowFault:
            continue
    return held


def _reject_decided(session: Session, read: ReadFile) -> None:
    """A label that was decided here is no business of a list, even of one that names it."""
    for certificate in session.scalars(select(SchoolLabel.certificate).where(SchoolLabel.origin == DECIDED)):
        key: Key = (certificate,)
        row = read.rows.pop(key, None)
        if row is not None:
            read.reject(row, key, f"label_id {short(certificate)} is that of a label that was decided here")


class _Merging:
    """The comparison of one file with its table."""

    def __init__(self, session: Session, target: Target, agency_id: int | None) -> None:
        self._session = session
        self._target = target
        self._agency_id = agency_id
        self._table: Table = table_of(target.model)
        self._present = 0
        self.new: list[tuple[Values, Values]] = []
        self.changed: list[tuple[int, Values]] = []
        self.gone: list[int] = []

    def compare(self, incoming: dict[Values, Values], held: set[Values]) -> None:
        """Find out what is new, changed and gone."""
        scope = self._scope()
        width = len(self._target.key)
        seen = set()
        for number, until, *stored in self._stored():
            gone = until != FOREVER
            key, values = tuple(stored[:width]), tuple(stored[width:])
            in_scope = not gone and (scope is None or number in scope)
            self._present += in_scope
            found = incoming.get(key)
            if found is not None:
                seen.add(key)
                if gone or found != values:
                    self.changed.append((number, found))
            elif in_scope and key not in held:
                self.gone.append(number)
        self.new = [(key, values) for key, values in incoming.items() if key not in seen]

    def refuse_shrinking(self) -> None:
        """Raise `ImportRefused` when more would be gone than an oversight could explain."""
        if len(self.gone) * SHRINK_LIMIT > self._present:
            raise ImportRefused(
                f"{self._target.file.name}: {len(self.gone)} of {self._present} rows would be gone, more than 20 %: "
                "export the file again, or add --allow-shrink when that is right"
            )

    def store(self) -> None:
        """Write it all, many rows at once."""
        target, table = self._target, self._table
        constants = {**target.constants, "until": FOREVER}
        names = (*target.key, *target.values)
        self._execute(
            insert(table), ({**dict(zip(names, (*key, *values), strict=True)), **constants} for key, values in self.new)
        )
        change = update(table).where(table.c.id == bindparam("number"))
        values_set = change.values({name: bindparam(f"to_{name}") for name in target.values} | {"until": FOREVER})
        to_names = ["number", *(f"to_{name}" for name in target.values)]
        self._execute(
            values_set, (dict(zip(to_names, (number, *values), strict=True)) for number, values in self.changed)
        )
        self._execute(change.values(until=0), ({"number": number} for number in self.gone))

    def _stored(self) -> Iterable[Sequence[Any]]:
        columns = [self._table.c[name] for name in ("id", "until", *self._target.key, *self._target.values)]
        statement = select(*columns)
        for name, value in self._target.constants.items():
            statement = statement.where(self._table.c[name] == value)
        return self._session.execute(statement.execution_options(yield_per=AT_ONCE))

    def _scope(self) -> set[int] | None:
        if self._agency_id is None:
            return None
        statement = select(self._table.c.id).where(self._target.of_agency(self._agency_id))
        return set(self._session.scalars(statement))

    def _execute(self, statement: Any, rows: Iterable[dict[str, Any]]) -> None:
        connection = self._session.connection()
        for batch in _batches(rows):
            connection.execute(statement, batch)


def _batches(rows: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    remaining = iter(rows)
    while batch := list(islice(remaining, AT_ONCE)):
        yield batch
