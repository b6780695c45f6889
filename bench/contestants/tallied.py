"""Counting what SQLAlchemy sends, for every contestant that stands on it."""

from __future__ import annotations

from typing import Any

from course import Tally
from sqlalchemy import Engine, event


def over(*engines: Engine) -> Tally:
    """A tally of the statements and commits of these engines."""
    tally = Tally()

    def statement(_connection: Any, _cursor: Any, text: str, *_given: Any) -> None:
        tally.statement(text)

    def commit(_connection: Any) -> None:
        tally.commits += 1

    for engine in engines:
        event.listen(engine, "before_cursor_execute", statement)
        event.listen(engine, "commit", commit)
    return tally
