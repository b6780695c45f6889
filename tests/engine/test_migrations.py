"""Matters that were there before a migration are there after it, and go on."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData, select, text
from sqlalchemy.exc import DBAPIError

from engine import clock, history, process_instances, topics
from engine.database import Database
from engine.errors import SettingRefused
from engine.migrations import revisions, upgrading
from engine.models import Variable
from engine.models.process_instance import CANCELED, COMPLETED
from tests.engine.conftest import NOON
from tests.engine.office import Office, furnish

_REBUILT = ("process_instance", "user_task", "job", "variable")


@pytest.fixture(params=[pytest.param("sqlite"), pytest.param("postgresql", marks=pytest.mark.services)])
def blank_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database without tables, of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'before.db'}"
        return
    with request.getfixturevalue("postgresql_template").blank() as url:
        yield url


@pytest.fixture
def before(blank_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    """An office at work on the tables of version 0021, whose columns are those of today."""
    monkeypatch.setattr(topics.find("trial_ledger"), "function", lambda _session, _work: {"entry": "1"})
    database = Database(blank_url)
    with database.engine.begin() as connection:
        upgrading.to(connection, "0021")
    with clock.pinned(NOON):
        furnish(database)
        yield Office(database)
    database.dispose()


def _matters(office: Office) -> dict[str, int]:
    """One that ended, one whose called process waits, one with a queue, one with a job and three with one element."""
    ended, called, queued = office.ask("clock"), office.ask("purchase", amount=500), office.ask("purchase")
    panel, working, draft = office.ask("panel"), office.ask("work"), office.start("purchase")
    office.complete("U16", ended, "K1_answer", decision="approve")
    office.complete("U16", called, decision="approve")
    office.complete("U16", queued, decision="approve")
    return {"ended": ended, "called": called, "queued": queued, "panel": panel, "working": working, "draft": draft}


def _rows(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """Everything, as the driver gives it."""
    found = MetaData()
    with database.engine.connect() as connection:
        found.reflect(connection)
        tables = [table for name, table in found.tables.items() if name != "alembic_version"]
        return {
            table.name: sorted((tuple(row) for row in connection.execute(table.select())), key=repr)
            for table in tables
        }


def _beside(database: Database) -> set[tuple[str, str]]:
    """Indexes and triggers of SQLite with their text."""
    stored = "SELECT name, sql FROM sqlite_master WHERE type IN ('index', 'trigger') AND sql IS NOT NULL"
    with database.engine.connect() as connection:
        return {(name, sql) for name, sql in connection.exec_driver_sql(stored)}


def test_matters_go_on_after_their_tables_were_made_anew(before):
    matters = _matters(before)
    database = before.database
    rows = _rows(database)
    assert all(rows[table] for table in (*_REBUILT, "user_task_candidate", "history_event"))
    assert any(scope for _instance, scope, *_more in rows["variable"])
    database.migrate()
    assert _rows(database) == rows
    with database.reader() as session:
        assert history.verify(session).problems == []
    orphan = text("INSERT INTO variable (process_instance_key, scope, name, value, key) VALUES (1, '', 'a', '1', 1)")
    with database.writer() as session, pytest.raises(DBAPIError, match=r"(?i)foreign key"):
        session.execute(orphan)
    assert before.matter(matters["ended"]).state == COMPLETED
    _see_through(before, matters)


def _see_through(office: Office, matters: dict[str, int]) -> None:
    called = matters["called"]
    office.complete("U02", called, decision="approve")
    office.complete("U01", called, "C3_general", decision="approve")
    office.complete("U06", called, actual_amount=480)
    assert office.complete("U19", called, accepted=True).ended
    assert office.variables(called)["actual_amount"] == 480
    for name in ("panel", "working"):
        office.run(process_instances.cancel, matters[name], office.actor("U15"), "不需要了")
    office.run(process_instances.discard, matters["draft"], office.actor("U19"))
    for name in ("panel", "working", "draft"):
        assert (office.matter(matters[name]).state, office.tasks(matters[name])) == (CANCELED, [])
    assert office.waits(matters["queued"]) == ["P4_buy"]
    assert office.read(history.verify).problems == []


def test_a_variable_is_written_once_for_its_names(before):
    root = _matters(before)["called"]
    before.database.migrate()
    copy = text(
        "INSERT INTO variable SELECT process_instance_key, scope, name, value, 1 FROM variable "
        "WHERE process_instance_key = :root LIMIT 1"
    )
    with before.database.writer() as session, pytest.raises(DBAPIError, match=r"(?i)unique"):
        session.execute(copy, {"root": root})
    with before.database.reader() as session:
        variable = session.scalars(select(Variable).where(Variable.process_instance_key == root)).first()
        assert session.get(Variable, variable.key) is variable


@pytest.mark.parametrize("blank_url", ["sqlite"], indirect=True)
def test_keys_are_the_rows_of_sqlite_and_nothing_else_of_a_table_changes(before):
    _matters(before)
    database = before.database
    with database.engine.begin() as connection:
        connection.exec_driver_sql("CREATE TRIGGER kept AFTER DELETE ON job BEGIN SELECT RAISE(ABORT, 'no'); END")
    known = _beside(database)
    database.migrate()
    gone, new = known - _beside(database), _beside(database) - known
    smaller = ["ix_process_instance_root", "ix_process_instance_submitted", "ix_user_task_completed_by"]
    assert sorted(name for name, _sql in gone) == [*smaller, "ix_user_task_instance"]
    assert sorted(name for name, _sql in new) == smaller
    with database.engine.connect() as connection:
        for table in _REBUILT:
            indexes = connection.exec_driver_sql(f"PRAGMA index_list({table})")
            assert "pk" not in {origin for _number, _name, _unique, origin, _partial in indexes}
            keys = connection.exec_driver_sql(f'SELECT rowid, "key" FROM {table}')  # noqa: S608 - our own names
            assert all(number == key for number, key in keys)


@pytest.mark.parametrize("blank_url", ["sqlite"], indirect=True)
def test_nothing_is_kept_of_a_migration_that_finds_orphans(before):
    _matters(before)
    database = before.database
    driver = database.engine.raw_connection()
    driver.execute("PRAGMA foreign_keys=OFF")
    driver.execute("INSERT INTO variable (process_instance_key, scope, name, value, key) VALUES (1, '', 'a', '1', 1)")
    driver.execute("PRAGMA foreign_keys=ON")
    driver.close()
    with pytest.raises(SettingRefused, match="rows of variable refer to rows that are not there"):
        database.migrate()
    assert database.revisions() == {"0021"}
    assert "ix_user_task_instance" in {name for name, _sql in _beside(database)}
    with database.writer() as session:
        assert session.execute(text("PRAGMA foreign_keys")).scalar_one() == 1


def test_the_way_back_keeps_the_rows_too(before):
    _matters(before)
    database = before.database
    rows = _rows(database)
    database.migrate()
    connection = database.engine.connect()
    if database.is_sqlite:
        connection.connection.driver_connection.execute("PRAGMA foreign_keys=OFF")
    with connection, connection.begin():
        upgrading.back_to(connection, "0021")
    assert _rows(database) == rows
    assert database.revisions() == {"0021"}


def test_the_revisions_are_those_of_the_files():
    scripts = ScriptDirectory(str(Path(revisions.__file__).parent))
    assert {script.revision for script in scripts.walk_revisions()} == revisions.known()
    assert set(scripts.get_heads()) == revisions.heads()


def test_a_database_that_is_up_to_date_needs_no_alembic(blank_url):
    database = Database(blank_url)
    database.migrate()
    database.dispose()
    program = (
        f"import sys; from engine.database import Database; database = Database({blank_url!r}); "
        "database.migrate(); print(database.is_current(), 'alembic' in sys.modules)"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert told.stdout.split() == ["True", "False"]
