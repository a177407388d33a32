"""Indexes by which long lists are turned, sorted and searched.

Revision ID: 0170
"""

from __future__ import annotations

from alembic import op

revision = "0170"
down_revision = "0160"
branch_labels = None
depends_on = None

FOLDED = (
    ("teacher", "name", "id"),
    ("school", "name", "id"),
    ("school", "school_id", "id"),
    ("school", "city", "id"),
    ("school_label", "certificate", "id"),
    ("school_label", "school_name", "id"),
)
CODED = (
    ("suppression", "address", "id"),
    ("audit_line", "verb", "number"),
    ("audit_line", "actor", "number"),
)
# What SQLite already has an index for as it is, PostgreSQL orders by its own collation.
CODED_ON_POSTGRESQL = (
    ("teacher", "email", "id"),
    ("application", "public_id", "id"),
    ("audit_line", "subject", "number"),
)


def upgrade() -> None:
    """Apply the change."""
    on_postgresql = op.get_bind().dialect.name == "postgresql"
    collate = ' COLLATE "C"' if on_postgresql else ""
    for table, column, key in FOLDED:
        op.execute(f"CREATE INDEX ix_{table}_{column}_folded ON {table} (lower({column}){collate}, {key})")
    for table, column, key in (*CODED, *(CODED_ON_POSTGRESQL if on_postgresql else ())):
        op.execute(f"CREATE INDEX ix_{table}_{column}_coded ON {table} ({column}{collate}, {key})")
    op.create_index("ix_application_created_at_id", "application", ["created_at", "id"])


def downgrade() -> None:
    """Take the change back."""
    on_postgresql = op.get_bind().dialect.name == "postgresql"
    op.drop_index("ix_application_created_at_id", "application")
    for table, column, _key in (*CODED, *(CODED_ON_POSTGRESQL if on_postgresql else ())):
        op.execute(f"DROP INDEX ix_{table}_{column}_coded")
    for table, column, _key in FOLDED:
        op.execute(f"DROP INDEX ix_{table}_{column}_folded")
