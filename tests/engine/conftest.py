"""A furnished office on each database; tests run at noon of a Monday."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from engine import clock
from engine.database import Database
from engine.models import Base
from tests.databases import PostgreSQL, SQLite
from tests.engine.office import Office, furnish

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)  # Monday noon in Shanghai


@pytest.fixture(scope="session")
def furnished_sqlite(sqlite_template: SQLite, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the demo organisation and the trial pack, for tests to copy."""
    file = tmp_path_factory.mktemp("office") / "furnished.db"
    _furnish(sqlite_template.copy(file))
    return file


class Furnished:
    """A furnished PostgreSQL database, put back to how it was after each test."""

    def __init__(self, template: PostgreSQL, url: str) -> None:
        self.template = template
        self.url = url
        with psycopg.connect(url) as connection:
            self._rows = {name: self._copied(connection, name) for name in _TABLES}

    def restore(self) -> None:
        """All rows as they were at first."""
        self.template.empty(self.url)
        with psycopg.connect(self.url) as connection:
            connection.execute("SET session_replication_role = replica")
            for name, rows in self._rows.items():
                statement = sql.SQL("COPY {} FROM STDIN (FORMAT BINARY)").format(sql.Identifier(name))
                with connection.cursor().copy(statement) as copy:
                    copy.write(rows)

    @staticmethod
    def _copied(connection: psycopg.Connection[Any], name: str) -> bytes:
        statement = sql.SQL("COPY {} TO STDOUT (FORMAT BINARY)").format(sql.Identifier(name))
        with connection.cursor().copy(statement) as copy:
            return b"".join(bytes(part) for part in copy)


_TABLES = [table.name for table in Base.metadata.sorted_tables]


@pytest.fixture(scope="session")
def furnished_postgresql(postgresql_template: PostgreSQL) -> Iterator[Furnished]:
    """A database of its own on PostgreSQL; skipped with a reason where no server answers."""
    with postgresql_template.copy() as url:
        _furnish(url)
        yield Furnished(postgresql_template, url)


@pytest.fixture(params=[pytest.param("sqlite"), pytest.param("postgresql", marks=pytest.mark.services)])
def office_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a furnished database of the test's own; each test runs on both kinds."""
    if request.param == "sqlite":
        yield _copied(request.getfixturevalue("furnished_sqlite"), tmp_path / "office.db")
        return
    furnished: Furnished = request.getfixturevalue("furnished_postgresql")
    yield furnished.url
    furnished.restore()


@pytest.fixture
def office(office_url: str) -> Iterator[Office]:
    """A furnished office on SQLite and on PostgreSQL."""
    yield from _open(office_url)


@pytest.fixture
def sqlite_office(furnished_sqlite: Path, tmp_path: Path) -> Iterator[Office]:
    """The same on SQLite alone, for what does not depend on the database."""
    yield from _open(_copied(furnished_sqlite, tmp_path / "office.db"))


def _open(url: str) -> Iterator[Office]:
    database = Database(url)
    with clock.pinned(NOON):
        yield Office(database)
    database.dispose()


def _copied(source: Path, target: Path) -> str:
    target.write_bytes(source.read_bytes())
    return f"sqlite:///{target}"


def _furnish(url: str) -> None:
    database = Database(url)
    with clock.pinned(NOON):
        furnish(database)
    if database.is_sqlite:
        with database.engine.connect() as connection:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.exec_driver_sql("BEGIN")
    database.dispose()
