"""Running and ended matters, and what waits in them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    _counter()
    _message()
    _process_instance()
    _incident()
    _job()
    _subscription()
    _user_task()
    _variable()
    _user_task_candidate()


def downgrade() -> None:
    """Drop them."""
    op.drop_table("user_task_candidate")
    op.drop_table("variable")
    op.drop_table("user_task")
    op.drop_table("subscription")
    op.drop_table("job")
    op.drop_table("incident")
    op.drop_table("process_instance")
    op.drop_table("message")
    op.drop_table("counter")


def _counter() -> None:
    op.create_table(
        "counter",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_counter"),
    )


def _message() -> None:
    op.create_table(
        "message",
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("correlation_key", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=True),
        sa.Column("variables", sa.Text(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_message"),
    )
    op.create_index("ix_message_name", "message", ["name", "correlation_key"])


def _process_instance() -> None:
    op.create_table(
        "process_instance",
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("definition_key", sa.BigInteger(), nullable=False),
        sa.Column("process_id", sa.Text(), nullable=False),
        sa.Column("root_key", sa.BigInteger(), nullable=False),
        sa.Column("parent_key", sa.BigInteger(), nullable=True),
        sa.Column("parent_element_instance", sa.Text(), nullable=True),
        sa.Column("business_id", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("suspended", sa.Boolean(), nullable=False),
        sa.Column("starter", sa.Text(), nullable=False),
        sa.Column("store", sa.Text(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("state_bytes", sa.LargeBinary(), nullable=True),
        sa.Column("last_sequence", sa.BigInteger(), nullable=False),
        sa.Column("last_hash", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["definition_key"], ["process_definition.key"], name="fk_process_instance_definition_key"
        ),
        sa.PrimaryKeyConstraint("key", name="pk_process_instance"),
        sa.UniqueConstraint("business_id", name="uq_process_instance_business_id"),
    )
    op.create_index("ix_process_instance_parent", "process_instance", ["parent_key"])
    op.create_index("ix_process_instance_process_store", "process_instance", ["process_id", "store", "submitted_at"])
    op.create_index("ix_process_instance_root", "process_instance", ["root_key"])
    op.create_index("ix_process_instance_starter", "process_instance", ["starter", "started_at"])
    op.create_index("ix_process_instance_state", "process_instance", ["state", "started_at"])


def _incident() -> None:
    op.create_table(
        "incident",
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("process_instance_key", sa.BigInteger(), nullable=False),
        sa.Column("root_key", sa.BigInteger(), nullable=False),
        sa.Column("job_key", sa.BigInteger(), nullable=True),
        sa.Column("element_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("values", sa.Text(), nullable=False),
        sa.Column("attempt", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_by", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["process_instance_key"], ["process_instance.key"], name="fk_incident_process_instance_key"
        ),
        sa.PrimaryKeyConstraint("key", name="pk_incident"),
    )
    op.create_index(
        "ix_incident_open",
        "incident",
        ["root_key"],
        postgresql_where=sa.text("state = 'OPEN'"),
        sqlite_where=sa.text("state = 'OPEN'"),
    )


def _job() -> None:
    op.create_table(
        "job",
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("process_instance_key", sa.BigInteger(), nullable=True),
        sa.Column("root_key", sa.BigInteger(), nullable=True),
        sa.Column("element_id", sa.Text(), nullable=True),
        sa.Column("element_instance", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retries", sa.BigInteger(), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("worker", sa.Text(), nullable=True),
        sa.Column("headers", sa.Text(), nullable=False),
        sa.Column("variables", sa.Text(), nullable=False),
        sa.Column("external", sa.Boolean(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["process_instance_key"], ["process_instance.key"], name="fk_job_process_instance_key"
        ),
        sa.PrimaryKeyConstraint("key", name="pk_job"),
    )
    op.create_index(
        "ix_job_due",
        "job",
        ["due_at"],
        postgresql_where=sa.text("state = 'CREATED'"),
        sqlite_where=sa.text("state = 'CREATED'"),
    )
    op.create_index("ix_job_instance", "job", ["process_instance_key"])


def _subscription() -> None:
    op.create_table(
        "subscription",
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("correlation_key", sa.Text(), nullable=False),
        sa.Column("process_instance_key", sa.BigInteger(), nullable=False),
        sa.Column("root_key", sa.BigInteger(), nullable=False),
        sa.Column("element_id", sa.Text(), nullable=False),
        sa.Column("element_instance", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["process_instance_key"], ["process_instance.key"], name="fk_subscription_process_instance_key"
        ),
        sa.PrimaryKeyConstraint("key", name="pk_subscription"),
    )
    op.create_index("ix_subscription_instance", "subscription", ["process_instance_key"])
    op.create_index("ix_subscription_name", "subscription", ["kind", "name", "correlation_key"])


def _user_task() -> None:
    op.create_table(
        "user_task",
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("process_instance_key", sa.BigInteger(), nullable=False),
        sa.Column("root_key", sa.BigInteger(), nullable=False),
        sa.Column("definition_key", sa.BigInteger(), nullable=False),
        sa.Column("process_id", sa.Text(), nullable=False),
        sa.Column("element_id", sa.Text(), nullable=False),
        sa.Column("element_instance", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("form_key", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("assignee", sa.Text(), nullable=True),
        sa.Column("on_behalf_of", sa.Text(), nullable=True),
        sa.Column("resolution", sa.Text(), nullable=False),
        sa.Column("priority", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("follow_up_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("completed_by", sa.Text(), nullable=True),
        sa.Column("draft", sa.Text(), nullable=True),
        sa.Column("properties", sa.Text(), nullable=False),
        sa.Column("business_id", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("starter", sa.Text(), nullable=False),
        sa.Column("store", sa.Text(), nullable=True),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["process_instance_key"], ["process_instance.key"], name="fk_user_task_process_instance_key"
        ),
        sa.PrimaryKeyConstraint("key", name="pk_user_task"),
    )
    op.create_index(
        "ix_user_task_assignee",
        "user_task",
        ["assignee", "due_at"],
        postgresql_where=sa.text("state = 'CREATED'"),
        sqlite_where=sa.text("state = 'CREATED'"),
    )
    op.create_index("ix_user_task_completed_by", "user_task", ["completed_by", "completed_at"])
    op.create_index("ix_user_task_instance", "user_task", ["process_instance_key"])
    op.create_index("ix_user_task_root", "user_task", ["root_key"])


def _variable() -> None:
    op.create_table(
        "variable",
        sa.Column("process_instance_key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["process_instance_key"], ["process_instance.key"], name="fk_variable_process_instance_key"
        ),
        sa.PrimaryKeyConstraint("process_instance_key", "scope", "name", name="pk_variable"),
    )


def _user_task_candidate() -> None:
    op.create_table(
        "user_task_candidate",
        sa.Column("user_task_key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["user_task_key"], ["user_task.key"], name="fk_user_task_candidate_user_task_key"),
        sa.PrimaryKeyConstraint("user_task_key", "kind", "id", name="pk_user_task_candidate"),
    )
    op.create_index("ix_user_task_candidate_id", "user_task_candidate", ["kind", "id"])
