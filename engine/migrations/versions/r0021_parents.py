"""Only called processes have a parent: the index over parents leaves all others out, to look for and to write."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_NAME, _TABLE, _COLUMNS = "ix_process_instance_parent", "process_instance", ["parent_key"]


def upgrade() -> None:
    """Make it anew, over those that have one."""
    some = sa.text("parent_key IS NOT NULL")
    op.drop_index(_NAME, _TABLE)
    op.create_index(_NAME, _TABLE, _COLUMNS, postgresql_where=some, sqlite_where=some)


def downgrade() -> None:
    """Over all again."""
    op.drop_index(_NAME, _TABLE)
    op.create_index(_NAME, _TABLE, _COLUMNS)
