"""A run is of its round from the commit on that shows it.

Revision ID: 0190
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0190"
down_revision = "0180"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change."""
    with op.batch_alter_table("eligibility_run") as batch:
        batch.alter_column("round_id", existing_type=sa.String(40), nullable=True)


def downgrade() -> None:
    """Take the change back, and what broken-off checks left."""
    unseen = "SELECT id FROM eligibility_run WHERE round_id IS NULL"
    for table in ("verdict_twin", "school_verdict"):
        op.execute(f"DELETE FROM {table} WHERE run_id IN ({unseen})")  # noqa: S608 - our names
    op.execute("DELETE FROM eligibility_run WHERE round_id IS NULL")
    with op.batch_alter_table("eligibility_run") as batch:
        batch.alter_column("round_id", existing_type=sa.String(40), nullable=False)
