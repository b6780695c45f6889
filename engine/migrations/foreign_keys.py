"""Foreign keys while SQLite migrates: not enforced, so that tables are made anew, and checked before all is kept."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from engine.errors import SettingRefused
from feel.sentences import Sentence


def switch_off(driver: Any) -> None:
    """Let a table be dropped to which others refer. Within a transaction SQLite would not listen."""
    driver.execute("PRAGMA foreign_keys=OFF")


def refuse_orphans(connection: Connection) -> None:
    """Raise :class:`SettingRefused` if a row refers to one that is not there."""
    tables = {table for table, *_row in connection.exec_driver_sql("PRAGMA foreign_key_check")}
    if tables:
        raise SettingRefused(
            Sentence(
                "BANLI_DATABASE_URL names {url}, which cannot be brought to this version: rows of {tables} refer to "
                "rows that are not there. Nothing was changed; restore a backup.",
                url=connection.engine.url.render_as_string(hide_password=True),
                tables=", ".join(sorted(tables)),
            )
        )
