"""Indexes for lists that every page counts: what came back when a delegation ended, and what is unread."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_INDEXES = (
    ("ix_user_task_owner", "user_task", "on_behalf_of", "on_behalf_of IS NOT NULL"),
    ("ix_notification_unread", "notification", "person_id", "read_at IS NULL"),
)


def upgrade() -> None:
    """Create them, over the few rows that they are asked for."""
    for name, table, column, condition in _INDEXES:
        some = sa.text(condition)
        op.create_index(name, table, [column], postgresql_where=some, sqlite_where=some)


def downgrade() -> None:
    """Drop them."""
    for name, table, _column, _condition in _INDEXES:
        op.drop_index(name, table)
