"""Where the verdicts of a run lie until they are written: in the store of the check, seen by nobody else."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Column, Table, insert

from skolemerke.bulk.progress import Meter
from skolemerke.bulk.store import Store
from skolemerke.database import table_of
from skolemerke.eligibility.asking import Screening
from skolemerke.eligibility.checking import VERDICT, verdicts_of
from skolemerke.eligibility.models import SchoolVerdict, TwinVerdict


@dataclass(frozen=True)
class StagedRun:
    """The rows of one run as they will be written, without its number."""

    store: Store
    verdicts: Table
    twins: Table


def stage(store: Store, screenings: list[Screening], agency_id: int | None, meter: Meter) -> StagedRun:
    """Judge every school of these editions; the connection of the store is within a snapshot."""
    verdicts, twins = (
        store.table(
            table.name,
            *(
                Column(column.name, column.type, primary_key=column.primary_key, autoincrement=False, nullable=False)
                for column in table.c
                if column.name != "run_id"
            ),
        )
        for table in (table_of(SchoolVerdict), table_of(TwinVerdict))
    )
    for done, screening in enumerate(screenings):
        meter.step("judging every school", done, len(screenings))
        store.connection.execute(insert(verdicts).from_select(VERDICT, verdicts_of(screening, agency_id)))
    store.know_sizes(verdicts)
    return StagedRun(store, verdicts, twins)
