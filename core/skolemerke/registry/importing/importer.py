"""One import from its files to the commit that makes it visible."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Column, Integer, Table, delete, func, insert, select, union_all, update
from sqlalchemy.orm import sessionmaker

from skolemerke import audit, clock, collector, database
from skolemerke.bulk.progress import Meter
from skolemerke.bulk.slices import Pace, Slices
from skolemerke.bulk.store import Store, UnderWay, opened
from skolemerke.registry.importing import merging, putting_off, settling
from skolemerke.registry.importing.comparing import Difference, compare, there
from skolemerke.registry.importing.files import FILES
from skolemerke.registry.importing.parents import Parents
from skolemerke.registry.importing.rejecting import replace_rejected
from skolemerke.registry.importing.report import FileCount, ImportRefused, ImportReport, Rejection
from skolemerke.registry.importing.staging import Staged, Stager
from skolemerke.registry.importing.targets import DECIDED, TARGETS, Scope
from skolemerke.registry.models import Import, School, SchoolLabel, SchoolTwin, Teacher, UnfinishedImport


@dataclass
class _Plan:
    """What an import found out and will do. `number` is what it will be called."""

    number: int
    staged: list[Staged]
    persons: Table
    rejections: Table
    differences: list[Difference]
    moves: Table | None
    twins: Table | None

    @property
    def counts(self) -> tuple[FileCount, ...]:
        return tuple(difference.count for difference in self.differences)

    def report(self, number: int | None) -> ImportReport:
        found = {staged.target.file.name: tuple(staged.rejections) for staged in self.staged if staged.rejections}
        return ImportReport(number, self.counts, found)


def find_files(directory: Path) -> dict[str, Path]:
    """The registry files in a directory. Raises `ImportRefused` when there is none."""
    if not directory.is_dir():
        raise ImportRefused(f"{directory} is no directory: name the one that holds the registry files")
    found = {file.name: directory / file.name for file in FILES if (directory / file.name).is_file()}
    if not found:
        names = ", ".join(file.name for file in FILES)
        raise ImportRefused(f"{directory} holds no registry file: it should hold some of {names}")
    return found


class Importer:
    """Imports files; with an agency they are the full set of that agency's schools only."""

    def __init__(
        self, files: dict[str, Path], *, agency_id: int | None, allow_shrink: bool, meter: Meter, pace: Pace
    ) -> None:
        self._files = files
        self._agency_id = agency_id
        self._allow_shrink = allow_shrink
        self._meter = meter
        self._pace = pace

    def try_out(self) -> ImportReport:
        """Say what an import would do, and change nothing."""
        with collector.paused(), _store() as store, store.preparing():
            return self._plan(store).report(None)

    def run(self, folder: Path, actor: str) -> ImportReport:
        """Import, and write rejected rows into a folder."""
        # Millions of rows pass, none in a cycle: looking for cycles would take a quarter of the time.
        with collector.paused(), _store() as store:
            slices = Slices(store, self._pace, self._meter)
            self._take_back(store, slices)
            with store.preparing():
                plan = self._plan(store)
                headers = {staged.target.file.name: staged.source.header for staged in plan.staged}
                rejected = {
                    staged.target.file.name: _rejected(store, plan.rejections, staged.target.file.name)
                    for staged in plan.staged
                    if staged.rejected
                }
                replace_rejected(folder, headers, rejected)
            self._begin(store, plan.number)
            self._merge(store, plan, slices)
            self._meter.tell("making it visible")
            self._publish(store, plan, actor)
            return plan.report(plan.number)

    def _take_back(self, store: Store, slices: Slices) -> None:
        with store.preparing():
            unfinished = store.connection.scalar(select(func.count()).select_from(UnfinishedImport))
            visible = _visible(store)
        if unfinished:
            self._meter.tell("taking back what an import left that was broken off")
            merging.take_back(store, visible, slices)
            putting_off.restore(store)

    def _plan(self, store: Store) -> _Plan:
        visible = _visible(store)
        stager = Stager(store, Parents(store.connection, visible), self._meter)
        staged = [
            stager.stage(target, self._files[target.file.name]) for target in TARGETS if target.file.name in self._files
        ]
        store.know_sizes(stager.persons)
        scope = self._scope(store, staged)
        differences = []
        for one in staged:
            self._meter.tell(f"comparing {one.target.file.name}")
            differences.append(compare(store, one, visible, scope, allow_shrink=self._allow_shrink))
        moves = twins = None
        schools = next((found for found in differences if found.staged.target.model is School), None)
        if schools:
            moves = settling.prepare_moves(store)
            # Who is whose twin was found out with what changed the schools last.
            twins = self._twins(store, schools, visible) if schools.changes else None
        return _Plan(visible + 1, staged, stager.persons, stager.rejections, differences, moves, twins)

    def _scope(self, store: Store, staged: Sequence[Staged]) -> Scope | None:
        """What belongs to the schools that are the agency's once the import is done."""
        if self._agency_id is None:
            return None
        school = database.table_of(School)
        own = store.table("own_school", Column("id", Integer, primary_key=True, autoincrement=False))
        mine = [select(school.c.id).where(school.c.agency_id == self._agency_id)]
        teachers = store.table("no_teacher", Column("person_id", Integer), Column("school_id", Integer))
        for one in staged:
            rows = one.rows.c
            if one.target.model is School:
                mine = [mine[0].where(school.c.id.not_in(select(rows.id)))]
                mine.append(select(rows.id).where(rows.agency_id == self._agency_id))
            if one.target.model is Teacher:
                teachers = one.rows
        store.connection.execute(insert(own).from_select(["id"], union_all(*mine)))
        store.know_sizes(own)
        return Scope(self._agency_id, own, teachers)

    def _twins(self, store: Store, schools: Difference, visible: int) -> Table | None:
        """The schools that will stand in the register twice; none when that is as it was."""
        from skolemerke.registry.importing import twinning  # noqa: PLC0415 - RapidFuzz is for imports of schools alone

        self._meter.tell("looking for schools that are in the register twice")
        school, rows = database.table_of(School), schools.staged.rows
        names = ("id", "country", "city", "name")
        kept = select(*(school.c[name] for name in names)).where(
            there(schools.staged.target, visible),
            school.c.id.not_in(select(schools.gone.c.id)),
            school.c.id.not_in(select(rows.c.id)),
        )
        found = store.connection.execute(union_all(kept, select(*(rows.c[name] for name in names))))
        pairs = twinning.pairs(found)
        both = {(a, b, score) for one, other, score in pairs for a, b in ((one, other), (other, one))}
        twin = database.table_of(SchoolTwin)
        known = store.connection.execute(select(twin.c.school_id, twin.c.twin_id, twin.c.score))
        if both == {tuple(row) for row in known}:
            return None
        table = store.table("twin", *(Column(column.name, Integer) for column in twin.c))
        store.load(table, sorted(both))
        return table

    def _begin(self, store: Store, number: int) -> None:
        with store.writing():
            store.connection.execute(delete(UnfinishedImport))
            store.connection.execute(insert(UnfinishedImport).values(number=number, at=clock.now()))

    def _merge(self, store: Store, plan: _Plan, slices: Slices) -> None:
        with store.preparing():
            persons = store.connection.scalar(select(func.count()).select_from(plan.persons)) or 0
        with store.trusting():
            merging.add_persons(slices, plan.persons, persons, plan.number)
            for difference in plan.differences:
                merging.merge(store, slices, difference, plan.number)

    def _publish(self, store: Store, plan: _Plan, actor: str) -> None:
        """The one commit from which on the import counts."""
        connection = store.connection.execution_options(**{database.WRITES: True})
        files = [count.as_json() for count in plan.counts]
        with sessionmaker(connection, class_=database.WriteSession).begin() as session:
            session.connection()  # the session begins and ends what the statements below are part of
            database.alone(session, "registry")
            merging.apply_changes(store, plan.differences)
            for difference in plan.differences:
                if difference.staged.target.model is School and plan.moves is not None:
                    settling.move(store, plan.moves, but=difference.changed)
            if plan.twins is not None:
                twin = database.table_of(SchoolTwin)
                session.execute(delete(twin))
                session.execute(insert(twin).from_select(twin.c.keys(), select(plan.twins)))
            _name_cities(store)
            merging.set_counters(store)
            session.execute(delete(UnfinishedImport))
            session.add(Import(number=plan.number, at=clock.now(), counts=files))
            audit.record(
                session,
                "registry.imported",
                f"import:{plan.number}",
                actor=actor,
                agency_id=self._agency_id,
                files=files,
            )


@contextmanager
def _store() -> Iterator[Store]:
    """The store of the one import that works at a time. Raises `ImportRefused`."""
    try:
        with opened("import") as store:
            yield store
    except UnderWay as error:
        raise ImportRefused("another import is under way: wait until it has ended") from error


def _visible(store: Store) -> int:
    return store.connection.scalar(select(func.max(Import.number))) or 0


def _rejected(store: Store, rejections: Table, file: str) -> Iterator[Rejection]:
    columns = rejections.c
    query = select(columns.line, columns.reason, columns.cells).where(columns.file == file).order_by(columns.line)
    for line, reason, cells in store.connection.execute(query):
        yield Rejection(line, reason, tuple(json.loads(cells)))


def _name_cities(store: Store) -> None:
    """The lists of earlier rounds name no city: it is that of the school where they name one."""
    labels, schools = database.table_of(SchoolLabel), database.table_of(School)
    city = select(schools.c.city).where(schools.c.id == labels.c.school_id).scalar_subquery()
    store.connection.execute(
        update(labels)
        .where(labels.c.origin != DECIDED, labels.c.city == "", labels.c.school_id.is_not(None))
        .values(city=func.coalesce(city, ""))
    )
