"""Merges what was compared: in short slices under a number that nobody sees, made visible by one commit.

New rows are written with the number as their `since`, rows that are gone get it as their `until`; neither changes
what readers see. Between slices others write. The last commit applies the new values of changed rows and writes the
import's line: from then on its number counts. Whatever a broken-off import left behind is invisible, and the
next one takes it back first.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
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

from skolemerke.bulk.slices import Slices
from skolemerke.bulk.store import Store
from skolemerke.database import table_of
from skolemerke.registry.importing import putting_off
from skolemerke.registry.importing.comparing import Difference, State
from skolemerke.registry.importing.targets import TARGETS
from skolemerke.registry.models import FOREVER, Person, Project, School


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
    with putting_off.until_the_end(store, difference):
        if difference.count.new:
            slices.run(f"storing {file}", difference.lines, _adding(store, difference, number))
    end = update(difference.staged.target.table).values(until=number)
    _over(slices, f"ending what {file} no longer names", difference.count.gone, end, difference.gone)


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
