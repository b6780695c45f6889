"""What Alembic takes for another type when it compares tables with models: not two names of SQLite for one thing."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Integer


def is_other_type(
    context: Any,
    _inspected_column: Any,
    metadata_column: Column[Any],
    inspected_type: Any,
    metadata_type: Any,
) -> bool | None:
    """Alembic's ``compare_type``; None leaves the answer to Alembic.

    A column that refers to a key has the key's type. Where that is SQLite's INTEGER, which a primary key has to be
    called, the tables say BIGINT all the same: to SQLite both are integers of any size.
    """
    is_reference = context.dialect.name == "sqlite" and metadata_column.foreign_keys
    if is_reference and isinstance(inspected_type, Integer) and isinstance(metadata_type, Integer):
        return False
    return None
