"""``banli backup`` and ``banli restore``: everything of an installation in one file, and back into an empty place.

The file is a gzipped tar: ``manifest.json``, the database (SQLite: a consistent copy made while others go on writing;
PostgreSQL: what ``pg_dump`` writes) and the files of ``var/``, such as the key that signs sessions. It is readable by
its owner alone. Nothing is ever overwritten, and what was restored is verified: every history chain and every seal.
"""

from __future__ import annotations

import json
import os
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from banli import postgresql
from banli.settings import Settings
from engine import history
from engine.database import Database
from engine.errors import EngineError
from engine.migrations import revisions
from feel.sentences import Sentence

_FORMAT = 1
_MANIFEST = "manifest.json"
_DATABASES = {"sqlite": "database.sqlite3", "postgresql": "database.dump"}
_VAR = "var"
_NOT_KEPT = ("measurements-", ".restoring-", ".backup-")  # made anew by the next start


class BackupRefused(EngineError):  # noqa: N818 - the name says what happened, as its siblings do
    """The backup or the restore cannot be made as asked."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored, and what verifying it found."""

    made_at: str
    report: history.Report


def backup(settings: Settings, file: Path) -> None:
    """Write ``file``; raises :class:`BackupRefused` if it exists or the database cannot be copied."""
    if file.exists():
        raise _exists(file)
    with _database(settings) as database:
        kind = database.url.get_backend_name()
        at = sorted(_revisions(database))
    file.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=file.absolute().parent) as folder:
        copied = Path(folder) / _DATABASES[kind]
        if kind == "sqlite":
            _copy_sqlite(Path(str(database.url.database)), copied)
        else:
            postgresql.dump(database.url, copied)
        manifest = {
            "format": _FORMAT,
            "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "database": kind,
            "revisions": at,
        }
        (Path(folder) / _MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")
        packed = Path(folder) / "packed"
        # the database was copied first: whatever it speaks of is in the files that are read after it
        with os.fdopen(os.open(packed, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as target:
            with tarfile.open(fileobj=target, mode="w:gz") as archive:
                archive.add(Path(folder) / _MANIFEST, _MANIFEST)
                archive.add(copied, copied.name)
                for kept in _kept(settings, database):
                    archive.add(kept, f"{_VAR}/{kept.relative_to(settings.var).as_posix()}", recursive=False)
            target.flush()
            os.fsync(target.fileno())
        try:
            os.link(packed, file)  # unlike a rename, it never replaces what somebody put there meanwhile
        except FileExistsError as error:
            raise _exists(file) from error


def restore(settings: Settings, file: Path) -> Restored:
    """Put a backup into an empty database and an empty ``var/``, bring it to this version, and verify it.

    Raises :class:`BackupRefused` where something is already, or where ``file`` is no backup of this kind.
    """
    settings.var.mkdir(parents=True, exist_ok=True)
    with _opened(file) as (archive, manifest), _database(settings) as database:
        kind = database.url.get_backend_name()
        _refuse_other(manifest, kind)
        files = [member for member in archive.getmembers() if member.name.startswith(f"{_VAR}/")]
        _refuse_occupied(settings, database, files)
        with tempfile.TemporaryDirectory(prefix=".restoring-", dir=settings.var) as folder:
            copied = Path(folder) / _DATABASES[kind]
            _extract(archive, _DATABASES[kind], copied)
            if kind == "sqlite":
                report = _verified(Database(f"sqlite:///{copied}"))
                _place(copied, Path(str(database.url.database)))
            else:
                postgresql.load(database.url, copied)
                report = _verified(database)
        for member in files:
            target = settings.var / PurePosixPath(member.name).relative_to(_VAR)
            target.parent.mkdir(parents=True, exist_ok=True)
            _extract(archive, member.name, target)
    return Restored(str(manifest["made_at"]), report)


@contextmanager
def _database(settings: Settings) -> Iterator[Database]:
    database = Database(settings.database_url)
    try:
        yield database
    finally:
        database.dispose()


def _copy_sqlite(source: Path, target: Path) -> None:
    """SQLite's online backup: one snapshot, while writers go on."""
    with (
        closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as read,
        closing(sqlite3.connect(target)) as copy,
    ):
        try:
            read.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")  # one file, without a log beside it
            (found,) = copy.execute("PRAGMA integrity_check").fetchone()
        except sqlite3.DatabaseError as error:
            found = str(error)
    if found != "ok":
        raise BackupRefused(
            Sentence("The database file {file} is damaged: {problem}", file=str(source), problem=found)
        )


def _kept(settings: Settings, database: Database) -> Iterator[Path]:
    """The files of var/ that a start cannot make anew; the database itself is copied apart."""
    own = Path(str(database.url.database)).name if database.is_sqlite else None
    for path in sorted(settings.var.rglob("*")):
        relative = path.relative_to(settings.var)
        if path.is_symlink() or not path.is_file() or relative.parts[0].startswith(_NOT_KEPT):
            continue
        if own is not None and path.name in {own, f"{own}-wal", f"{own}-shm", f"{own}-journal"}:
            continue
        yield path


def _revisions(database: Database) -> frozenset[str]:
    there = not database.is_sqlite or Path(str(database.url.database)).exists()
    try:
        found = database.revisions() if there else frozenset()
    except SQLAlchemyError as error:
        raise BackupRefused(Sentence("The database does not answer: {why}.", why=type(error).__name__)) from error
    if not found:
        raise BackupRefused(Sentence("The database is empty: there is nothing to back up."))
    return found


@contextmanager
def _opened(file: Path) -> Iterator[tuple[tarfile.TarFile, dict[str, Any]]]:
    refused = BackupRefused(Sentence("{file} is no backup of Banli that this version reads.", file=str(file)))
    try:
        archive = tarfile.open(file, mode="r:gz")  # noqa: SIM115 - closed below
    except (OSError, EOFError, tarfile.TarError) as error:
        raise refused from error
    with archive:
        try:
            manifest = json.loads(_bytes(archive, _MANIFEST))
        except (OSError, EOFError, tarfile.TarError, ValueError, KeyError) as error:
            raise refused from error
        if not isinstance(manifest, dict) or manifest.get("format") != _FORMAT:
            raise refused
        yield archive, manifest


def _refuse_other(manifest: dict[str, Any], kind: str) -> None:
    if manifest["database"] != kind:
        raise BackupRefused(
            Sentence(
                "This is a backup of {made} and BANLI_DATABASE_URL names {wanted}. Restore it into the same kind.",
                made=manifest["database"],
                wanted=kind,
            )
        )
    if not set(manifest["revisions"]) <= revisions.known():
        raise BackupRefused(
            Sentence("This backup was made by a later version of Banli. Restore it with that version.")
        )


def _refuse_occupied(settings: Settings, database: Database, files: list[tarfile.TarInfo]) -> None:
    if database.is_sqlite:
        if Path(str(database.url.database)).exists():
            raise _exists(Path(str(database.url.database)))
    elif postgresql.has_tables(database):
        raise BackupRefused(Sentence("The database has tables already; a backup is restored into an empty one only."))
    for member in files:
        path = PurePosixPath(member.name)
        if not member.isfile() or path.is_absolute() or ".." in path.parts:
            raise BackupRefused(Sentence("The backup holds {name}, which no backup of ours has.", name=member.name))
        target = settings.var / path.relative_to(_VAR)
        if target.exists() or target.is_symlink():
            raise _exists(target)


def _verified(database: Database) -> history.Report:
    try:
        database.migrate()
        with database.reader() as session:
            return history.verify(session)
    finally:
        database.dispose()


def _extract(archive: tarfile.TarFile, name: str, target: Path) -> None:
    """One file, for its owner alone."""
    source = archive.extractfile(name)
    if source is None:
        raise BackupRefused(Sentence("The backup holds {name}, which no backup of ours has.", name=name))
    with source, os.fdopen(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as copy:
        while block := source.read(1 << 20):
            copy.write(block)
        copy.flush()
        os.fsync(copy.fileno())


def _bytes(archive: tarfile.TarFile, name: str) -> bytes:
    source = archive.extractfile(name)
    if source is None:
        raise KeyError(name)
    with source:
        return source.read(1 << 20)


def _place(made: Path, target: Path) -> None:
    try:
        os.link(made, target)
    except FileExistsError as error:
        raise _exists(target) from error


def _exists(path: Path) -> BackupRefused:
    return BackupRefused(Sentence("{file} exists already; nothing is overwritten.", file=str(path)))
