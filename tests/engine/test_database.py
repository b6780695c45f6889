"""The database's two doors, its settings and its migrations, on both kinds."""

from __future__ import annotations

import subprocess
import sys
import threading
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import func, inspect, select, text
from sqlalchemy.exc import DBAPIError

from engine.database import Database
from engine.errors import SettingRefused
from engine.migrations import upgrading
from engine.migrations.comparison import is_other_type
from engine.models import Base, Counter
from engine.models.base import Instant
from engine.models.matter_record import WORDS_INDEX


def _counter(database: Database) -> int:
    with database.reader() as session:
        return session.execute(select(Counter.last)).scalar_one()


def _is_ours(name, kind, _parents):
    """Whether models know of it: SQLite's full-text table, and those that it keeps, are its own."""
    return kind != "table" or not name.startswith(WORDS_INDEX)


def test_migrated_tables_equal_the_models(database):
    with database.engine.connect() as connection:
        options = {"compare_type": is_other_type, "include_name": _is_ours}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, Base.metadata) == []


def test_no_key_comes_from_a_sequence_of_the_database(database):
    inspector = inspect(database.engine)
    defaults = [
        (table, column["name"])
        for table in inspector.get_table_names()
        for column in inspector.get_columns(table)
        if column["default"] is not None
    ]
    assert defaults == []


def test_partial_indexes_are_migrated_as_the_models_say(database):
    found = inspect(database.engine).get_indexes("job")
    (due,) = [index for index in found if index["name"] == "ix_job_due"]
    (where,) = [value for key, value in due["dialect_options"].items() if key.endswith("_where")]
    assert "state" in str(where)
    assert "CREATED" in str(where)


def test_migrating_again_changes_nothing(database):
    with database.writer.begin() as session:
        session.add(Counter(name="PR-20261123", last=7))
    database.migrate()
    assert _counter(database) == 7


def test_downgrade_and_upgrade_again(database):
    with database.engine.begin() as connection:
        upgrading.back_to(connection, "base")
        assert set(inspect(connection).get_table_names()) <= {"alembic_version"}
    database.migrate()
    assert "history_event" in inspect(database.engine).get_table_names()


def test_reader_cannot_write(database):
    with database.reader() as session, pytest.raises(DBAPIError, match=r"read-?only"):
        session.execute(text("INSERT INTO counter (name, last) VALUES ('a', 1)"))


def test_writer_after_a_reader_of_the_same_pool_can_write(database):
    for number in range(20):
        with database.reader() as session:
            session.execute(select(func.count()).select_from(Counter)).scalar_one()
        with database.writer.begin() as session:
            session.add(Counter(name=f"c{number}", last=number))
    with database.reader() as session:
        assert session.execute(select(func.count()).select_from(Counter)).scalar_one() == 20


def test_rolled_back_work_is_gone(database):
    with database.writer() as session:
        session.add(Counter(name="a", last=1))
        session.flush()
        session.rollback()
    with database.reader() as session:
        assert session.execute(select(Counter)).all() == []


def test_foreign_keys_are_enforced(database):
    orphan = text("INSERT INTO variable (process_instance_key, scope, name, value, key) VALUES (1, '', 'a', '1', 1)")
    with database.writer() as session, pytest.raises(DBAPIError, match=r"(?i)foreign key"):
        session.execute(orphan)


def test_concurrent_writers_lose_no_update(database):
    """Read-modify-write under a row lock from many threads: every increment counts."""
    with database.writer.begin() as session:
        session.add(Counter(name="a", last=0))
    failures: list[BaseException] = []

    def count() -> None:
        try:
            for _ in range(10):
                with database.writer.begin() as session:
                    counter = session.execute(select(Counter).with_for_update()).scalar_one()
                    counter.last += 1
        except BaseException as error:  # reported by the assertion below
            failures.append(error)

    threads = [threading.Thread(target=count) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert _counter(database) == 80


def test_reader_sees_one_snapshot_while_others_write(sqlite_database):
    with sqlite_database.writer.begin() as session:
        session.add(Counter(name="a", last=1))
    with sqlite_database.reader() as reader:
        assert reader.execute(select(Counter.last)).scalar_one() == 1
        with sqlite_database.writer.begin() as session:
            session.execute(text("UPDATE counter SET last = 2"))
        assert reader.execute(select(Counter.last)).scalar_one() == 1
    assert _counter(sqlite_database) == 2


def test_sqlite_is_durable_and_strict(sqlite_database):
    with sqlite_database.writer() as session:
        values = {
            name: session.execute(text(f"PRAGMA {name}")).scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert values == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 5000}


def test_several_processes_migrate_one_new_file_at_once(tmp_path):
    """As gunicorn's workers do when they start together."""
    program = "import sys; from engine.database import Database; Database(sys.argv[1]).migrate()"
    url = f"sqlite:///{tmp_path / 'new.db'}"
    processes = [
        subprocess.Popen([sys.executable, "-c", program, url], stderr=subprocess.PIPE, text=True, cwd=Path.cwd())
        for _ in range(4)
    ]
    errors = [process.communicate()[1] for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0, 0], errors
    database = Database(url)
    assert "history_event" in inspect(database.engine).get_table_names()
    database.dispose()


@pytest.mark.parametrize(
    "url",
    [
        "",
        "not a url",
        "mysql://u@h/d",
        "postgresql+asyncpg://u@h/d",
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite:///a.db?mode=memory",
        "sqlite:////no/such/folder/a.db",
        "postgresql://h:port/d",
    ],
)
def test_wrong_address_is_refused_in_one_line_that_names_the_setting(url):
    with pytest.raises(SettingRefused) as refused:
        Database(url)
    assert "BANLI_DATABASE_URL" in str(refused.value)
    assert "\n" not in str(refused.value)


def test_server_that_does_not_answer_is_named_without_its_password():
    database = Database("postgresql://somebody:secret@127.0.0.1:1/nothing")
    with pytest.raises(SettingRefused) as refused:
        database.migrate()
    message = str(refused.value)
    assert "BANLI_DATABASE_URL" in message
    assert "127.0.0.1:1" in message
    assert "secret" not in message
    assert "\n" not in message


def test_file_that_is_no_database_is_refused(tmp_path):
    file = tmp_path / "notes.db"
    file.write_text("This is a shopping list, not a database, and it is long enough to be read as one. " * 20)
    with pytest.raises(SettingRefused) as refused:
        Database(f"sqlite:///{file}").migrate()
    assert str(file) in str(refused.value)


def test_both_spellings_of_postgresql_are_accepted():
    assert Database("postgresql://u:p@h/d").url == Database("postgresql+psycopg://u:p@h/d").url


def test_both_rounds_of_a_repeated_hour_are_kept_apart(database):
    wall = datetime(2026, 11, 1, 1, 30, tzinfo=ZoneInfo("America/New_York"))
    type_ = Instant()
    bind = type_.bind_processor(database.engine.dialect)
    read = type_.result_processor(database.engine.dialect, None)
    first, second = (read(bind(wall.replace(fold=fold))) for fold in (0, 1))
    assert second - first == timedelta(hours=1)
