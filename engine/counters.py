"""Numbers that people can say, one after the other under a name: "PR-20261123", "DA-2026"."""

from __future__ import annotations

from functools import cache

from sqlalchemy import Executable
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from engine.models import Counter


def following(session: Session, name: str) -> int:
    """The next number. Its row stays locked until the commit: numbers have no gaps, and two never share one."""
    connection = session.connection()
    number: int = connection.execute(_count(connection.dialect.name), {"name": name}).scalar_one()
    return number


@cache
def _count(dialect: str) -> Executable:
    counted = (postgresql.insert if dialect == "postgresql" else sqlite.insert)(Counter).values(last=1)
    return counted.on_conflict_do_update(index_elements=[Counter.name], set_={"last": Counter.last + 1}).returning(
        Counter.last
    )
