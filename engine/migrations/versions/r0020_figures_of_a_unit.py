"""Figures of a unit are added up out of one index: who started a matter stands in its record, not only beside it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_INDEX, _BEFORE = "ix_matter_record_month", ["month", "process_id", "store"]
_MORE = ["starter", "is_finished", "seconds", "is_rejected", "returns", "dated", "on_time"]


def upgrade() -> None:
    """Add the column, fill it from the matters, and widen the index."""
    op.add_column("matter_record", sa.Column("starter", sa.Text(), nullable=True))
    op.execute(
        "UPDATE matter_record SET starter = "
        "(SELECT p.starter FROM process_instance AS p WHERE p.key = matter_record.root_key)"
    )
    op.drop_index(_INDEX, "matter_record")
    op.create_index(_INDEX, "matter_record", [*_BEFORE, *_MORE])


def downgrade() -> None:
    """As before."""
    op.drop_index(_INDEX, "matter_record")
    op.create_index(_INDEX, "matter_record", _BEFORE)
    op.drop_column("matter_record", "starter")
