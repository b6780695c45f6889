"""Fixtures that every test may use: a real, migrated database, once on SQLite and once on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from engine.database import Database
from tests.databases import PostgreSQL, SQLite

if TYPE_CHECKING:
    from tests.content.recorded_states import Played

_BOTH = [
    pytest.param("sqlite"),
    pytest.param("postgresql", marks=pytest.mark.services),
]


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> SQLite:
    """A migrated SQLite file that tests copy."""
    return SQLite(tmp_path_factory.mktemp("sqlite") / "template.db")


@pytest.fixture(scope="session")
def postgresql_template() -> Iterator[PostgreSQL]:
    """A migrated PostgreSQL database that tests clone; skipped with a reason where no server answers."""
    template = PostgreSQL.create()
    yield template
    template.drop()


@pytest.fixture(scope="session")
def postgresql_url(postgresql_template: PostgreSQL) -> Iterator[str]:
    """A clone that tests use one after the other; each leaves it empty."""
    with postgresql_template.copy() as url:
        yield url


@pytest.fixture(params=_BOTH)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a migrated, empty database of the test's own; each test runs on both kinds."""
    if request.param == "sqlite":
        yield request.getfixturevalue("sqlite_template").copy(tmp_path / "banli.db")
        return
    yield request.getfixturevalue("postgresql_url")
    template: PostgreSQL = request.getfixturevalue("postgresql_template")
    template.empty(request.getfixturevalue("postgresql_url"))


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A migrated, empty database of the test's own; each test runs on SQLite and on PostgreSQL."""
    database = Database(database_url)
    yield database
    database.dispose()


@pytest.fixture
def sqlite_database(sqlite_template: SQLite, tmp_path: Path) -> Iterator[Database]:
    """The same on SQLite alone, for tests of what does not depend on the database."""
    database = Database(sqlite_template.copy(tmp_path / "banli.db"))
    yield database
    database.dispose()


@pytest.fixture(scope="session")
def pack_played() -> Played:
    """The scenarios of the pack, played once for all tests that look at what came of them."""
    from tests.content import recorded_states  # noqa: PLC0415 - few tests need it

    return recorded_states.played()
