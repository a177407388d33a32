"""Rows of the registry say from which import to which they are there; schools that stand in it twice.

Revision ID: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TABLES = ("school", "teacher", "activity", "project", "membership", "quality_label", "school_label")
FOREVER = 2_147_483_647


def upgrade() -> None:
    """Apply the change."""
    # Columns are added and dropped in place: SQLite would not let go of a table that others refer to.
    op.add_column("person", sa.Column("since", sa.Integer(), server_default=sa.text("0"), nullable=False))
    for name in TABLES:
        op.add_column(name, sa.Column("since", sa.Integer(), server_default=sa.text("0"), nullable=False))
        op.add_column(name, sa.Column("until", sa.Integer(), server_default=sa.text(str(FOREVER)), nullable=False))
        table = sa.table(name, sa.column("until"), sa.column("gone", sa.Boolean()))
        op.execute(sa.update(table).where(table.c.gone.is_(True)).values(until=0))
        op.drop_column(name, "gone")
    op.drop_index("ix_activity_happened_on_person_id", "activity")
    op.drop_index("ix_activity_school_id", "activity")
    op.create_index("ix_school_label_round_id_school_id", "school_label", ["round_id", "school_id"])
    op.create_index(
        "ix_activity_happened_on_covering",
        "activity",
        ["happened_on", "person_id", "school_id", "kind", "since", "until"],
    )
    op.create_table(
        "school_twin",
        sa.Column("school_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("twin_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_school_twin_school_id")),
        sa.ForeignKeyConstraint(["twin_id"], ["school.id"], name=op.f("fk_school_twin_twin_id")),
        sa.PrimaryKeyConstraint("school_id", "twin_id", name=op.f("pk_school_twin")),
    )
    op.create_index("ix_school_twin_twin_id", "school_twin", ["twin_id"])
    op.create_table(
        "registry_import_unfinished",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_registry_import_unfinished")),
    )


def downgrade() -> None:
    """Take the change back; what an unfinished import left behind counts as gone."""
    op.drop_table("registry_import_unfinished")
    op.drop_table("school_twin")
    op.drop_index("ix_activity_happened_on_covering", "activity")
    op.create_index("ix_activity_happened_on_person_id", "activity", ["happened_on", "person_id"])
    op.create_index("ix_activity_school_id", "activity", ["school_id"])
    op.drop_index("ix_school_label_round_id_school_id", "school_label")
    numbers = sa.table("registry_import", sa.column("number"))
    latest = sa.select(sa.func.coalesce(sa.func.max(numbers.c.number), 0)).scalar_subquery()
    for name in TABLES:
        op.add_column(name, sa.Column("gone", sa.Boolean(), server_default=sa.false(), nullable=False))
        table = sa.table(name, sa.column("since"), sa.column("until"), sa.column("gone", sa.Boolean()))
        is_gone = sa.or_(table.c.since > latest, table.c.until <= latest)
        op.execute(sa.update(table).where(is_gone).values(gone=True))
        op.drop_column(name, "until")
        op.drop_column(name, "since")
    op.drop_column("person", "since")
