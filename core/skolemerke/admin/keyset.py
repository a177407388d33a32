"""Pages of a long list that cost the same wherever they stand: each begins where another ended.

Nothing is skipped and nothing is counted to the end. An order is that of one indexed column and, among equals, of the
unique key. A page is named by the key of the row beside it, a plain number: no text of a person stands in an address.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

Side = Literal["first", "after", "before", "last"]
LAST_LETTER = "\U0010ffff"
COUNTED = 10_000


@dataclass(frozen=True)
class Order:
    """The order of a list: by `by`, then by `key`, both up or both down; without `by` by the key alone.

    `by` has to be a column, or an expression of it, that is never null and that an index begins with.
    """

    key: ColumnElement[Any]
    by: ColumnElement[Any] | None = None
    descending: bool = False

    def clauses(self, *, backwards: bool = False) -> list[ColumnElement[Any]]:
        """What a statement is ordered by; `backwards` from the end."""
        down = self.descending != backwards
        columns = [self.key] if self.by is None else [self.by, self.key]
        return [column.desc() if down else column.asc() for column in columns]

    def beyond(self, row: Sequence[Any], *, backwards: bool = False) -> ColumnElement[bool]:
        """The rows after one of which `by` and key are known; `backwards` those before it."""
        down = self.descending != backwards
        by, key = row
        past_key: ColumnElement[bool] = self.key < key if down else self.key > key
        if self.by is None:
            return past_key
        # Not as one comparison of pairs: SQLite finds no index of an expression for that.
        if down:
            return and_(self.by <= by, or_(self.by < by, past_key))
        return and_(self.by >= by, or_(self.by > by, past_key))


@dataclass(frozen=True)
class Place:
    """Which page: the first, the last, or that after or before the row with a key."""

    side: Side = "first"
    key: int | None = None


@dataclass(frozen=True)
class Turned:
    """The keys of a page, in their order; the keys of the rows beside which the neighbouring pages stand, none where
    there is no such page."""

    keys: tuple[Any, ...]
    before: Any = None
    after: Any = None


@dataclass(frozen=True)
class Listing:
    """A long list: the rows whose keys a statement finds, in an order, so many on a page."""

    read: Session
    rows: Select[Any]
    order: Order
    size: int

    def page(self, place: Place) -> Turned:
        """The page at a place. Beside a row that is not in the list, it is the first one."""
        beside = self._where(place.key) if place.key is not None else None
        if beside is None:
            return self._from_an_end(backwards=place.side == "last")
        backwards = place.side == "before"
        keys, more = self._keys(self.rows.where(self.order.beyond(beside, backwards=backwards)), backwards=backwards)
        if backwards:
            # Fewer than a page stand before it: that is the first page, which is shown whole.
            return _page(keys, is_first=not more) if len(keys) == self.size else self._from_an_end()
        return _page(keys, is_last=not more) if keys else self._from_an_end(backwards=True)

    def counted(self) -> int:
        """How many rows there are; one more than `COUNTED` stands for all that are more."""
        return self.read.scalar(select(func.count()).select_from(self.rows.limit(COUNTED + 1).subquery())) or 0

    def _where(self, key: int) -> Any:
        """Where a row of the list stands in its order."""
        order = self.order
        where = self.rows.with_only_columns(order.key if order.by is None else order.by, order.key)
        return self.read.execute(where.where(order.key == key)).first()

    def _from_an_end(self, *, backwards: bool = False) -> Turned:
        keys, more = self._keys(self.rows, backwards=backwards)
        return _page(keys, is_first=not backwards or not more, is_last=backwards or not more)

    def _keys(self, rows: Select[Any], *, backwards: bool) -> tuple[tuple[Any, ...], bool]:
        """The first keys of some rows, `backwards` the last, in the order of the list; and whether there are more."""
        keys = rows.with_only_columns(self.order.key).order_by(*self.order.clauses(backwards=backwards))
        found = tuple(self.read.scalars(keys.limit(self.size + 1)))
        page = found[: self.size]
        return (page[::-1] if backwards else page), len(found) > self.size


def _page(keys: tuple[Any, ...], *, is_first: bool = False, is_last: bool = False) -> Turned:
    if not keys:
        return Turned(())
    return Turned(keys, None if is_first else keys[0], None if is_last else keys[-1])


def begins(column: ColumnElement[str], texts: Sequence[str]) -> ColumnElement[bool]:
    """The rows whose text begins with one of the given: as ranges, which an index finds."""
    return or_(*(and_(column >= text, column < text + LAST_LETTER) for text in texts))


def spellings(text: str) -> list[str]:
    """How what somebody typed may stand in a `folded` column: its A to Z are small, other letters as they were
    written where the database makes no others small."""
    ways = (text, text.lower(), text.upper(), text.title())
    return list(dict.fromkeys("".join(c.lower() if c.isascii() else c for c in way) for way in ways))
