"""What happened, append-only."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    _history_event()
    _journal()
    _personal_value()
    _seal()
    _sealed_head()
    _create_triggers()


def downgrade() -> None:
    """Drop them."""
    op.drop_table("sealed_head")
    op.drop_table("seal")
    op.drop_table("personal_value")
    op.drop_table("journal")
    op.drop_table("history_event")
    _drop_triggers()


def _history_event() -> None:
    op.create_table(
        "history_event",
        sa.Column("root_key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sequence", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("process_instance_key", sa.BigInteger(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("on_behalf_of", sa.Text(), nullable=True),
        sa.Column("element_id", sa.Text(), nullable=True),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("root_key", "sequence", name="pk_history_event"),
    )
    op.create_index("ix_history_event_occurred_at", "history_event", ["occurred_at"])


def _journal() -> None:
    op.create_table(
        "journal",
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("last_sequence", sa.BigInteger(), nullable=False),
        sa.Column("last_hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_journal"),
    )


def _personal_value() -> None:
    op.create_table(
        "personal_value",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("root_key", sa.BigInteger(), nullable=False),
        sa.Column("salt", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("digest", name="pk_personal_value"),
    )
    op.create_index("ix_personal_value_root_key", "personal_value", ["root_key"])


def _seal() -> None:
    op.create_table(
        "seal",
        sa.Column("sequence", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("chains", sa.BigInteger(), nullable=False),
        sa.Column("previous_hash", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name="pk_seal"),
    )


def _sealed_head() -> None:
    op.create_table(
        "sealed_head",
        sa.Column("seal_sequence", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("root_key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("event_sequence", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seal_sequence", "root_key", name="pk_sealed_head"),
    )
    op.create_index("ix_sealed_head_root", "sealed_head", ["root_key"])


# --- the database itself refuses to change history -------------------------------------------------------------

_APPEND_ONLY = {
    "history_event": ("root_key", "sequence"),
    "seal": ("sequence",),
    "sealed_head": ("seal_sequence", "root_key"),
}
_ERASING = """
    NEW.digest = OLD.digest AND NEW.root_key = OLD.root_key AND NEW.salt = ''
    AND OLD.value IS NOT NULL AND NEW.value IS NULL AND OLD.erased_at IS NULL AND NEW.erased_at IS NOT NULL
"""


def _create_triggers() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _create_sqlite_triggers()
    else:
        _create_postgresql_triggers()


def _create_sqlite_triggers() -> None:
    for table in (*_APPEND_ONLY, "personal_value"):
        erasing = f"NOT ({_ERASING})" if table == "personal_value" else "TRUE"
        _refuse_on_sqlite(table, "update", erasing)
        _refuse_on_sqlite(table, "delete", "TRUE")
    # INSERT OR REPLACE deletes the old row without firing its DELETE trigger
    for table, columns in {**_APPEND_ONLY, "personal_value": ("digest",)}.items():
        same = " AND ".join(f"{column} = NEW.{column}" for column in columns)
        _refuse_on_sqlite(table, "insert", f"EXISTS (SELECT 1 FROM {table} WHERE {same})")  # noqa: S608 - constants


def _refuse_on_sqlite(table: str, act: str, condition: str) -> None:
    op.execute(
        f"CREATE TRIGGER {table}_refuse_{act} BEFORE {act.upper()} ON {table} WHEN {condition} "
        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only: {act} refused'); END"
    )


def _create_postgresql_triggers() -> None:
    op.execute(
        "CREATE FUNCTION banli_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, lower(TG_OP) "
        "USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    for table in (*_APPEND_ONLY, "personal_value"):
        erasing = f"WHEN (NOT ({_ERASING}))" if table == "personal_value" else ""
        _refuse_on_postgresql(table, "update", f"FOR EACH ROW {erasing}")
        _refuse_on_postgresql(table, "delete", "FOR EACH ROW")
        _refuse_on_postgresql(table, "truncate", "FOR EACH STATEMENT")


def _refuse_on_postgresql(table: str, act: str, extent: str) -> None:
    op.execute(
        f"CREATE TRIGGER {table}_refuse_{act} BEFORE {act.upper()} ON {table} {extent} "
        "EXECUTE FUNCTION banli_refuse_change()"
    )


def _drop_triggers() -> None:
    """A table takes its triggers along; PostgreSQL's function stays behind."""
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION banli_refuse_change()")
