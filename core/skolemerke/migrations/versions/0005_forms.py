"""Answers at addresses of several parts; what the registry knew stands with a submission.

Revision ID: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change."""
    for table in ("answer_change", "evidence"):
        with op.batch_alter_table(table) as batch:
            batch.alter_column("question_id", existing_type=sa.String(80), type_=sa.String(250))
    with op.batch_alter_table("submission") as batch:
        batch.add_column(sa.Column("known", sa.JSON(), nullable=False, server_default="{}"))
    with op.batch_alter_table("submission") as batch:
        batch.alter_column("known", existing_type=sa.JSON(), server_default=None)


def downgrade() -> None:
    """Take the change back."""
    with op.batch_alter_table("submission") as batch:
        batch.drop_column("known")
    for table in ("answer_change", "evidence"):
        with op.batch_alter_table(table) as batch:
            batch.alter_column("question_id", existing_type=sa.String(250), type_=sa.String(80))
