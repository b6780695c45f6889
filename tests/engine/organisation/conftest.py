"""The demo organisation, in a real database, with people acting in it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from banli import demo
from engine import clock
from engine.actor import Actor
from engine.database import Database
from engine.organisation import people
from tests.databases import SQLite

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)  # Monday noon in Shanghai
TODAY = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def monday_noon() -> Iterator[None]:
    with clock.pinned(NOON):
        yield


def filled(database: Database) -> Database:
    with database.writer.begin() as session:
        demo.load(session, "banli-demo")
    return database


@pytest.fixture
def chain(database: Database) -> Database:
    """The demo organisation on SQLite and on PostgreSQL."""
    return filled(database)


@pytest.fixture(scope="session")
def demo_template(sqlite_template: SQLite, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the demo organisation, to copy; closing it leaves everything in the one file."""
    file = tmp_path_factory.mktemp("demo") / "template.db"
    filled(Database(sqlite_template.copy(file))).dispose()
    return file


@pytest.fixture
def session(demo_template: Path, tmp_path: Path) -> Iterator[Session]:
    """One transaction on the demo organisation, on SQLite; nothing in it is committed."""
    database = Database(f"sqlite:///{shutil.copyfile(demo_template, tmp_path / 'demo.db')}")
    with database.writer() as session:
        yield session
    database.dispose()


@pytest.fixture
def as_person(session: Session) -> Callable[[str], Actor]:
    return lambda person_id: people.actor(session, person_id, NOON)
