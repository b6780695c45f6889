"""Searches read what they need out of the indexes: whose matters are whose, and the queue of a group in order."""

from __future__ import annotations

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_WIDENED: tuple[tuple[str, str, list[str], str], ...] = (
    ("ix_user_task_assignee_key", "user_task", ["assignee", "key"], "root_key"),
    ("ix_user_task_completed_by", "user_task", ["completed_by", "completed_at"], "root_key"),
    ("ix_user_task_candidate_id", "user_task_candidate", ["kind", "id"], "user_task_key"),
    ("ix_notification_person", "notification", ["person_id", "created_at"], "root_key"),
)


def upgrade() -> None:
    """Put the key that is looked for behind the columns of four indexes."""
    for name, table, columns, more in _WIDENED:
        op.drop_index(name, table)
        op.create_index(name, table, [*columns, more])


def downgrade() -> None:
    """As before."""
    for name, table, columns, _more in _WIDENED:
        op.drop_index(name, table)
        op.create_index(name, table, columns)
