"""Sign-ins by device, and people who may not sign in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table and the column."""
    op.add_column("person", sa.Column("locked_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "person_session",
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("signed_in_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_person_session_person_id"),
        sa.PrimaryKeyConstraint("key", name="pk_person_session"),
    )
    op.create_index("ix_person_session_person", "person_session", ["person_id", "signed_in_at"])


def downgrade() -> None:
    """Drop them."""
    op.drop_table("person_session")
    op.drop_column("person", "locked_at")
