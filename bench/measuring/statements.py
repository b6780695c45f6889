"""How many statements a database was sent, as SQLAlchemy sends them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import event

from engine.database import Database


class Statements:
    """``count`` goes up by one for each; set it back as you like. ``texts`` keeps them where it was asked for."""

    def __init__(self, database: Database, *, keep: bool = False) -> None:
        self.count = 0
        self.texts: list[str] | None = [] if keep else None
        # on PostgreSQL readers are the same engine with an option, and tell its listeners too
        for engine in (database.engine, database.reader_engine) if database.is_sqlite else (database.engine,):
            event.listen(engine, "before_cursor_execute", self._sent)

    def _sent(self, _connection: Any, _cursor: Any, statement: str, *_given: Any) -> None:
        self.count += 1
        if self.texts is not None:
            self.texts.append(statement)
