"""Writes a run: in short slices while it is of no round and nobody sees it, then shown by one commit."""

from __future__ import annotations

from array import array
from typing import Any

from sqlalchemy import Table, delete, insert, literal, select

from skolemerke import audit, database
from skolemerke.bulk.slices import Slices
from skolemerke.bulk.store import Store
from skolemerke.database import table_of
from skolemerke.eligibility.counting import CheckReport
from skolemerke.eligibility.models import Run, SchoolVerdict, TwinVerdict
from skolemerke.eligibility.staging import StagedRun
from skolemerke.people.actors import Actor

RUN, VERDICTS, TWINS = map(table_of, (Run, SchoolVerdict, TwinVerdict))
CALLED = {VERDICTS.name: "verdicts", TWINS.name: "twins"}


def take_back(store: Store, slices: Slices) -> None:
    """Remove what checks left that were broken off: runs that are of no round."""
    with store.preparing():
        left = list(store.connection.scalars(select(RUN.c.id).where(RUN.c.round_id.is_(None))))
    for run_id in left:
        for table in (TWINS, VERDICTS):
            _remove(store, slices, table, run_id)
        with store.writing():
            store.connection.execute(delete(RUN).where(RUN.c.id == run_id, RUN.c.round_id.is_(None)))


def write(staged: StagedRun, run: Run, slices: Slices) -> None:
    """Write the rows of a staged run, unseen. Gives the run its number in the table."""
    with database.write() as session:
        session.add(run)
    for source, table in ((staged.verdicts, VERDICTS), (staged.twins, TWINS)):
        _copy(staged.store, slices, source, table, run.id)


def show(run: Run, report: CheckReport, actor: Actor) -> None:
    """The one commit from which on the run is its round's."""
    counts = report.as_json()
    with database.write() as session:
        made = session.get_one(Run, run.id)
        made.round_id, made.counts = report.round, counts
        audit.record(
            session,
            "eligibility.checked",
            f"round:{report.round}",
            actor=actor.ref,
            agency_id=run.agency_id,
            **{name: value for name, value in counts.items() if name not in {"criteria", "moved"}},
            **({"moved": report.moved} if report.moved else {}),
        )


def _copy(store: Store, slices: Slices, source: Table, table: Table, run_id: int) -> None:
    names = source.c.keys()
    with store.preparing():
        schools = _schools(store, select(source.c.school_id))

    def copy(after: int, up_to: int) -> Any:
        some = select(literal(run_id), *source.c).where(_between(source, schools, after, up_to))
        return insert(table).from_select(["run_id", *names], some.order_by(source.c.school_id))

    slices.run(f"writing {CALLED[table.name]}", len(schools), copy)


def _remove(store: Store, slices: Slices, table: Table, run_id: int) -> None:
    with store.preparing():
        schools = _schools(store, select(table.c.school_id).where(table.c.run_id == run_id))
    rest = delete(table).where(table.c.run_id == run_id)
    slices.run(
        f"taking back {CALLED[table.name]}",
        len(schools),
        lambda after, up_to: rest.where(_between(table, schools, after, up_to)),
    )


def _schools(store: Store, numbers: Any) -> array[int]:
    """The numbers of the schools of rows, each once, in their order: a slice goes from one to another."""
    (school_id,) = numbers.selected_columns
    return array("q", store.connection.scalars(numbers.distinct().order_by(school_id)))


def _between(table: Table, schools: array[int], after: int, up_to: int) -> Any:
    return table.c.school_id.between(schools[after], schools[up_to - 1])
