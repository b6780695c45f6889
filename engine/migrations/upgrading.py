"""Alembic at work, on a connection and in a transaction of the caller."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

_FOLDER = Path(__file__).parent


def to(connection: Connection, revision: str) -> None:
    """Go up to that revision."""
    command.upgrade(_configuration(connection), revision)


def back_to(connection: Connection, revision: str) -> None:
    """Go down to that revision ("base": to no tables at all)."""
    command.downgrade(_configuration(connection), revision)


def _configuration(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
