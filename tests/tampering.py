"""What somebody with the database's own rights could do: the triggers are off, and no trace of that stays."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text

from engine.database import Database


def tamper(database: Database, *statements: str, **parameters: Any) -> int:
    """Run the statements as the database's superuser; gives how many rows they touched."""
    touched = 0
    with database.engine.begin() as connection:
        triggers: list[tuple[str, str]] = []
        if database.is_sqlite:
            rows = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"))
            triggers = [(row.name, row.sql) for row in rows]
            for name, _ in triggers:
                connection.exec_driver_sql(f"DROP TRIGGER {name}")
        else:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
        for statement in statements:
            touched += connection.execute(text(statement), parameters).rowcount
        for _, sql in triggers:
            connection.exec_driver_sql(sql)
    return touched
