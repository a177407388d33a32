"""What stands in a list, on the page of a row and in a file: values that the database is asked for, put into words.

Values come in plain columns, never as objects, and are put into words a column at a time: a list of 50 rows and a
file of 250,000 go the same way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from sqlalchemy import Boolean, ColumnElement, Date, DateTime, Select, TypeDecorator, inspect, select
from sqlalchemy.orm import Session

from skolemerke.speech import ZONE
from skolemerke.web.site import when

AT_ONCE = 1000
Columns = list[Sequence[Any]]


@dataclass(frozen=True)
class Source:
    """Where the cells of a column come from, when they are not just what the model has under its name.

    `values` are asked of the database, of a row to which `via` leads where there is one: a relationship, or a table
    and what joins it. `words` makes one cell of them; where they are one of few words (`are_few`), once for each.
    """

    values: tuple[Any, ...]
    via: Any = None
    words: Callable[..., object] | None = None
    are_few: bool = False


class Cells:
    """The cells of some columns of a model. In a file (`plainly`) days and instants are ISO 8601, so that they can be
    sorted; on a page they are in the reader's words."""

    def __init__(
        self, model: type[Any], names: Sequence[str], sources: Mapping[str, Source], *, plainly: bool = False
    ) -> None:
        found = [sources.get(name) or Source((getattr(model, name),)) for name in names]
        self._model = model
        self._sources = found
        self._words = [_once(source) or _words_of(source.values[0], plainly=plainly) for source in found]
        self._key = inspect(model).primary_key[0]

    def statement(self, *conditions: ColumnElement[bool], via: Sequence[Any] = ()) -> Select[Any]:
        """The key of each row, then all values; `via` leads to what the conditions speak of besides."""
        values = [value for source in self._sources for value in source.values]
        statement = select(self._key, *values).select_from(self._model)
        ways = [*via, *(source.via for source in self._sources if source.via is not None)]
        # Two columns may come from the same related row.
        for way in {str(way): way for way in ways}.values():
            statement = statement.outerjoin(*way) if isinstance(way, tuple) else statement.outerjoin(way)
        return statement.where(*conditions)

    def of(self, read: Session, keys: Sequence[Any]) -> list[tuple[Any, Sequence[Any]]]:
        """The rows with these keys, in their order: the key, and the cells. One statement for all."""
        if not keys:
            return []
        rows = read.connection().execute(self.statement(self._key.in_(keys))).all()
        cells = zip(*self.in_words(rows), strict=True)
        found = dict(zip((row[0] for row in rows), cells, strict=True))
        return [(key, found[key]) for key in keys if key in found]

    def streamed(self, read: Session, statement: Select[Any]) -> Iterator[Columns]:
        """All rows of a statement of these cells, a slice at a time and column by column."""
        # Of the connection, not of the session, which would look at each row for objects.
        found = read.connection().execute(statement, execution_options={"yield_per": AT_ONCE})
        for rows in found.partitions():
            yield self.in_words(rows)

    def in_words(self, rows: Sequence[Any]) -> Columns:
        """The cells of rows of the statement, column by column."""
        values = list(zip(*rows, strict=True))
        columns: Columns = []
        at = 1
        for source, words in zip(self._sources, self._words, strict=True):
            wide = len(source.values)
            if words is None:
                columns.append(values[at])
            else:
                columns.append(list(map(words, *values[at : at + wide])))
            at += wide
        return columns


def _once(source: Source) -> Callable[..., object] | None:
    return lru_cache(AT_ONCE)(source.words) if source.words and source.are_few else source.words


def _words_of(value: Any, *, plainly: bool) -> Callable[[Any], object] | None:
    """How a value reads, by its type; none where it reads as it is."""
    kind = value.type.impl if isinstance(value.type, TypeDecorator) else value.type
    if isinstance(kind, Boolean):
        said = {True: str(_("yes")), False: str(_("no"))}
        return lambda truth: said.get(truth, "")
    if isinstance(kind, Date):
        return None if plainly else when
    if isinstance(kind, DateTime):
        return _instant if plainly else when
    return None


def _instant(value: datetime | None) -> str:
    return value.astimezone(ZoneInfo(ZONE)).isoformat(timespec="seconds") if value else ""
