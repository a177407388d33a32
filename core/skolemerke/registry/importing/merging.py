"""Merges what was compared: in short slices under a number that nobody sees, made visible by one commit.

New rows are written with the number as their `since`, rows that are gone get it as their `until`; neither changes
what readers see. Between slices others write. The last commit applies the new values of changed rows and writes the
import's line: from then on its number counts. Whatever a broken-off import left behind is invisible, and the
next one takes it back first.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Column,
    Integer,
    Table,
    and_,
    cast,
    delete,
    func,
    insert,
    literal,
    select,
    text,
    update,
)
from sqlalchemy.schema import CreateIndex

from skolemerke.database import table_of
from skolemerke.registry.importing.comparing import Difference, State
from skolemerke.registry.importing.progress import Meter
from skolemerke.registry.importing.store import Store
from skolemerke.registry.importing.targets import TARGETS
from skolemerke.registry.models import FOREVER, Person, Project, School

SETTLE_EVERY = 12
"""So many slices change the same pages of an index again and again before they are brought into the database."""


@dataclass(frozen=True)
class Pace:
    """How long one slice may keep others from writing, and how long they are then let in (seconds, rows)."""

    slice_seconds: float = 0.05
    """What is aimed at: half of what is promised, since what lies ahead may be slower than what was measured."""
    pause_seconds: float = 0.01
    first_rows: int = 2_000
    least_rows: int = 1_000
    most_rows: int = 50_000


class Slices:
    """Writes many rows slice by slice; how many at once is learned from how long the last slice took."""

    def __init__(self, store: Store, pace: Pace, meter: Meter) -> None:
        self._store, self._pace, self._meter = store, pace, meter
        self._rows = pace.first_rows
        self._count = 0
        self.longest = 0.0

    def run(self, doing: str, last: int, statement: Callable[[int, int], Any]) -> None:
        """Run `statement(after, up_to)` over the lines 1 to `last`."""
        after = 0
        while after < last:
            up_to = min(after + self._rows, last)
            begun = time.monotonic()
            with self._store.writing():
                self._store.connection.execute(statement(after, up_to))
            took = time.monotonic() - begun
            self._adapt(took)
            after = up_to
            self._count += 1
            if self._count % SETTLE_EVERY == 0 or after == last:
                self._store.settle_log()
            self._meter.step(doing, after, last)
            time.sleep(self._pace.pause_seconds)

    def _adapt(self, took: float) -> None:
        self.longest = max(self.longest, took)
        wanted = self._rows * self._pace.slice_seconds / max(took, 0.001)
        # Half the step up, the whole step down.
        rows = min((self._rows + wanted) / 2, wanted)
        self._rows = int(min(max(rows, self._pace.least_rows), self._pace.most_rows))


def take_back(store: Store, visible: int, slices: Slices) -> None:
    """Remove what a broken-off import left behind."""
    with store.preparing():
        numbers = store.table(
            "leftover", Column("line", Integer, primary_key=True, autoincrement=False), Column("id", Integer)
        )
    tables = [*(target.table for target in reversed(TARGETS)), table_of(Person)]
    with store.quick_deletes():
        for table in tables:
            last = _number(store, numbers, table, table.c.since > visible)
            _over(slices, f"taking back {table.name}", last, delete(table), numbers)
        for table in tables[:-1]:
            last = _number(store, numbers, table, and_(table.c.until > visible, table.c.until < FOREVER))
            _over(slices, f"taking back {table.name}", last, update(table).values(until=FOREVER), numbers)


def _number(store: Store, numbers: Table, table: Table, condition: Any) -> int:
    """Number the rows of a table; says how many there are."""
    with store.preparing():
        store.connection.execute(delete(numbers))
        found = select(table.c.id, func.row_number().over(order_by=table.c.id)).where(condition)
        store.connection.execute(insert(numbers).from_select(["id", "line"], found))
        return store.connection.scalar(select(func.max(numbers.c.line))) or 0


def _over(slices: Slices, doing: str, last: int, statement: Any, numbers: Table) -> None:
    """Run a statement over numbered rows."""
    table = statement.table
    slices.run(doing, last, lambda after, up_to: statement.where(_within(table, numbers, after, up_to)))


def _within(table: Table, numbers: Table, after: int, up_to: int) -> Any:
    return table.c.id.in_(select(numbers.c.id).where(numbers.c.line > after, numbers.c.line <= up_to))


def add_persons(slices: Slices, persons: Table, last: int, number: int) -> None:
    """Write the persons that are new, unseen."""
    columns = [persons.c.id, persons.c.teacher_id, literal(number)]

    def add(after: int, up_to: int) -> Any:
        lines = select(*columns).where(persons.c.line > after, persons.c.line <= up_to).order_by(persons.c.line)
        return insert(table_of(Person)).from_select(["id", "teacher_id", "since"], lines)

    slices.run("storing persons", last, add)


def merge(store: Store, slices: Slices, difference: Difference, number: int) -> None:
    """Write what is new and end what is gone, unseen."""
    file = difference.staged.target.file.name
    with _indexes_at_the_end(store, difference):
        if difference.count.new:
            slices.run(f"storing {file}", difference.lines, _adding(store, difference, number))
    end = update(difference.staged.target.table).values(until=number)
    _over(slices, f"ending what {file} no longer names", difference.count.gone, end, difference.gone)


@contextmanager
def _indexes_at_the_end(store: Store, difference: Difference) -> Iterator[None]:
    """Let an empty table be filled without its indexes: to build them at the end takes a third of the time.

    That end is one long slice, which only the first import of all has. When it is never reached,
    `restore_indexes` makes up for it.
    """
    indexes = difference.staged.target.table.indexes if difference.is_first else ()
    with store.writing():
        for index in indexes:
            index.drop(store.connection)
    yield
    for index in indexes:
        with store.writing():
            index.create(store.connection)


def restore_indexes(store: Store) -> None:
    """Build the indexes that a first import had put off when it was broken off."""
    for target in TARGETS:
        for index in target.table.indexes:
            with store.writing():
                # SQLAlchemy's own look would miss an index of an expression.
                store.connection.execute(CreateIndex(index, if_not_exists=True))


def _adding(store: Store, difference: Difference, number: int) -> Callable[[int, int], Any]:
    target, staged, found = difference.staged.target, difference.staged.rows, difference.fresh
    own = [*(["id"] if target.numbered else []), *target.columns]
    names = [*own, *target.constants, "since", "until"]
    constants = [literal(value) for value in (*target.constants.values(), number, FOREVER)]
    query = select(*(_stored_as(store, target.table, staged, name) for name in own), *constants)
    if found is not None:
        query = query.select_from(found.join(staged, staged.c.line == found.c.line))
        query = query.where(found.c.state == int(State.NEW))
    line = staged.c.line if found is None else found.c.line

    def add(after: int, up_to: int) -> Any:
        lines = query.where(line > after, line <= up_to).order_by(line)
        return insert(target.table).from_select(names, lines)

    return add


def _stored_as(store: Store, table: Table, staged: Table, name: str) -> Any:
    # SQLite keeps JSON as text and would make a number of it if it were cast.
    return cast(staged.c[name], table.c[name].type) if name == "facts" and not store.is_sqlite else staged.c[name]


def apply_changes(store: Store, differences: Sequence[Difference]) -> None:
    """Give changed rows their new values, within the commit that makes the import visible."""
    for difference in differences:
        if not difference.count.changed:
            continue
        table, changed = difference.staged.target.table, difference.changed
        values = {
            column.name: _stored_as(store, table, changed, column.name) for column in changed.c if column.name != "id"
        }
        store.connection.execute(
            update(table)
            .values(**values, until=FOREVER)
            .where(table.c.id == changed.c.id, table.c.id.in_(select(changed.c.id)))
        )


def set_counters(store: Store) -> None:
    """Let PostgreSQL give numbers after those that were given here."""
    if store.is_sqlite:
        return
    for table in map(table_of, (School, Person, Project)):
        highest = select(func.coalesce(func.max(table.c.id), 0) + 1).scalar_subquery()
        store.connection.execute(
            select(func.setval(func.pg_get_serial_sequence(table.name, "id"), highest, text("false")))
        )
