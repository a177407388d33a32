"""Verdicts stored narrower: the order and the width of the columns decide what a row takes on PostgreSQL.

Revision ID: 0120
"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0120"
down_revision = "0007"
branch_labels = None
depends_on = None

FEW = sa.text("outcome <> 0")
NAMES = "school_id, verdicts, run_id, edition_id, outcome, found"


def upgrade() -> None:
    """Apply the change."""
    _made_anew(
        [
            sa.Column("school_id", sa.Integer(), nullable=False),
            sa.Column("verdicts", sa.Integer(), nullable=False),
            sa.Column("run_id", sa.SmallInteger(), nullable=False),
            sa.Column("edition_id", sa.SmallInteger(), nullable=False),
            sa.Column("outcome", sa.SmallInteger(), nullable=False),
            sa.Column("found", sa.Text(), nullable=False),
        ]
    )


def downgrade() -> None:
    """Take the change back. Days that were stored narrow are not told apart by what was there before."""
    _made_anew(
        [
            sa.Column("run_id", sa.Integer(), nullable=False),
            sa.Column("school_id", sa.Integer(), nullable=False),
            sa.Column("edition_id", sa.Integer(), nullable=False),
            sa.Column("outcome", sa.SmallInteger(), nullable=False),
            sa.Column("verdicts", sa.Integer(), nullable=False),
            sa.Column("found", sa.Text(), nullable=False),
        ]
    )


def _made_anew(columns: Sequence[sa.Column[object]]) -> None:
    # Constraints have names of their own, so that the old and the new table can't stand side by side.
    op.execute(f"CREATE TABLE kept_verdict AS SELECT {NAMES} FROM school_verdict")  # noqa: S608 - our names
    op.drop_table("school_verdict")
    op.create_table(
        "school_verdict",
        *columns,
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_school_verdict_edition_id")),
        sa.ForeignKeyConstraint(["run_id"], ["eligibility_run.id"], name=op.f("fk_school_verdict_run_id")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_school_verdict_school_id")),
        sa.PrimaryKeyConstraint("run_id", "school_id", name=op.f("pk_school_verdict")),
        sqlite_with_rowid=False,
    )
    op.execute(f"INSERT INTO school_verdict ({NAMES}) SELECT {NAMES} FROM kept_verdict ORDER BY run_id, school_id")  # noqa: S608 - our names
    op.drop_table("kept_verdict")
    op.create_index(
        op.f("ix_school_verdict_run_id_outcome_school_id"),
        "school_verdict",
        ["run_id", "outcome", "school_id"],
        sqlite_where=FEW,
        postgresql_where=FEW,
    )
