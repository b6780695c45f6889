"""What search and statistics know of each matter, who looked at what, and when work on a task began."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables, and the indexes that lists of all open tasks and statistics need."""
    op.add_column("user_task", sa.Column("begun_at", sa.DateTime(timezone=True), nullable=True))
    created = sa.text("state = 'CREATED'")
    op.create_index(
        "ix_user_task_open_due", "user_task", ["due_at", "store"], postgresql_where=created, sqlite_where=created
    )
    root = sa.text("parent_key IS NULL")
    op.create_index(
        "ix_process_instance_submitted",
        "process_instance",
        ["submitted_at", "key"],
        postgresql_where=root,
        sqlite_where=root,
    )
    _matter_record()
    _matter_amount()
    _step_figure()
    _matter_view()


def downgrade() -> None:
    """Drop them; a table takes its triggers along."""
    op.drop_table("matter_view")
    op.drop_table("step_figure")
    op.drop_table("matter_amount")
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE matter_words")
    op.drop_table("matter_record")
    op.drop_index("ix_process_instance_submitted", "process_instance")
    op.drop_index("ix_user_task_open_due", "user_task")
    op.drop_column("user_task", "begun_at")


def _matter_record() -> None:
    op.create_table(
        "matter_record",
        sa.Column("root_key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("words", TSVECTOR().with_variant(sa.Text(), "sqlite"), nullable=False),
        sa.Column("process_id", sa.Text(), nullable=False),
        sa.Column("store", sa.Text(), nullable=True),
        sa.Column("month", sa.Text(), nullable=True),
        sa.Column("seconds", sa.BigInteger(), nullable=True),
        sa.Column("is_finished", sa.Boolean(), nullable=False),
        sa.Column("is_rejected", sa.Boolean(), nullable=False),
        sa.Column("returns", sa.BigInteger(), nullable=False),
        sa.Column("dated", sa.BigInteger(), nullable=False),
        sa.Column("on_time", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["root_key"], ["process_instance.key"], name="fk_matter_record_root_key"),
        sa.PrimaryKeyConstraint("root_key", name="pk_matter_record"),
    )
    op.create_index("ix_matter_record_month", "matter_record", ["month", "process_id", "store"])
    if op.get_bind().dialect.name == "sqlite":
        op.execute("CREATE VIRTUAL TABLE matter_words USING fts5(words, tokenize = 'unicode61 remove_diacritics 0')")
    op.create_index("ix_matter_record_words", "matter_record", ["words"], postgresql_using="gin")


def _matter_amount() -> None:
    op.create_table(
        "matter_amount",
        sa.Column("root_key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("hundredths", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["root_key"], ["process_instance.key"], name="fk_matter_amount_root_key"),
        sa.PrimaryKeyConstraint("root_key", "name", name="pk_matter_amount"),
    )
    op.create_index("ix_matter_amount_hundredths", "matter_amount", ["hundredths", "root_key"])


def _step_figure() -> None:
    op.create_table(
        "step_figure",
        *(
            sa.Column(name, sa.Text(), nullable=False)
            for name in ("month", "root_process_id", "store", "process_id", "element_id")
        ),
        *(
            sa.Column(name, sa.BigInteger(), nullable=False)
            for name in ("tasks", "waiting_seconds", "working_seconds")
        ),
        sa.PrimaryKeyConstraint(
            "month", "root_process_id", "store", "process_id", "element_id", name="pk_step_figure"
        ),
    )


def _matter_view() -> None:
    op.create_table(
        "matter_view",
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("root_key", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("details", sa.Text(), nullable=True),
        sa.Column("viewed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_matter_view"),
    )
    op.create_index("ix_matter_view_root", "matter_view", ["root_key", "viewed_at"])
    op.create_index("ix_matter_view_person", "matter_view", ["person_id", "viewed_at"])
    op.create_index("ix_matter_view_viewed_at", "matter_view", ["viewed_at"])
    for act in ("update", "delete"):
        _refuse("matter_view", act)


def _refuse(table: str, act: str) -> None:
    """What was written down stays; the function of PostgreSQL came with the history."""
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
