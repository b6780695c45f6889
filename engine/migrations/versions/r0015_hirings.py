"""An employment knows the matter in which the person was hired."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; SQLite takes the reference with the table made anew."""
    with op.batch_alter_table("employment") as table:
        table.add_column(sa.Column("hiring_key", sa.BigInteger(), nullable=True))
        table.add_column(sa.Column("hiring_element_id", sa.Text(), nullable=True))
        table.create_foreign_key("fk_employment_hiring_key", "process_instance", ["hiring_key"], ["key"])


def downgrade() -> None:
    """Drop them."""
    with op.batch_alter_table("employment") as table:
        table.drop_constraint("fk_employment_hiring_key", type_="foreignkey")
        table.drop_column("hiring_element_id")
        table.drop_column("hiring_key")
