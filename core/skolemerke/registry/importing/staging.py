"""Brings one file into the staging store: its good rows with their parents' numbers, and its rejected ones."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from operator import lt
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Integer, Table, Text, delete, func, select

from skolemerke.bulk.progress import Meter
from skolemerke.bulk.store import Store
from skolemerke.registry.importing.cells import short
from skolemerke.registry.importing.parents import Parents
from skolemerke.registry.importing.reading import Batch, SourceFile
from skolemerke.registry.importing.report import Rejection
from skolemerke.registry.importing.targets import DECIDED, Agency, Computed, Own, Parent, Source, Target
from skolemerke.registry.models import SchoolLabel

MOST_SHOWN = 10


@dataclass
class Staged:
    """A file in the store. `rows`: line, number where numbers are given early, then the target's columns.

    `held` are the keys of rejected rows: what is stored under them stays as it is. `rejections` are the first few.
    """

    target: Target
    source: SourceFile
    rows: Table
    held: Table
    rejected: int = 0
    rejections: list[Rejection] = field(default_factory=list)


class Stager:
    """Stages the files of one import, parents first."""

    def __init__(self, store: Store, parents: Parents, meter: Meter) -> None:
        self._store = store
        self._parents = parents
        self._meter = meter
        self._persons = 0
        self.persons = store.table(
            "person", Column("line", Integer, primary_key=True, autoincrement=False),
            Column("id", Integer, nullable=False), Column("teacher_id", Text, nullable=False),
        )  # fmt: skip
        self.rejections = store.table(
            "rejection", Column("file", Text), Column("line", Integer), Column("reason", Text), Column("cells", Text)
        )

    def stage(self, target: Target, path: Path) -> Staged:
        """Read a file into the store. Raises `ImportRefused`."""
        source = SourceFile(path, target.file)
        stored = target.table.c
        number = [Column("id", Integer, nullable=False)] if target.numbered else []
        rows = self._store.table(
            target.name,
            Column("line", Integer, primary_key=True, autoincrement=False),
            *number,
            *(_staged(name, stored[name]) for name in target.columns),
        )
        held = self._store.table(f"held_{target.name}", *(_staged(name, stored[name]) for name in target.key))
        staged = Staged(target, source, rows, held)
        decided = self._decided() if target.model is SchoolLabel else frozenset()
        keys = _Keys(target)
        for batch in source.batches():
            self._take(staged, batch, decided, keys)
            self._meter.step(f"reading {target.file.name}", source.place, source.size)
        if keys.repeated:
            self._reject_repeated(staged, path)
        self._store.know_sizes(rows, held)
        return staged

    def _take(self, staged: Staged, batch: Batch, decided: frozenset[str], keys: _Keys) -> None:
        target, parents = staged.target, self._parents
        place = {name: at for at, name in enumerate([*target.file.columns, "facts"])}
        if decided:
            batch.leave_out(
                {
                    at: f"label_id {short(label)} is that of a label that was decided here"
                    for at, label in enumerate(batch.columns[0])
                    if label in decided
                }
            )
        for source in target.columns.values():
            if isinstance(source, Parent) and not source.made:
                self._link(batch, source, place[source.column])
        self._reject(staged, batch.rejections)
        if not batch.lines:
            return
        columns = [self._column(source, batch.columns, place) for source in target.columns.values()]
        keys.see(columns)
        if target.numbered:
            text_ids = batch.columns[0]
            parents.make(target.numbered, text_ids)
            columns.insert(0, list(map(parents.known(target.numbered).__getitem__, text_ids)))
        self._store.load_columns(staged.rows, [batch.lines, *columns])

    def _link(self, batch: Batch, source: Parent, at: int) -> None:
        """Put numbers in the place of the text ids of a column; leave out rows that name somebody unknown."""
        text_ids = batch.columns[at]
        batch.columns[at] = self._parents.numbers(source.kind, text_ids)
        if not all(batch.columns[at]):  # numbers begin with 1
            batch.leave_out(self._parents.unknown(source.kind, text_ids, optional=source.optional))

    def _column(self, source: Source, read: list[list[Any]], place: dict[str, int]) -> Sequence[Any]:
        match source:
            case Own(column):
                return read[place[column]]
            case Parent(kind, column, made=made):
                if not made:
                    return read[place[column]]
                self._make_persons(read[place[column]])
                return self._parents.numbers(kind, read[place[column]])
            case Computed(columns, make):
                return list(map(make, *(read[place[column]] for column in columns)))
            case Agency():
                return list(map(self._parents.agency, read[place["agency"]], read[place["country"]]))

    def _make_persons(self, text_ids: Sequence[str]) -> None:
        numbers, new = self._parents.make("person", text_ids)
        if not new:
            return
        before = self._persons
        self._persons += len(new)
        self._store.load_columns(self.persons, [range(before + 1, self._persons + 1), numbers, new])

    def _decided(self) -> frozenset[str]:
        """The labels that were decided here: no business of a list, even of one that names them."""
        query = select(SchoolLabel.certificate).where(SchoolLabel.origin == DECIDED)
        return frozenset(self._store.connection.scalars(query))

    def _reject(self, staged: Staged, rejections: list[Rejection], *, hold: bool = True) -> None:
        if not rejections:
            return
        name = staged.target.file.name
        staged.rejected += len(rejections)
        staged.rejections.extend(rejections[: MOST_SHOWN - len(staged.rejections)])
        self._store.load(
            self.rejections,
            ((name, found.line, _sound(found.reason), _sound(json.dumps(found.cells))) for found in rejections),
        )
        if hold:
            # Gathered first: parents may have to be asked for, and a COPY lets no query in between.
            self._store.load(staged.held, list(self._held(staged, rejections)))

    def _held(self, staged: Staged, rejections: list[Rejection]) -> Iterator[list[Any]]:
        header, columns = staged.source.header, staged.target.key.values()
        names = [source.column for source in columns if isinstance(source, Own | Parent)]
        at = [header.index(name) for name in names]
        for found in rejections:
            if len(found.cells) <= max(at):
                continue
            key: list[Any] = [found.cells[place].strip() for place in at]
            for index, source in enumerate(columns):
                if isinstance(source, Parent):
                    key[index] = self._parents.known(source.kind).get(key[index])
            if None not in key and not any(isinstance(part, str) and "\0" in part for part in key):
                yield [_sound(part) if isinstance(part, str) else part for part in key]

    def _reject_repeated(self, staged: Staged, path: Path) -> None:
        """Reject every row whose key a row above it has; called only when there seems to be one."""
        rows, key = staged.rows.c, [staged.rows.c[name] for name in staged.target.key]
        first = func.min(rows.line).over(partition_by=key).label("first")
        ranked = select(rows.line, first).subquery()
        found = self._store.connection.execute(
            select(ranked.c.line, ranked.c.first).where(ranked.c.line > ranked.c.first)
        )
        above = dict(found.all())
        at = [staged.source.header.index(name) for name in staged.target.file.key] if above else []
        rejections = []
        for line, cells in staged.source.records(path, above.keys()):
            repeated = ", ".join(short(cells[place].strip()) for place in at)
            reason = f"repeats the key {repeated} of line {above[line]}"
            rejections.append(Rejection(line, reason, tuple(cells)))
        for rejection in rejections:
            self._store.connection.execute(delete(staged.rows).where(rows.line == rejection.line))
        self._reject(staged, rejections, hold=False)
        staged.rejections.sort(key=lambda rejection: rejection.line)


class _Keys:
    """Whether a key may have come twice: not as long as keys rise; else found out by hashes of 64 bits, since all
    keys themselves would fill the memory. Where keys rise at first and then no more, the database is asked."""

    def __init__(self, target: Target) -> None:
        self._width = len(target.key)
        self._last: Any = None
        self._rises: bool | None = None
        self._seen: set[int] = set()
        self.repeated = False

    def see(self, columns: Sequence[Sequence[Any]]) -> None:
        keys = columns[0] if self._width == 1 else list(zip(*columns[: self._width], strict=True))
        if self._rises is not False:
            rises = (self._last is None or self._last < keys[0]) and all(map(lt, keys, islice(keys, 1, None)))
            self.repeated = self.repeated or (self._rises is True and not rises)
            self._rises, self._last = rises, keys[-1]
        if not self._rises and not self.repeated:
            expected = len(self._seen) + len(keys)
            self._seen.update(map(hash, keys))
            self.repeated = len(self._seen) != expected


def _staged(name: str, stored: Column[Any]) -> Column[Any]:
    """A column of a staging table, for one of the registry."""
    return Column(name, Text() if name == "facts" else stored.type, nullable=stored.nullable)


def _sound(text: str) -> str:
    """A text that every database keeps: no halves of pairs, no NUL."""
    return text.encode("utf-8", "backslashreplace").decode().replace("\0", "\\x00")
