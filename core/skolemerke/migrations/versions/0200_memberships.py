"""The key of memberships is an index, which a first import makes at its end.

Revision ID: 0200
"""

from __future__ import annotations

from alembic import op

revision = "0200"
down_revision = "0190"
branch_labels = None
depends_on = None

KEY = ["project_id", "person_id", "school_id"]
ALONE = {"resolve_fks": False}
"""Read without the tables that it refers to, whose indexes of expressions SQLAlchemy can't read."""
CONSTRAINT, INDEX = (f"{kind}_membership_project_id_person_id_school_id" for kind in ("uq", "ix"))


def upgrade() -> None:
    """Apply the change."""
    with op.batch_alter_table("membership", reflect_kwargs=ALONE) as batch:
        batch.drop_constraint(CONSTRAINT, type_="unique")
    op.create_index(INDEX, "membership", KEY, unique=True)


def downgrade() -> None:
    """Take the change back."""
    op.drop_index(INDEX, "membership")
    with op.batch_alter_table("membership", reflect_kwargs=ALONE) as batch:
        batch.create_unique_constraint(CONSTRAINT, KEY)
