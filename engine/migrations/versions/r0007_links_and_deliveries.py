"""What service tasks leave behind: linked matters, ledgers, deliveries; and the ids of messages that came."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_APPEND_ONLY = ("matter_link", "ledger_entry")


def upgrade() -> None:
    """Create the tables."""
    _matter_link()
    _ledger_entry()
    _notification_channel()
    _delivery()
    _message_receipt()
    for table in _APPEND_ONLY:
        for act in ("update", "delete"):
            _refuse(table, act)


def downgrade() -> None:
    """Drop them; a table takes its triggers along."""
    op.drop_table("message_receipt")
    op.drop_table("delivery")
    op.drop_table("notification_channel")
    op.drop_table("ledger_entry")
    op.drop_table("matter_link")


def _matter_link() -> None:
    op.create_table(
        "matter_link",
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("job_key", sa.BigInteger(), nullable=False),
        sa.Column("from_key", sa.BigInteger(), nullable=False),
        sa.Column("to_key", sa.BigInteger(), nullable=False),
        sa.Column("element_id", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["from_key"], ["process_instance.key"], name="fk_matter_link_from_key"),
        sa.ForeignKeyConstraint(["to_key"], ["process_instance.key"], name="fk_matter_link_to_key"),
        sa.PrimaryKeyConstraint("key", name="pk_matter_link"),
        sa.UniqueConstraint("job_key", name="uq_matter_link_job_key"),
    )
    op.create_index("ix_matter_link_from", "matter_link", ["from_key"])
    op.create_index("ix_matter_link_to", "matter_link", ["to_key"])


def _ledger_entry() -> None:
    op.create_table(
        "ledger_entry",
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("job_key", sa.BigInteger(), nullable=False),
        sa.Column("ledger", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.Text(), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("amount", sa.Text(), nullable=True),
        sa.Column("entry_values", sa.Text(), nullable=False),
        sa.Column("root_key", sa.BigInteger(), nullable=False),
        sa.Column("element_id", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name="fk_ledger_entry_unit_id"),
        sa.ForeignKeyConstraint(["root_key"], ["process_instance.key"], name="fk_ledger_entry_root_key"),
        sa.PrimaryKeyConstraint("key", name="pk_ledger_entry"),
        sa.UniqueConstraint("job_key", name="uq_ledger_entry_job_key"),
    )
    op.create_index("ix_ledger_entry_ledger", "ledger_entry", ["ledger", "unit_id", "day"])
    op.create_index("ix_ledger_entry_root", "ledger_entry", ["root_key"])


def _notification_channel() -> None:
    op.create_table(
        "notification_channel",
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_notification_channel_person_id"),
        sa.PrimaryKeyConstraint("person_id", "channel", name="pk_notification_channel"),
    )


def _delivery() -> None:
    op.create_table(
        "delivery",
        sa.Column("notification_key", sa.BigInteger(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("job_key", sa.BigInteger(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("given_up_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["notification_key"], ["notification.key"], name="fk_delivery_notification_key"),
        sa.PrimaryKeyConstraint("notification_key", "channel", name="pk_delivery"),
    )
    op.create_index("ix_delivery_job", "delivery", ["job_key"])


def _message_receipt() -> None:
    op.create_table(
        "message_receipt",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("correlation_key", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", "correlation_key", "message_id", name="pk_message_receipt"),
    )
    op.create_index("ix_message_receipt_expires_at", "message_receipt", ["expires_at"])


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
