"""What the API needs: access tokens, a number for each variable, and indexes for what is searched."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from engine.keys import new_key

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_DECISION = sa.text("type = 'decision.evaluated'")
_EXTERNAL = sa.text("state = 'CREATED' AND external")
_INDEXES: tuple[tuple[str, str, list[str], Any], ...] = (
    ("ix_user_task_assignee_key", "user_task", ["assignee", "key"], None),
    ("ix_user_task_state", "user_task", ["state", "key"], None),
    ("ix_process_instance_ended", "process_instance", ["state", "ended_at"], None),
    ("ix_process_instance_started", "process_instance", ["started_at"], None),
    ("ix_process_instance_definition", "process_instance", ["definition_key", "state"], None),
    ("ix_incident_instance", "incident", ["process_instance_key", "state"], None),
    ("ix_job_external", "job", ["topic", "due_at"], _EXTERNAL),
    ("ix_history_event_decision", "history_event", ["occurred_at"], _DECISION),
)
_AT_ONCE = 1000


def upgrade() -> None:
    """Create them."""
    op.create_table(
        "access_token",
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("secret_sha256", sa.Text(), nullable=False),
        sa.Column("rights", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_access_token_person_id"),
        sa.PrimaryKeyConstraint("key", name="pk_access_token"),
        sa.UniqueConstraint("secret_sha256", name="uq_access_token_secret_sha256"),
    )
    op.create_index("ix_access_token_person_id", "access_token", ["person_id"])
    _number_variables()
    for name, table, columns, condition in _INDEXES:
        op.create_index(name, table, columns, postgresql_where=condition, sqlite_where=condition)


def downgrade() -> None:
    """Drop them."""
    for name, table, _columns, _condition in reversed(_INDEXES):
        op.drop_index(name, table)
    with op.batch_alter_table("variable") as variable:
        variable.drop_constraint("uq_variable_key", type_="unique")
        variable.drop_column("key")
    op.drop_table("access_token")


def _number_variables() -> None:
    op.add_column("variable", sa.Column("key", sa.BigInteger(), nullable=True))
    table = sa.table(
        "variable", sa.column("process_instance_key"), sa.column("scope"), sa.column("name"), sa.column("key")
    )
    connection = op.get_bind()
    mine = (
        table.c.process_instance_key == sa.bindparam("b_instance"),
        table.c.scope == sa.bindparam("b_scope"),
        table.c.name == sa.bindparam("b_name"),
    )
    found = connection.execute(sa.select(table.c.process_instance_key, table.c.scope, table.c.name)).all()
    for start in range(0, len(found), _AT_ONCE):
        rows = [
            {"b_instance": row.process_instance_key, "b_scope": row.scope, "b_name": row.name, "b_key": new_key()}
            for row in found[start : start + _AT_ONCE]
        ]
        connection.execute(sa.update(table).where(*mine).values(key=sa.bindparam("b_key")), rows)
    with op.batch_alter_table("variable") as variable:
        variable.alter_column("key", existing_type=sa.BigInteger(), nullable=False)
        variable.create_unique_constraint("uq_variable_key", ["key"])
