"""Decisions and forms have version tags, as processes do."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_TABLES = ("decision_definition", "form_definition")


def upgrade() -> None:
    """Add the columns."""
    for table in _TABLES:
        op.add_column(table, sa.Column("version_tag", sa.Text(), nullable=True))


def downgrade() -> None:
    """Drop them."""
    for table in _TABLES:
        op.drop_column(table, "version_tag")
