"""The public list of labels as outside programs read it: one row for the pages' files and the command alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

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


def slices(statement: Select[SchoolLabel]) -> Iterator[list[Sequence[str]]]:
    """The labels that a statement finds, a slice at a time and column by column; dates are ISO 8601, both included."""
    this_year = today().year
    asked = statement.with_only_columns(*STORED)
    found = database.read().connection().execute(asked, execution_options={"yield_per": AT_ONCE})
    for part in found.partitions():
        *names, first, last, withdrawn = zip(*part, strict=True)
        ends = zip(last, withdrawn, strict=True)
        yield [
            *names,
            [f"{year:04}-01-01" for year in first],
            [f"{year:04}-12-31" for year in last],
            [state_of(year, this_year, is_withdrawn=at is not None) for year, at in ends],
        ]


def table(statement: Select[SchoolLabel]) -> Iterator[tuple[str, ...]]:
    """The same row by row."""
    for columns in slices(statement):
        yield from zip(*columns, strict=True)


def rows(statement: Select[SchoolLabel]) -> Iterator[dict[str, str]]:
    """The same, each row by the names of its columns."""
    return (dict(zip(COLUMNS, row, strict=True)) for row in table(statement))
