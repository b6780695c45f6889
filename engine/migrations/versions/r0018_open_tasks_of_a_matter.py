"""The open tasks of a matter are found by its key, however many are open elsewhere."""

from __future__ import annotations

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_INDEXES = {"ix_user_task_root": "root_key", "ix_user_task_instance": "process_instance_key"}


def upgrade() -> None:
    """Add the state to both indexes."""
    for name, column in _INDEXES.items():
        op.drop_index(name, "user_task")
        op.create_index(name, "user_task", [column, "state"])


def downgrade() -> None:
    """Without it."""
    for name, column in _INDEXES.items():
        op.drop_index(name, "user_task")
        op.create_index(name, "user_task", [column])
