"""A database as it was at first: whether anything in it is other by now, and back to it in some milliseconds."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

import psycopg
from psycopg import sql
from sqlalchemy import make_url

from engine.models import Base
from engine.models.matter_record import WORDS_INDEX

TRACES = {"matter_view", "sign_in_failures", "matter_record", "matter_amount", "step_figure"}
"""What everybody leaves behind by looking or signing in, and what is derived from matters for search and figures."""


class Kept(Protocol):
    """A database with a copy of it as it was at first."""

    def changed(self) -> set[str]:
        """The tables that are other than at first."""

    def restore(self, changed: set[str]) -> None:
        """Everything as it was at first."""

    def close(self) -> None:
        """Let go of it."""


class KeptFile:
    """A SQLite file; the copy is held in memory."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._watch = sqlite3.connect(file)
        self._copy = sqlite3.connect(":memory:")
        self._watch.backup(self._copy)
        self._before = self._digest()
        self._version = self._data_version()

    def changed(self) -> set[str]:
        """The tables that are other than at first; nothing is read where nobody committed since."""
        version = self._data_version()
        if version == self._version:
            return set()
        self._version = version
        now = self._digest()
        return {name for name in now if now[name] != self._before[name]}

    def restore(self, changed: set[str]) -> None:  # noqa: ARG002 - it is all brought back in one piece
        """Everything as it was at first."""
        connection = sqlite3.connect(self._file)
        try:
            self._copy.backup(connection)
        finally:
            connection.close()
        self._version = self._data_version()

    def close(self) -> None:
        """Let go of it."""
        self._watch.close()
        self._copy.close()

    def _data_version(self) -> int:
        return int(self._watch.execute("PRAGMA data_version").fetchone()[0])

    def _digest(self) -> Mapping[str, str]:
        names = [row[0] for row in self._watch.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {
            name: hashlib.sha256(repr(self._rows(name)).encode()).hexdigest()
            for name in names
            if name not in TRACES and not name.startswith(WORDS_INDEX)
        }

    def _rows(self, table: str) -> list[Any]:
        # a resource is never changed, and its hash says what it is
        columns = "key, path, sha256" if table == "resource" else "*"
        statement = f"SELECT {columns} FROM {table}"  # noqa: S608 - names that the database itself gave
        return self._watch.execute(statement).fetchall()


class KeptSchema:
    """A PostgreSQL database; the copy is a schema beside its own."""

    def __init__(self, url: str) -> None:
        address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        self._watch = psycopg.connect(address, autocommit=True)
        self._tables = [table.name for table in Base.metadata.sorted_tables]
        self._watch.execute("CREATE SCHEMA kept")
        for name in self._tables:
            self._do("CREATE TABLE kept.{table} AS TABLE public.{table}", name)
        self._before = self._digest()
        self._seen = self._transactions()

    def changed(self) -> set[str]:
        """The tables that are other than at first; nothing is read where no transaction wrote anything."""
        seen = self._transactions()
        if seen == self._seen:
            return set()
        self._seen = seen
        now = self._digest()
        return {name for name in now if now[name] != self._before[name]}

    def restore(self, changed: set[str]) -> None:
        """What changed as it was at first, whatever the triggers of history and the references say."""
        self._watch.execute("SET session_replication_role = replica")
        for name in (*sorted(changed), *sorted(TRACES & {*self._tables})):
            self._do("DELETE FROM public.{table}", name)
            columns = sql.SQL(", ").join(
                sql.Identifier(column.name) for column in Base.metadata.tables[name].columns if not column.computed
            )
            self._watch.execute(
                sql.SQL("INSERT INTO public.{table} ({columns}) SELECT {columns} FROM kept.{table}").format(
                    table=sql.Identifier(name), columns=columns
                )
            )
        self._seen = self._transactions()

    def close(self) -> None:
        """Let go of it."""
        self._watch.close()

    def _do(self, statement: str, table: str) -> None:
        self._watch.execute(sql.SQL(statement).format(table=sql.Identifier(table)))

    def _transactions(self) -> str:
        """The next transaction that writes has this number; reading takes none."""
        found = self._watch.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text").fetchone()
        assert found is not None
        return str(found[0])

    def _digest(self) -> Mapping[str, str]:
        counted = [name for name in self._tables if name not in TRACES]
        each = sql.SQL(" UNION ALL ").join(
            sql.SQL(
                "SELECT {name}, md5(coalesce(string_agg(md5({row}), '' ORDER BY md5({row})), '')) FROM {table} AS t"
            ).format(
                name=sql.Literal(name),
                row=sql.SQL("t.path || t.sha256 || t.key" if name == "resource" else "t::text"),
                table=sql.Identifier(name),
            )
            for name in counted
        )
        return {str(name): str(digest) for name, digest in self._watch.execute(each).fetchall()}
