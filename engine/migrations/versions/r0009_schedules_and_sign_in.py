"""Schedules that people pause, and failed sign-ins counted for all processes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_COLUMNS = ("missed", "paused_at", "paused_by", "pause_reason")


def upgrade() -> None:
    """Add the columns, create the table."""
    op.add_column("schedule", sa.Column("missed", sa.BigInteger(), nullable=True))
    op.add_column("schedule", sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("schedule", sa.Column("paused_by", sa.Text(), nullable=True))
    op.add_column("schedule", sa.Column("pause_reason", sa.Text(), nullable=True))
    op.create_table(
        "sign_in_failures",
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("failures", sa.BigInteger(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("address", name="pk_sign_in_failures"),
    )
    op.create_index("ix_sign_in_failures_since", "sign_in_failures", ["since"])


def downgrade() -> None:
    """Drop them."""
    op.drop_table("sign_in_failures")
    for column in reversed(_COLUMNS):
        op.drop_column("schedule", column)
