"""Changes of the room eligibility.

Revision ID: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

FEW = sa.text("outcome <> 0")


def upgrade() -> None:
    """Apply the change."""
    op.create_table(
        "verdict_twin",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("twin_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["eligibility_run.id"], name=op.f("fk_verdict_twin_run_id")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_verdict_twin_school_id")),
        sa.ForeignKeyConstraint(["twin_id"], ["school.id"], name=op.f("fk_verdict_twin_twin_id")),
        sa.PrimaryKeyConstraint("run_id", "school_id", "twin_id", name=op.f("pk_verdict_twin")),
    )
    with op.batch_alter_table("verdict_override") as batch:
        batch.add_column(sa.Column("evidence", sa.Text(), server_default="", nullable=False))
    op.drop_index(op.f("ix_school_verdict_school_id_run_id"), table_name="school_verdict")
    op.drop_index(op.f("ix_school_verdict_run_id_outcome"), table_name="school_verdict")
    op.create_index(
        op.f("ix_school_verdict_run_id_outcome_school_id"),
        "school_verdict",
        ["run_id", "outcome", "school_id"],
        sqlite_where=FEW,
        postgresql_where=FEW,
    )


def downgrade() -> None:
    """Take the change back."""
    op.drop_index(op.f("ix_school_verdict_run_id_outcome_school_id"), table_name="school_verdict")
    op.create_index(op.f("ix_school_verdict_run_id_outcome"), "school_verdict", ["run_id", "outcome"])
    op.create_index(op.f("ix_school_verdict_school_id_run_id"), "school_verdict", ["school_id", "run_id"])
    with op.batch_alter_table("verdict_override") as batch:
        batch.drop_column("evidence")
    op.drop_table("verdict_twin")
