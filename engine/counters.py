"""Numbers that people can say, one after the other under a name: "PR-20261123", "DA-2026"."""

from __future__ import annotations

from sqlalchemy import Executable, bindparam
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from engine.models import Counter
from engine.statements import Statement


def following(session: Session, name: str) -> int:
    """The next number. Its row stays locked until the commit: numbers have no gaps, and two never share one."""
    number: int = _FOLLOWING.one(session, {"name": name}).last
    return number


def _counted(dialect: str) -> Executable:
    named = {"name": bindparam("name"), "last": 1}
    counted = (postgresql.insert if dialect == "postgresql" else sqlite.insert)(Counter).values(named)
    return counted.on_conflict_do_update(index_elements=[Counter.name], set_={"last": Counter.last + 1}).returning(
        Counter.last
    )


_FOLLOWING = Statement(_counted)
