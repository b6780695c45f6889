"""Archived documents and their files."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_APPEND_ONLY = ("archive_entry", "archive_file")


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "archive_entry",
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("job_key", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("archive", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.Text(), nullable=True),
        sa.Column("keep_until", sa.Date(), nullable=True),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("root_key", sa.BigInteger(), nullable=False),
        sa.Column("element_id", sa.Text(), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["root_key"], ["process_instance.key"], name="fk_archive_entry_root_key"),
        sa.PrimaryKeyConstraint("key", name="pk_archive_entry"),
        sa.UniqueConstraint("job_key", name="uq_archive_entry_job_key"),
        sa.UniqueConstraint("number", name="uq_archive_entry_number"),
    )
    op.create_index("ix_archive_entry_archive", "archive_entry", ["archive", "archived_at"])
    op.create_index("ix_archive_entry_root", "archive_entry", ["root_key"])
    op.create_table(
        "archive_file",
        sa.Column("entry_key", sa.BigInteger(), nullable=False),
        sa.Column("attachment_key", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["entry_key"], ["archive_entry.key"], name="fk_archive_file_entry_key"),
        sa.ForeignKeyConstraint(["attachment_key"], ["attachment.key"], name="fk_archive_file_attachment_key"),
        sa.ForeignKeyConstraint(["sha256"], ["stored_file.sha256"], name="fk_archive_file_sha256"),
        sa.PrimaryKeyConstraint("entry_key", "attachment_key", name="pk_archive_file"),
    )
    for table in _APPEND_ONLY:
        for act in ("update", "delete"):
            _refuse(table, act)


def downgrade() -> None:
    """Drop them; a table takes its triggers along."""
    op.drop_table("archive_file")
    op.drop_table("archive_entry")


def _refuse(table: str, act: str) -> None:
    """What was archived stays; the function of PostgreSQL came with the history."""
    name = f"{table}_refuse_{act}"
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {act.upper()} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only: {act} refused'); END"
        )
        return
    op.execute(
        f"CREATE TRIGGER {name} BEFORE {act.upper()} ON {table} FOR EACH ROW EXECUTE FUNCTION banli_refuse_change()"
    )
