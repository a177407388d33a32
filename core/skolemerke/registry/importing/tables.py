"""How the rows of each file are stored: which table, which columns, and what belongs to an agency."""

from __future__ import annotations

from sqlalchemy import Table

from skolemerke.database import Base


def table_of(model: type[Base]) -> Table:
    """The table of a model, for statements over many rows."""
    table = model.__table__
    if not isinstance(table, Table):
        raise TypeError(f"{model.__name__} is not stored in a table")
    return table
