"""A backup brings everything back: the matters go on, and every history verifies."""

from __future__ import annotations

import os
import sqlite3
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from click.testing import CliRunner
from psycopg import sql
from sqlalchemy import func, make_url, select

from banli import backup, cli, postgresql, settings
from banli.postgresql import ToolFailed
from engine import history
from engine.database import Database
from engine.models import HistoryEvent, Job, ProcessInstance, Seal
from tests.engine.office import Office, furnish
from tests.tampering import tamper


class Place:
    """A home of its own, with a database at an address."""

    def __init__(self, home: Path, url: str) -> None:
        home.mkdir()
        self.environment = {"BANLI_HOME": str(home), "BANLI_DATABASE_URL": url}
        self.settings = settings.read(self.environment)
        self.settings.var.mkdir()

    @property
    def var(self) -> Path:
        return self.settings.var

    def facts(self) -> dict[str, object]:
        """What must be the same after a restore."""
        database = Database(self.settings.database_url)
        try:
            with database.reader() as session:
                return {
                    model.__name__: session.execute(select(func.count()).select_from(model)).scalar_one()
                    for model in (HistoryEvent, ProcessInstance, Job, Seal)
                }
        finally:
            database.dispose()


@contextmanager
def empty_database(url: str, tmp_path: Path) -> Iterator[str]:
    """Where nothing is yet, of the same kind."""
    if url.startswith("sqlite"):
        yield f"sqlite:///{tmp_path / 'second/var/banli.sqlite3'}"
        return
    name = f"banli_test_{os.getpid()}_{uuid4().hex[:8]}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield make_url(url).set(database=name).render_as_string(hide_password=False)
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
def first(database_url: str, tmp_path: Path) -> Iterator[Place]:
    """An installation at work: matters under way and ended, a seal, a key in var/."""
    database = Database(database_url)
    furnish(database)
    office = Office(database)
    office.ask("clock", purpose="地毯")
    office.complete("U16", office.ask("clock", purpose="灯具"), "K1_answer", decision="approve")
    office.run(history.seal)
    place = Place(tmp_path / "first", database_url)
    (place.var / "secret_key").write_text("k" * 40)
    (place.var / "measurements-8080").mkdir()
    (place.var / "measurements-8080/counter.db").write_text("made anew")
    yield place
    database.dispose()


@pytest.fixture
def second(first: Place, tmp_path: Path) -> Iterator[Place]:
    """An empty place of the same kind."""
    with empty_database(first.settings.database_url, tmp_path) as url:
        (tmp_path / "second/var").mkdir(parents=True)
        place = Place.__new__(Place)
        place.environment = {"BANLI_HOME": str(tmp_path / "second"), "BANLI_DATABASE_URL": url}
        place.settings = settings.read(place.environment)
        yield place


def test_what_is_restored_verifies_and_goes_on(first: Place, second: Place, tmp_path: Path) -> None:
    file = tmp_path / "kept/banli.backup"
    backup.backup(first.settings, file)
    assert file.stat().st_mode & 0o777 == 0o600
    restored = backup.restore(second.settings, file)
    assert restored.report.is_intact
    assert second.facts() == first.facts()
    assert second.settings.secret_key({}) == "k" * 40
    assert sorted(path.name for path in second.var.iterdir() if not path.name.startswith("banli.sqlite3")) == [
        "secret_key"
    ]
    database = Database(second.settings.database_url)
    office = Office(database)
    with database.reader() as session:
        (root,) = session.execute(select(ProcessInstance.key).where(ProcessInstance.ended_at.is_(None))).scalars()
    office.complete("U16", root, "K1_answer", decision="approve")
    assert office.matter(root).outcome == "answered"
    database.dispose()


def test_a_backup_is_made_while_somebody_writes(sqlite_database: Database, tmp_path: Path) -> None:
    furnish(sqlite_database)
    place = Place(tmp_path / "busy", f"sqlite:///{sqlite_database.url.database}")
    with sqlite_database.engine.connect() as writing:  # BEGIN IMMEDIATE: it holds the write lock
        writing.exec_driver_sql("SELECT 1")
        backup.backup(place.settings, tmp_path / "busy.backup")
    assert tarfile.is_tarfile(tmp_path / "busy.backup")


def test_nothing_is_overwritten(first: Place, second: Place, tmp_path: Path) -> None:
    file = tmp_path / "banli.backup"
    backup.backup(first.settings, file)
    with pytest.raises(backup.BackupRefused, match="nothing is overwritten"):
        backup.backup(first.settings, file)
    before = first.facts()
    with pytest.raises(backup.BackupRefused, match=r"nothing is overwritten|has tables already"):
        backup.restore(first.settings, file)
    assert first.facts() == before
    (second.var / "secret_key").write_text("another")
    with pytest.raises(backup.BackupRefused, match="secret_key exists already"):
        backup.restore(second.settings, file)
    assert (second.var / "secret_key").read_text() == "another"


def test_an_altered_history_is_told_after_the_restore(first: Place, second: Place, tmp_path: Path) -> None:
    database = Database(first.settings.database_url)
    assert tamper(database, "UPDATE history_event SET details = '{}' WHERE sequence = 2")
    database.dispose()
    file = tmp_path / "banli.backup"
    backup.backup(first.settings, file)
    ended = CliRunner().invoke(cli.main, ["restore", str(file)], env=second.environment)
    assert ended.exit_code == 1, ended.output
    assert second.facts() == first.facts()


@pytest.mark.parametrize("content", [b"", b"not a tar", b"\x1f\x8b broken"])
def test_what_is_no_backup_is_refused(content: bytes, tmp_path: Path) -> None:
    place = Place(tmp_path / "home", f"sqlite:///{tmp_path / 'home.db'}")
    file = tmp_path / "some.file"
    file.write_bytes(content)
    with pytest.raises(backup.BackupRefused, match="no backup of Banli"):
        backup.restore(place.settings, file)
    assert not (tmp_path / "home.db").exists()


def test_a_name_that_leads_out_of_var_is_refused(sqlite_database: Database, tmp_path: Path) -> None:
    furnish(sqlite_database)
    place = Place(tmp_path / "first", f"sqlite:///{sqlite_database.url.database}")
    file, crafted = tmp_path / "good.backup", tmp_path / "bad.backup"
    backup.backup(place.settings, file)
    with tarfile.open(file) as good, tarfile.open(crafted, "w:gz") as bad:
        for member in good.getmembers():
            bad.addfile(member, good.extractfile(member))
        bad.addfile(tarfile.TarInfo("var/../../escaped"))
    second = Place(tmp_path / "second", f"sqlite:///{tmp_path / 'second.db'}")
    with pytest.raises(backup.BackupRefused, match="escaped"):
        backup.restore(second.settings, crafted)
    assert not (tmp_path / "second.db").exists()
    assert list(second.var.iterdir()) == []


def test_an_empty_database_has_nothing_to_back_up(tmp_path: Path) -> None:
    place = Place(tmp_path / "home", f"sqlite:///{tmp_path / 'home.db'}")
    with pytest.raises(backup.BackupRefused, match="nothing to back up"):
        backup.backup(place.settings, tmp_path / "banli.backup")
    assert not (tmp_path / "banli.backup").exists()


def test_a_missing_tool_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ToolFailed, match="pg_dump is not installed"):
        postgresql.dump(make_url("postgresql://banli:hunter2@127.0.0.1/banli"), tmp_path / "dump")


def test_a_damaged_database_file_is_not_backed_up(sqlite_database: Database, tmp_path: Path) -> None:
    furnish(sqlite_database)
    sqlite_database.dispose()
    path = Path(str(sqlite_database.url.database))
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (root,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'ix_job_due'").fetchone()
    connection.close()
    with path.open("r+b") as file:
        file.seek((root - 1) * 4096)
        file.write(b"\xff" * 4096)
    place = Place(tmp_path / "home", f"sqlite:///{path}")
    with pytest.raises(backup.BackupRefused, match="damaged"):
        backup.backup(place.settings, tmp_path / "banli.backup")
