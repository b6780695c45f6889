"""Searches read what they need out of the indexes: whose matters are whose, and the queue of a group in order."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_WIDENED: tuple[tuple[str, str, list[str], str], ...] = (
    ("ix_user_task_assignee_key", "user_task", ["assignee", "key"], "root_key"),
    ("ix_user_task_completed_by", "user_task", ["completed_by", "completed_at"], "root_key"),
    ("ix_user_task_candidate_id", "user_task_candidate", ["kind", "id"], "user_task_key"),
    ("ix_notification_person", "notification", ["person_id", "created_at"], "root_key"),
)
_STOOD_IN = sa.text("on_behalf_of IS NOT NULL")


def upgrade() -> None:
    """Put the key that is looked for behind the columns of four indexes; one more for the few who stood in."""
    for name, table, columns, more in _WIDENED:
        op.drop_index(name, table)
        op.create_index(name, table, [*columns, more])
    op.create_index(
        "ix_user_task_on_behalf_of",
        "user_task",
        ["on_behalf_of", "root_key"],
        postgresql_where=_STOOD_IN,
        sqlite_where=_STOOD_IN,
    )


def downgrade() -> None:
    """As before."""
    op.drop_index("ix_user_task_on_behalf_of", "user_task")
    for name, table, columns, _more in _WIDENED:
        op.drop_index(name, table)
        op.create_index(name, table, columns)
