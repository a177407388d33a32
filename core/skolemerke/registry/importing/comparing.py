"""Compares a staged file with its table: new, changed, the same, gone. Nothing is changed by it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from sqlalchemy import (
    Column,
    Index,
    Integer,
    Table,
    Text,
    and_,
    case,
    cast,
    exists,
    func,
    insert,
    not_,
    or_,
    select,
    true,
)

from skolemerke.bulk.store import Store
from skolemerke.registry.importing.report import FileCount, ImportRefused
from skolemerke.registry.importing.staging import Staged
from skolemerke.registry.importing.targets import Scope, Target

SHRINK_LIMIT = 5
"""More than one in five rows gone is taken for a mistake, unless it is said to be none."""


class State(IntEnum):
    """What a staged row is beside its table."""

    NEW = 0
    SAME = 1
    CHANGED = 2
    BACK = 3
    """It was gone."""


@dataclass(frozen=True)
class Difference:
    """What an import of one file would do.

    `fresh` says which lines are new (none: every one), `changed` holds new values, `gone` what is no longer named.
    """

    staged: Staged
    fresh: Table | None
    changed: Table
    gone: Table
    count: FileCount
    lines: int
    """The last line that was staged."""
    is_first: bool
    """The table was empty, and nobody works with the registry yet."""

    @property
    def changes(self) -> bool:
        """Whether anything is other than before."""
        return bool(self.count.new or self.count.changed or self.count.gone)


def compare(store: Store, staged: Staged, visible: int, scope: Scope | None, *, allow_shrink: bool) -> Difference:
    """Find out what is new, changed, the same and gone. Raises `ImportRefused` when too much would be gone."""
    return _Comparing(store, staged, visible, scope).difference(allow_shrink=allow_shrink)


def there(target: Target, visible: int) -> Any:
    """The condition of a stored row that readers see and that lists may change."""
    table = target.table.c
    return and_(table.since <= visible, table.until > visible, *_constant(target))


def _constant(target: Target) -> list[Any]:
    return [target.table.c[name] == value for name, value in target.constants.items()]


class _Comparing:
    def __init__(self, store: Store, staged: Staged, visible: int, scope: Scope | None) -> None:
        self._store, self._staged, self._visible = store, staged, visible
        self._target = staged.target
        self._present = there(self._target, visible)
        self._in_scope = true() if scope is None else self._target.of_agency(scope)
        self._has_scope = scope is not None

    def difference(self, *, allow_shrink: bool) -> Difference:
        execute, target = self._store.connection.execute, self._target
        # Two questions: one for both would read every row.
        rows = execute(select(func.count()).select_from(self._staged.rows)).scalar_one()
        lines = execute(select(func.coalesce(func.max(self._staged.rows.c.line), 0))).scalar_one()
        name = target.name
        found = self._store.table(
            f"found_{name}", Column("line", Integer, primary_key=True, autoincrement=False), Column("id", Integer),
            Column("state", Integer),
        )  # fmt: skip
        is_empty = execute(select(target.table.c.id).limit(1)).first() is None
        states: dict[int, int] = {}
        if not is_empty:
            execute(insert(found).from_select(["line", "id", "state"], self._states()))
            self._store.know_sizes(found)
            states = dict(execute(select(found.c.state, func.count()).group_by(found.c.state)).all())
        new = rows if is_empty else states.get(State.NEW, 0)
        changed = states.get(State.CHANGED, 0) + states.get(State.BACK, 0)
        matched = 0 if is_empty else rows - new - states.get(State.BACK, 0)
        gone, number_gone, present = self._gone(matched)
        if not allow_shrink and number_gone * SHRINK_LIMIT > present:
            raise ImportRefused(
                f"{target.file.name}: {number_gone} of {present} rows would be gone, more than 20 %: "
                "export the file again, or add --allow-shrink when that is right"
            )
        count = FileCount(
            file=target.file.name,
            rows=self._staged.source.count,
            new=new,
            changed=changed,
            same=rows - new - changed,
            gone=number_gone,
            rejected=self._staged.rejected,
        )
        fresh = None if new == rows else found
        return Difference(self._staged, fresh, self._changed(found), gone, count, lines, is_empty and not self._visible)

    def _states(self) -> Any:
        target, staged = self._target, self._staged.rows.c
        stored = target.table.c
        same_key = [stored[name] == staged[name] for name in target.key]
        differs = [self._stored(name).is_distinct_from(staged[name]) for name in target.values]
        state = case(
            (stored.id.is_(None), int(State.NEW)),
            (stored.until <= self._visible, int(State.BACK)),
            (or_(*differs), int(State.CHANGED)),
            else_=int(State.SAME),
        ).label("state")
        joined = self._staged.rows.outerjoin(
            target.table, and_(*same_key, stored.since <= self._visible, *_constant(target))
        )
        every = select(staged.line, stored.id, state).select_from(joined).subquery()
        return select(every.c.line, every.c.id, every.c.state).where(every.c.state != int(State.SAME))

    def _stored(self, name: str) -> Any:
        column = self._target.table.c[name]
        # JSON is compared as the text that it is; PostgreSQL knows no other way.
        return cast(column, Text) if name == "facts" else column

    def _changed(self, found: Table) -> Table:
        """The new values of changed rows by their numbers, so that the commit that applies them is short."""
        target, staged = self._target, self._staged.rows.c
        names = [*target.values, *target.carried]
        changed = self._store.table(
            f"changed_{target.name}", Column("id", Integer, primary_key=True, autoincrement=False),
            *(Column(name, staged[name].type) for name in names),
        )  # fmt: skip
        query = (
            select(found.c.id, *(staged[name] for name in names))
            .join(self._staged.rows, staged.line == found.c.line)
            .where(found.c.state >= int(State.CHANGED))
        )
        self._store.connection.execute(insert(changed).from_select(["id", *names], query))
        self._store.know_sizes(changed)
        return changed

    def _gone(self, matched: int) -> tuple[Table, int, int]:
        """The rows that are no longer named, how many they are, and how many there were."""
        execute, target, stored = self._store.connection.execute, self._target, self._target.table.c
        gone = self._store.table(
            f"gone_{target.name}", Column("line", Integer, primary_key=True, autoincrement=False), Column("id", Integer)
        )
        present = execute(
            select(func.count()).select_from(target.table).where(self._present, self._in_scope)
        ).scalar_one()
        if present == matched and not self._has_scope:
            return gone, 0, present
        self._index_key()
        unnamed = select(stored.id, func.row_number().over(order_by=stored.id)).where(
            self._present,
            self._in_scope,
            *(not_(self._named(table)) for table in (self._staged.rows, self._staged.held)),
        )
        execute(insert(gone).from_select(["id", "line"], unnamed))
        number = execute(select(func.count()).select_from(gone)).scalar_one()
        return gone, number, present

    def _named(self, table: Table) -> Any:
        same_key = [self._target.table.c[name] == table.c[name] for name in self._target.key]
        return exists(select(1).select_from(table).where(*same_key))

    def _index_key(self) -> None:
        for table in (self._staged.rows, self._staged.held):
            Index(f"ix_{table.name}_key", *(table.c[name] for name in self._target.key)).create(self._store.connection)
