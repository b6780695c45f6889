"""Engines for contestants on SQLAlchemy: as durable as Banli's own (SQLite: WAL, synchronous=FULL)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine, create_engine, event


def engine(url: str) -> Engine:
    """The engine for an address as Banli writes it."""
    made = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    if made.dialect.name == "sqlite":

        @event.listens_for(made, "connect")
        def prepare(connection: Any, _entry: Any) -> None:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=FULL")
            connection.execute("PRAGMA foreign_keys=ON")

    return made
