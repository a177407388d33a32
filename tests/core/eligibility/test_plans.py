"""What is asked of 250,000 schools goes by an index, on both databases."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from skolemerke import database
from skolemerke.contract.criteria import Verdict
from skolemerke.eligibility import listing, queries
from skolemerke.eligibility.asking import screenings
from skolemerke.eligibility.checking import verdicts_of
from skolemerke.eligibility.models import SchoolVerdict
from skolemerke.eligibility.operations import check
from skolemerke.people.actors import SYSTEM
from skolemerke.registry.generating import generate
from skolemerke.registry.operations import import_directory
from skolemerke.registry.tables import tables
from skolemerke.rounds.queries import current_edition
from sqlalchemy import Connection, event, select, text
from support.screened import ROUND

AT = datetime.fromisoformat("2020-11-09T00:00:00+01:00")


@pytest.fixture
def plans(app: Flask, tmp_path: Path) -> Iterator[Any]:
    """Gives the plan of a statement, as the database words it, on a registry with some rows."""
    generate(tmp_path / "files", schools=600, seed=3)
    import_directory(tmp_path / "files")
    check(ROUND)
    engine = database.current().engine
    is_sqlite = engine.dialect.name == "sqlite"
    with engine.connect() as connection:
        connection.execute(text("ANALYZE"))
        if not is_sqlite:
            # These tables are small; what is asked is whether there is a way by an index at all.
            connection.execute(text("SET enable_seqscan = off"))
        yield lambda statement: plan_of(connection, statement, is_sqlite=is_sqlite)


def plan_of(connection: Connection, statement: Any, *, is_sqlite: bool) -> str:
    words = statement.compile(connection, compile_kwargs={"literal_binds": True})
    # What stands in the text is no place for a parameter.
    asked = str(words).replace("%%", "%")
    rows = connection.exec_driver_sql(("EXPLAIN QUERY PLAN " if is_sqlite else "EXPLAIN ") + asked)
    return "\n".join(str(row[3] if is_sqlite else row[0]) for row in rows)


def test_the_check_finds_deeds_and_labels_by_their_day(plans: Any) -> None:
    edition = current_edition(database.read(), ROUND, None)
    assert edition is not None
    plan = plans(verdicts_of(screenings([(edition, AT)], tables())[0], None))
    assert "ix_activity_happened_on" in plan
    assert "ix_quality_label_kind_granted_on_school_id" in plan
    for large in ("activity", "quality_label"):
        assert f"SCAN {large}\n" not in plan
        assert f"Seq Scan on {large}" not in plan


def test_the_few_schools_that_may_apply_are_found_by_their_own_index(plans: Any) -> None:
    plan = plans(queries.eligible_schools(ROUND))
    assert "ix_school_verdict_run_id_outcome_school_id" in plan


def test_a_school_is_found_in_its_runs_by_the_key(plans: Any) -> None:
    statement = select(SchoolVerdict.outcome).where(
        SchoolVerdict.run_id.in_(queries.runs_of(ROUND)), SchoolVerdict.school_id == 7
    )
    plan = plans(statement)
    assert "PRIMARY KEY (run_id=? AND school_id=?)" in plan or "pk_school_verdict" in plan


@pytest.mark.parametrize(
    ("narrowed", "index"),
    [
        (listing.Narrowed(), ("PRIMARY KEY (run_id=? AND school_id>?)", "pk_school_verdict")),
        (listing.Narrowed(verdict=Verdict.MET), ("ix_school_verdict_run_id_outcome_school_id",) * 2),
        (listing.Narrowed(verdict=Verdict.UNCLEAR, after=9), ("ix_school_verdict_run_id_outcome_school_id",) * 2),
    ],
)
def test_a_page_of_schools_starts_where_the_one_before_ended(
    plans: Any, narrowed: listing.Narrowed, index: tuple[str, str]
) -> None:
    asked: list[str] = []
    engine = database.current().engine

    @event.listens_for(engine, "before_execute")
    def note(_connection: Any, clause: Any, *_rest: Any) -> None:
        if "LIMIT" in str(clause) and "school_verdict" in str(clause):
            asked.append(plans(clause))

    listing.listed(ROUND, SYSTEM, narrowed, "en")
    event.remove(engine, "before_execute", note)
    assert len(asked) == 1
    assert index[0] in asked[0] or index[1] in asked[0]
    assert "USE TEMP B-TREE FOR ORDER BY" not in asked[0]
