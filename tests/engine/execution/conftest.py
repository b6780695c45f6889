"""New databases as often as one test asks for them, each with the pack deployed twice: matters can migrate."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing

import pytest

from engine import clock, content, deployments
from engine.actor import system
from engine.database import Database
from tests.engine.conftest import NOON, Furnished
from tests.engine.office import PACKS, Office


def two_versions(database: Database) -> None:
    """Every diagram of the pack once more, and one of them with a branch more, as another version."""
    files = dict(content.read_pack(PACKS, "trial").files)
    for path, drawn in files.items():
        if path.endswith(".bpmn"):
            files[path] = drawn + b"<!-- again -->"
    path = "bpmn/trial/both.bpmn"
    branch = (
        b'<bpmn:sequenceFlow id="split_task" sourceRef="split" targetRef="B4_look"/>'
        b'<bpmn:manualTask id="B4_look"/><bpmn:sequenceFlow id="task_join" sourceRef="B4_look" targetRef="join"/>'
        b'<bpmn:endEvent id="done">'
    )
    files[path] = files[path].replace(b'<bpmn:endEvent id="done">', branch)
    Office(database).run(deployments.deploy, content.Pack("trial", files), system("test"))


@pytest.fixture
def fresh_sqlite(furnished_sqlite, tmp_path):
    """A file that is copied each time."""
    template, file = tmp_path / "template.db", tmp_path / "office.db"
    shutil.copyfile(furnished_sqlite, template)
    database = Database(f"sqlite:///{template}")
    two_versions(database)
    database.dispose()
    with closing(sqlite3.connect(template)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def fresh() -> Database:
        for suffix in ("", "-wal", "-shm"):
            file.with_name(file.name + suffix).unlink(missing_ok=True)
        shutil.copyfile(template, file)
        return Database(f"sqlite:///{file}")

    return fresh


@pytest.fixture
def fresh_postgresql(furnished_postgresql):
    """One database that is put back each time."""
    database = Database(furnished_postgresql.url)
    two_versions(database)
    database.dispose()
    furnished = Furnished(furnished_postgresql.template, furnished_postgresql.url)

    def fresh() -> Database:
        furnished.restore()
        return Database(furnished.url)

    yield fresh
    furnished_postgresql.restore()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.services)])
def fresh_databases(request) -> Callable[[], Database]:
    """Gives a new, furnished database at each call; on SQLite and on PostgreSQL."""
    with clock.pinned(NOON):
        return request.getfixturevalue(f"fresh_{request.param}")
