"""Sessions at computers that many use.

Revision ID: 0151
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0151"
down_revision = "0150"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change."""
    with op.batch_alter_table("sign_in_session") as batch:
        batch.add_column(sa.Column("is_shared", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("sign_in_session") as batch:
        batch.alter_column("is_shared", existing_type=sa.Boolean(), server_default=None)


def downgrade() -> None:
    """Take the change back."""
    with op.batch_alter_table("sign_in_session") as batch:
        batch.drop_column("is_shared")
