"""Changes of the room mail.

Revision ID: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change."""
    # SQLite adds and drops a plain column by itself; a batch would make the table anew under its foreign keys.
    op.add_column("mail", sa.Column("claimed_by", sa.String(length=40), nullable=False, server_default=""))
    op.add_column("agency", sa.Column("sender_name", sa.String(length=200), nullable=False, server_default=""))
    op.add_column("agency", sa.Column("reply_to", sa.String(length=320), nullable=False, server_default=""))
    op.create_table(
        "suppression",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(length=320), nullable=False),
        sa.Column("cause", sa.String(length=10), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=True),
        sa.Column("mail_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_by", sa.String(length=80), nullable=False),
        sa.Column("lift_reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_suppression_agency_id_agency")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suppression")),
    )
    op.create_index(op.f("ix_suppression_agency_id"), "suppression", ["agency_id"])
    standing = sa.text("lifted_at IS NULL")
    op.create_index(
        "uq_suppression_standing",
        "suppression",
        ["address", "cause"],
        unique=True,
        sqlite_where=standing,
        postgresql_where=standing,
    )
    op.create_table(
        "mail_wording",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("language", sa.String(length=20), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_mail_wording_agency_id_agency")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_wording")),
    )
    op.create_index("ix_mail_wording_of", "mail_wording", ["agency_id", "kind", "language"])
    op.create_table(
        "reminder_occasion",
        sa.Column("round_id", sa.String(length=40), nullable=False),
        sa.Column("agency_key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("occasion", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("queued", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("round_id", "agency_key", "occasion", name=op.f("pk_reminder_occasion")),
    )


def downgrade() -> None:
    """Take the change back."""
    op.drop_table("reminder_occasion")
    op.drop_table("mail_wording")
    op.drop_table("suppression")
    op.drop_column("agency", "reply_to")
    op.drop_column("agency", "sender_name")
    op.drop_column("mail", "claimed_by")
