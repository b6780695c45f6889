"""Drafts of procedures, their runs and approvals, the owners of processes; and what a deployment restored."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.add_column("deployment", sa.Column("restores", sa.BigInteger(), nullable=True))
    _process_owner()
    _draft()
    _draft_file()
    _draft_run()
    _draft_approval()


def downgrade() -> None:
    """Drop them."""
    for table in ("draft_approval", "draft_run", "draft_file", "draft", "process_owner"):
        op.drop_table(table)
    op.drop_column("deployment", "restores")


def _process_owner() -> None:
    op.create_table(
        "process_owner",
        sa.Column("process_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("given_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_process_owner_person_id"),
        sa.PrimaryKeyConstraint("process_id", "person_id", name="pk_process_owner"),
    )


def _draft() -> None:
    op.create_table(
        "draft",
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("pack", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("base_key", sa.BigInteger(), nullable=True),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("deployment_key", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["base_key"], ["deployment.key"], name="fk_draft_base_key"),
        sa.ForeignKeyConstraint(["deployment_key"], ["deployment.key"], name="fk_draft_deployment_key"),
        sa.ForeignKeyConstraint(["holder"], ["person.id"], name="fk_draft_holder"),
        sa.PrimaryKeyConstraint("key", name="pk_draft"),
    )
    op.create_index("ix_draft_state", "draft", ["state", "pack"])


def _draft_file() -> None:
    op.create_table(
        "draft_file",
        sa.Column("draft_key", sa.BigInteger(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["draft_key"], ["draft.key"], name="fk_draft_file_draft_key"),
        sa.PrimaryKeyConstraint("draft_key", "path", name="pk_draft_file"),
    )


def _draft_run() -> None:
    op.create_table(
        "draft_run",
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("draft_key", sa.BigInteger(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("started_by", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("beat_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=True),
        sa.Column("report", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["draft_key"], ["draft.key"], name="fk_draft_run_draft_key"),
        sa.PrimaryKeyConstraint("key", name="pk_draft_run"),
    )
    op.create_index("ix_draft_run_draft", "draft_run", ["draft_key", "key"])


def _draft_approval() -> None:
    op.create_table(
        "draft_approval",
        sa.Column("draft_key", sa.BigInteger(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["draft_key"], ["draft.key"], name="fk_draft_approval_draft_key"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_draft_approval_person_id"),
        sa.PrimaryKeyConstraint("draft_key", "fingerprint", "person_id", name="pk_draft_approval"),
    )
