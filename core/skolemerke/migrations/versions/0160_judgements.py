"""Judgements of the parts of a submission; a score sheet says up to which of them it was made.

Revision ID: 0160
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0160"
down_revision = "0151"
branch_labels = None
depends_on = None

PAIR = ["submission_id", "edition_id"]
BEFORE, NOW = "uq_score_sheet_submission_id_edition_id", "uq_score_sheet_submission_id_edition_id_judged_up_to"


def upgrade() -> None:
    """Apply the change."""
    op.create_table(
        "judgement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("part", sa.String(length=250), nullable=False),
        sa.Column("finding", sa.String(length=20), nullable=False),
        sa.Column("feedback", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("confirms", sa.Integer(), nullable=True),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name=op.f("fk_judgement_submission_id_submission")
        ),
        sa.ForeignKeyConstraint(["confirms"], ["judgement.id"], name=op.f("fk_judgement_confirms_judgement")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_judgement_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_judgement")),
    )
    op.create_index(op.f("ix_judgement_submission_id"), "judgement", ["submission_id"])
    with op.batch_alter_table("score_sheet", schema=None) as batch_op:
        batch_op.add_column(sa.Column("judged_up_to", sa.Integer(), nullable=False, server_default="0"))
        batch_op.drop_constraint(BEFORE, type_="unique")
        batch_op.create_unique_constraint(NOW, [*PAIR, "judged_up_to"])


def downgrade() -> None:
    """Take the change back: of the sheets of a submission under an edition the one before any judgement is kept."""
    op.execute(sa.text("DELETE FROM score_sheet WHERE judged_up_to <> 0"))
    with op.batch_alter_table("score_sheet", schema=None) as batch_op:
        batch_op.drop_constraint(NOW, type_="unique")
        batch_op.create_unique_constraint(BEFORE, PAIR)
        batch_op.drop_column("judged_up_to")
    op.drop_index(op.f("ix_judgement_submission_id"), "judgement")
    op.drop_table("judgement")
