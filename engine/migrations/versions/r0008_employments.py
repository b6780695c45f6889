"""The employee register: employments, and the headcount plan of each store."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "employment",
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("post_code", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.Text(), nullable=False),
        sa.Column("contract_type", sa.Text(), nullable=False),
        sa.Column("contract_months", sa.BigInteger(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("probation_ends_on", sa.Date(), nullable=True),
        sa.Column("confirmed_on", sa.Date(), nullable=True),
        sa.Column("reviewed_for", sa.Date(), nullable=True),
        sa.Column("health_certificate_until", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("rehire_blocked", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_employment_person_id"),
        sa.ForeignKeyConstraint(["post_code"], ["post.code"], name="fk_employment_post_code"),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name="fk_employment_unit_id"),
        sa.PrimaryKeyConstraint("key", name="pk_employment"),
    )
    op.create_index("ix_employment_person", "employment", ["person_id", "starts_on"])
    op.create_index("ix_employment_unit", "employment", ["unit_id", "post_code"])
    op.create_table(
        "headcount_plan",
        sa.Column("unit_id", sa.Text(), nullable=False),
        sa.Column("post_code", sa.Text(), nullable=False),
        sa.Column("planned", sa.BigInteger(), nullable=False),
        sa.Column("salary_min", sa.Text(), nullable=False),
        sa.Column("salary_max", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name="fk_headcount_plan_unit_id"),
        sa.ForeignKeyConstraint(["post_code"], ["post.code"], name="fk_headcount_plan_post_code"),
        sa.PrimaryKeyConstraint("unit_id", "post_code", name="pk_headcount_plan"),
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_table("headcount_plan")
    op.drop_table("employment")
