"""Files that people attached."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_TABLES = ("stored_file", "attachment")


def upgrade() -> None:
    """Create the tables."""
    _stored_file()
    _attachment()
    for table in _TABLES:
        _refuse_update(table)


def downgrade() -> None:
    """Drop them; a table takes its triggers along."""
    op.drop_table("attachment")
    op.drop_table("stored_file")


def _stored_file() -> None:
    op.create_table(
        "stored_file",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name="pk_stored_file"),
    )


def _attachment() -> None:
    op.create_table(
        "attachment",
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("uploaded_by", sa.Text(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("root_key", sa.BigInteger(), nullable=False),
        sa.Column("user_task_key", sa.BigInteger(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["sha256"], ["stored_file.sha256"], name="fk_attachment_sha256"),
        sa.ForeignKeyConstraint(["user_task_key"], ["user_task.key"], name="fk_attachment_user_task_key"),
        sa.PrimaryKeyConstraint("key", name="pk_attachment"),
    )
    op.create_index("ix_attachment_sha256", "attachment", ["sha256"])
    op.create_index("ix_attachment_root", "attachment", ["root_key"])
    op.create_index("ix_attachment_user_task", "attachment", ["user_task_key"])


def _refuse_update(table: str) -> None:
    """What was uploaded is never changed; the function of PostgreSQL came with the history."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            f"CREATE TRIGGER {table}_refuse_update BEFORE UPDATE ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only: update refused'); END"
        )
        return
    op.execute(
        f"CREATE TRIGGER {table}_refuse_update BEFORE UPDATE ON {table} FOR EACH ROW "
        "EXECUTE FUNCTION banli_refuse_change()"
    )
