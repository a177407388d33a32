"""Several people of one mailbox, what is known of a session, limits by network, second factors.

Revision ID: 0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Apply the change. A session that is open now was last seen when it began."""
    with op.batch_alter_table("account") as batch:
        batch.add_column(sa.Column("teacher_id", sa.String(80), nullable=False, server_default=""))
        batch.drop_constraint("uq_account_email", type_="unique")
        batch.create_unique_constraint("uq_account_email_teacher_id", ["email", "teacher_id"])
    with op.batch_alter_table("sign_in_token") as batch:
        batch.add_column(sa.Column("way", sa.String(10), nullable=False, server_default="mail"))
    with op.batch_alter_table("sign_in_session") as batch:
        batch.add_column(sa.Column("seen_at", INSTANT, nullable=True))
        batch.add_column(sa.Column("device", sa.String(40), nullable=False, server_default=""))
        batch.add_column(sa.Column("second_factor_at", INSTANT, nullable=True))
    op.execute("UPDATE sign_in_session SET seen_at = created_at")
    with op.batch_alter_table("account") as batch:
        batch.alter_column("teacher_id", existing_type=sa.String(80), server_default=None)
    with op.batch_alter_table("sign_in_token") as batch:
        batch.alter_column("way", existing_type=sa.String(10), server_default=None)
    with op.batch_alter_table("sign_in_session") as batch:
        batch.alter_column("seen_at", existing_type=INSTANT, nullable=False)
        batch.alter_column("device", existing_type=sa.String(40), server_default=None)
    _make_tables()


def _make_tables() -> None:
    op.create_table(
        "sign_in_ask",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_hash", sa.String(64), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_ask")),
    )
    op.create_index("ix_sign_in_ask_source_hash_at", "sign_in_ask", ["source_hash", "at"])
    op.create_table(
        "second_factor",
        sa.Column("account_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("confirmed_at", INSTANT, nullable=True),
        sa.Column("last_step", sa.Integer(), nullable=False),
        sa.Column("wrong", sa.Integer(), nullable=False),
        sa.Column("wrong_since", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_second_factor_account_id")),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_second_factor")),
    )
    op.create_table(
        "recovery_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(64), nullable=False),
        sa.Column("used_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_recovery_code_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
    )
    op.create_index(op.f("ix_recovery_code_account_id"), "recovery_code", ["account_id"])


def downgrade() -> None:
    """Take the change back. Accounts of a mailbox that several share can't stay apart: refused while there are some."""
    shared = op.get_bind().scalar(sa.text("SELECT count(*) FROM account WHERE teacher_id <> ''"))
    if shared:
        raise RuntimeError(f"{shared} accounts share a mailbox with others: erase or merge them first")
    for table in ("recovery_code", "second_factor", "sign_in_ask"):
        op.drop_table(table)
    with op.batch_alter_table("sign_in_session") as batch:
        for column in ("second_factor_at", "device", "seen_at"):
            batch.drop_column(column)
    with op.batch_alter_table("sign_in_token") as batch:
        batch.drop_column("way")
    with op.batch_alter_table("account") as batch:
        batch.drop_constraint("uq_account_email_teacher_id", type_="unique")
        batch.drop_column("teacher_id")
        batch.create_unique_constraint("uq_account_email", ["email"])
