"""The public list of labels as outside programs read it: one row for the pages' files and the command alike."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Select

from skolemerke import database
from skolemerke.registry.models import SchoolLabel
from skolemerke.registry.queries import label_state, today

COLUMNS = ("certificate", "school", "city", "country", "round", "valid_from", "valid_to", "state")
AT_ONCE = 1000


def rows(statement: Select[SchoolLabel]) -> Iterator[dict[str, str]]:
    """The labels that a statement finds, read a slice at a time; dates are ISO 8601, both included."""
    day = today()
    for label in database.read().scalars(statement.execution_options(yield_per=AT_ONCE)):
        yield {
            "certificate": label.certificate,
            "school": label.school_name,
            "city": label.city,
            "country": label.country,
            "round": label.round_id,
            "valid_from": f"{label.valid_from:04}-01-01",
            "valid_to": f"{label.valid_to:04}-12-31",
            "state": label_state(label, day),
        }
