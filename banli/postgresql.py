"""PostgreSQL's own tools for a whole database: ``pg_dump`` and ``pg_restore``, where they are installed."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from sqlalchemy import URL, inspect
from sqlalchemy.exc import SQLAlchemyError

from engine.database import Database
from engine.errors import EngineError
from feel.sentences import Sentence


class ToolFailed(EngineError):  # noqa: N818 - the name says what happened, as its siblings do
    """A tool of PostgreSQL is missing, or says that it did not succeed."""


def dump(url: URL, file: Path) -> None:
    """Write the whole database, one snapshot, into ``file`` (pg_dump's custom format)."""
    _run("pg_dump", url, "--format=custom", "--no-owner", "--no-privileges", f"--file={file}")


def load(url: URL, file: Path) -> None:
    """Fill an empty database from what :func:`dump` wrote, all or nothing."""
    _run("pg_restore", url, "--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges", str(file))


def has_tables(database: Database) -> bool:
    """Whether there is anything in the database that a restore could collide with."""
    try:
        with database.reader_engine.connect() as connection:
            return bool(inspect(connection).get_table_names())
    except SQLAlchemyError as error:
        raise ToolFailed(Sentence("The database does not answer: {why}.", why=type(error).__name__)) from error


def _run(tool: str, url: URL, *arguments: str) -> None:
    program = shutil.which(tool)
    if program is None:
        raise ToolFailed(
            Sentence(
                "{tool} is not installed here. It comes with PostgreSQL's client (on Debian: postgresql-client).",
                tool=tool,
            )
        )
    # the password goes through the environment: every user of the machine can read a command line
    address = URL.create("postgresql", url.username, None, url.host, url.port, url.database, url.query)
    environment = dict(os.environ)
    if url.password is not None:
        environment["PGPASSWORD"] = str(url.password)
    where = f"--dbname={address.render_as_string(hide_password=False)}"
    done = subprocess.run(  # noqa: S603 - a program of the system, with arguments of ours
        [program, where, *arguments], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        lines = done.stderr.strip().splitlines()
        raise ToolFailed(
            Sentence("{tool} failed: {why}", tool=tool, why=lines[-1] if lines else str(done.returncode))
        )
