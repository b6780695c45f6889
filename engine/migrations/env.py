"""Runs the revisions on the connection that :mod:`engine.migrations.upgrading` brings, in its transaction."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection

from engine.migrations.comparison import is_other_type
from engine.models import Base

connection: Connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    # our SQLite engine begins its transactions itself, so that tables are created within them
    transactional_ddl=True,
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=is_other_type,
)
with context.begin_transaction():
    context.run_migrations()
