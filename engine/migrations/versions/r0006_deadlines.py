"""Deadlines of user tasks, and processes that start by themselves."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables and columns."""
    op.add_column("user_task", sa.Column("take_over_from", sa.DateTime(timezone=True), nullable=True))
    op.add_column("notification", sa.Column("items", sa.Text(), nullable=True))
    _user_task_mute()
    _schedule()


def downgrade() -> None:
    """Drop them."""
    op.drop_table("schedule")
    op.drop_table("user_task_mute")
    op.drop_column("notification", "items")
    op.drop_column("user_task", "take_over_from")


def _user_task_mute() -> None:
    op.create_table(
        "user_task_mute",
        sa.Column("user_task_key", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["user_task_key"], ["user_task.key"], name="fk_user_task_mute_user_task_key"),
        sa.PrimaryKeyConstraint("user_task_key", "person_id", name="pk_user_task_mute"),
    )


def _schedule() -> None:
    op.create_table(
        "schedule",
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("process_id", sa.Text(), nullable=False),
        sa.Column("definition_key", sa.BigInteger(), nullable=False),
        sa.Column("element_id", sa.Text(), nullable=False),
        sa.Column("timer", sa.Text(), nullable=False),
        sa.Column("once_per", sa.Text(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("repetitions", sa.BigInteger(), nullable=True),
        sa.Column("last_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["definition_key"], ["process_definition.key"], name="fk_schedule_definition_key"),
        sa.PrimaryKeyConstraint("key", name="pk_schedule"),
        sa.UniqueConstraint("process_id", "element_id", name="uq_schedule_process_id_element_id"),
    )
    op.create_index(
        "ix_schedule_due",
        "schedule",
        ["due_at"],
        postgresql_where=sa.text("due_at IS NOT NULL"),
        sqlite_where=sa.text("due_at IS NOT NULL"),
    )
