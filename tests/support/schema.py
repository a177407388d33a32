"""What the tables of a database have otherwise than the models say."""

import warnings
from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from skolemerke.database import Base
from sqlalchemy import Connection, text

EXPRESSIONS = ("_folded", "_coded")
NAMES = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'index'",
    "postgresql": "SELECT indexname FROM pg_indexes WHERE schemaname = 'public'",
}


def differences(connection: Connection) -> list[Any]:
    """All that differs. Of an index of an expression no database tells enough to compare it: it is there, or not."""
    options = {"compare_type": True, "include_object": _is_comparable}
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Skipped unsupported reflection of expression-based index")
        warnings.filterwarnings("ignore", "autogenerate skipping metadata-specified expression-based index")
        found = compare_metadata(MigrationContext.configure(connection, opts=options), Base.metadata)
    there = {
        name for name in connection.execute(text(NAMES[connection.dialect.name])).scalars() if _is_expression(name)
    }
    return [*found, *sorted(there ^ _expected(connection))]


def _expected(connection: Connection) -> set[str]:
    indexes = [index for table in Base.metadata.tables.values() for index in table.indexes]
    return {
        str(index.name)
        for index in indexes
        if _is_expression(index.name) and (index._ddl_if is None or index._ddl_if.dialect == connection.dialect.name)
    }


def _is_expression(name: Any) -> bool:
    return str(name).endswith(EXPRESSIONS)


def _is_comparable(_object: Any, name: str | None, kind: str, *_rest: Any) -> bool:
    return not (kind == "index" and _is_expression(name))
