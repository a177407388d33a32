"""The public list of labels as outside programs read it: one row for the pages' files and the command alike."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Select

from skolemerke import database
from skolemerke.registry.models import SchoolLabel
from skolemerke.registry.queries import state_of, today

COLUMNS = ("certificate", "school", "city", "country", "round", "valid_from", "valid_to", "state")
STORED = (
    SchoolLabel.certificate, SchoolLabel.school_name, SchoolLabel.city, SchoolLabel.country, SchoolLabel.round_id,
    SchoolLabel.valid_from, SchoolLabel.valid_to, SchoolLabel.withdrawn_at,
)  # fmt: skip
AT_ONCE = 1000


def table(statement: Select[SchoolLabel]) -> Iterator[tuple[str, ...]]:
    """The labels that a statement finds, read a slice at a time; dates are ISO 8601, both included."""
    this_year = today().year
    found = (
        database.read()
        .connection()
        .execute(statement.with_only_columns(*STORED), execution_options={"yield_per": AT_ONCE})
    )
    for *names, first, last, withdrawn_at in found:
        state = state_of(last, this_year, is_withdrawn=withdrawn_at is not None)
        yield (*names, f"{first:04}-01-01", f"{last:04}-12-31", state)


def rows(statement: Select[SchoolLabel]) -> Iterator[dict[str, str]]:
    """The same, each row by the names of its columns."""
    return (dict(zip(COLUMNS, row, strict=True)) for row in table(statement))
