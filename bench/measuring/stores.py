"""Databases for one contestant each, all equally durable: a SQLite file, or a database of a cluster of our own."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import psycopg
from psycopg import sql

from tests.faults.servers import PostgreSQL


class Store(Protocol):
    """Where contestants write."""

    name: str

    def url(self, contestant: str) -> str:
        """The address of a new, empty database."""
        ...

    def size(self, contestant: str) -> int:
        """Bytes that the contestant's database takes, with dead space given back to it first."""
        ...

    def cpu(self) -> float:
        """CPU seconds of the server so far; 0 where the contestant is its own server."""
        ...


class SQLiteFiles:
    """One file each."""

    name = "sqlite"

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def url(self, contestant: str) -> str:
        """A file that is not there yet."""
        return f"sqlite:///{self.folder}/{contestant}.db"

    def size(self, contestant: str) -> int:
        """The file once its log is folded in."""
        file = self.folder / f"{contestant}.db"
        if not file.exists():
            return 0
        with sqlite3.connect(file) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return file.stat().st_size

    def cpu(self) -> float:
        """There is no server."""
        return 0.0


class PostgreSQLDatabases:
    """One database each, in a cluster with the defaults of durability (fsync and synchronous_commit on)."""

    name = "postgresql"

    def __init__(self, folder: Path) -> None:
        self.server = PostgreSQL(folder / "postgresql")
        self.server.start()

    def url(self, contestant: str) -> str:
        """A new database."""
        self._execute("CREATE DATABASE {}", contestant)
        return self.server.url.replace("/postgres", f"/{contestant}")

    def size(self, contestant: str) -> int:
        """After a vacuum, so that dead rows are room for new ones."""
        with psycopg.connect(self.server.url.replace("/postgres", f"/{contestant}"), autocommit=True) as connection:
            connection.execute("VACUUM")
            row = connection.execute("SELECT pg_database_size(current_database())").fetchone()
        return int(row[0]) if row else 0

    def cpu(self) -> float:
        """The postmaster with all its processes, those that ended included."""
        pid = int((self.server.folder / "cluster/postmaster.pid").read_text().split("\n", 1)[0])
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return sum(_cpu(int(each)) for each in (pid, *children))

    def stop(self) -> None:
        """As a power cut."""
        self.server.kill()

    def _execute(self, statement: str, name: str) -> None:
        with psycopg.connect(self.server.url, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(sql.Identifier(name)))


def _cpu(pid: int) -> float:
    """CPU seconds of a process and of its children that ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:
        return 0.0
    return sum(int(field) for field in fields[11:15]) / os.sysconf("SC_CLK_TCK")


@contextmanager
def opened(name: str, folder: Path) -> Iterator[Store]:
    """The store of that kind; a cluster is stopped in the end. Raises Missing where PostgreSQL is not installed."""
    if name == "sqlite":
        yield SQLiteFiles(folder)
        return
    cluster = PostgreSQLDatabases(folder)
    try:
        yield cluster
    finally:
        cluster.stop()
