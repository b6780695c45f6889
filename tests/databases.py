"""Real databases for tests, fast: migrated once a session, then copied or emptied for each test.

PostgreSQL is found through ``BANLI_TEST_POSTGRES`` (an address of a database on a server where we may create others),
else at 127.0.0.1:5432 as the operating system's user. Where none answers, its tests are skipped with the reason; with
``REQUIRE_SERVICES=1`` they fail instead.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import make_url

from engine.database import Database
from engine.models import Base

DEFAULT_POSTGRESQL = "postgresql://127.0.0.1:5432/postgres"


class SQLite:
    """A migrated file to copy."""

    def __init__(self, file: Path) -> None:
        self.file = file
        database = Database(f"sqlite:///{file}")
        database.migrate()
        database.dispose()
        # everything into the one file, so that it can be copied
        connection = sqlite3.connect(file)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()

    def copy(self, file: Path) -> str:
        """The address of a copy at ``file``."""
        shutil.copyfile(self.file, file)
        return f"sqlite:///{file}"


@dataclass(frozen=True)
class PostgreSQL:
    """A migrated database on a server, to be cloned by the server."""

    server: str
    name: str

    @classmethod
    def create(cls) -> PostgreSQL:
        """Create and migrate the template; skip or fail the tests where no server answers."""
        template = cls(
            os.environ.get("BANLI_TEST_POSTGRES", DEFAULT_POSTGRESQL), f"banli_test_{os.getpid()}_{uuid4().hex[:8]}"
        )
        try:
            template._execute("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'", template.name)
        except psycopg.OperationalError as error:
            reason = f"no PostgreSQL at {make_url(template.server).render_as_string()}: {error}"
            if os.environ.get("REQUIRE_SERVICES") == "1":
                pytest.fail(reason)
            pytest.skip(reason)
        database = Database(template.url(template.name))
        database.migrate()
        database.dispose()
        return template

    def url(self, name: str) -> str:
        """The address of a database on this server."""
        return make_url(self.server).set(database=name).render_as_string(hide_password=False)

    @contextmanager
    def copy(self) -> Iterator[str]:
        """The address of a clone, dropped afterwards whoever is still connected."""
        name = f"{self.name}_{uuid4().hex[:12]}"
        self._execute("CREATE DATABASE {} TEMPLATE {}", name, self.name)
        try:
            yield self.url(name)
        finally:
            self._execute("DROP DATABASE {} WITH (FORCE)", name)

    @contextmanager
    def blank(self) -> Iterator[str]:
        """The address of a database without any table, dropped afterwards."""
        name = f"{self.name}_{uuid4().hex[:12]}"
        self._execute("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'", name)
        try:
            yield self.url(name)
        finally:
            self._execute("DROP DATABASE {} WITH (FORCE)", name)

    def empty(self, url: str) -> None:
        """Delete all rows of a clone, whoever is still connected, and whatever the triggers of history say.

        Cloning for every test is slow on a busy server: each database that is dropped waits for a checkpoint.
        """
        tables = sql.SQL("; ").join(
            sql.SQL("DELETE FROM {}").format(sql.Identifier(table.name)) for table in Base.metadata.sorted_tables
        )
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            connection.execute("SET session_replication_role = replica")
            connection.execute(tables)

    def drop(self) -> None:
        """Remove the template."""
        self._execute("DROP DATABASE {} WITH (FORCE)", self.name)

    def _execute(self, statement: str, *names: str) -> None:
        query = sql.SQL(statement).format(*(sql.Identifier(name) for name in names))
        with psycopg.connect(self.server, autocommit=True, connect_timeout=5) as connection:
            connection.execute(query)
