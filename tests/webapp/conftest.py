"""The pages over real databases: the demo organisation with the pack of the chain of stores; Monday noon."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from engine import clock
from engine.database import Database
from tests.databases import PostgreSQL, SQLite
from tests.webapp.house import House, furnish

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)  # Monday noon in Shanghai


@pytest.fixture(scope="session")
def furnished_sqlite(sqlite_template: SQLite, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the demo organisation and the pack, for tests to copy."""
    file = tmp_path_factory.mktemp("house") / "furnished.db"
    _furnish(sqlite_template.copy(file))
    return file


@pytest.fixture(scope="session")
def furnished_postgresql(postgresql_template: PostgreSQL) -> Iterator[PostgreSQL]:
    """The same on PostgreSQL, for tests to clone."""
    with postgresql_template.copy() as url:
        _furnish(url)
        yield PostgreSQL(postgresql_template.server, url.rpartition("/")[2].partition("?")[0])


@pytest.fixture
def house(furnished_sqlite: Path, tmp_path: Path) -> Iterator[House]:
    """The application on a database of the test's own."""
    target = tmp_path / "house.db"
    target.write_bytes(furnished_sqlite.read_bytes())
    yield from _open(f"sqlite:///{target}")


@pytest.fixture(params=[pytest.param("sqlite"), pytest.param("postgresql", marks=pytest.mark.services)])
def either_house(request: pytest.FixtureRequest) -> Iterator[House]:
    """The application on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        yield request.getfixturevalue("house")
        return
    template: PostgreSQL = request.getfixturevalue("furnished_postgresql")
    with template.copy() as url:
        yield from _open(url)


def _open(url: str) -> Iterator[House]:
    database = Database(url)
    with clock.pinned(NOON):
        yield House(database)
    database.dispose()


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
