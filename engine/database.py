"""The database: one address, two doors. ``writer`` sessions change it, ``reader`` sessions cannot.

SQLite: WAL with ``synchronous=FULL``, foreign keys on, a writer begins with ``BEGIN IMMEDIATE`` (a deferred
transaction that turns into a writer fails at once when somebody else wrote meanwhile), a reader with a plain
``BEGIN``, which gives it one snapshot. Writers of a process take turns: a session has its turn from its first
statement to its commit or rollback.
Other processes are waited for five seconds (``busy_timeout``).

PostgreSQL: psycopg 3; readers take connections from the same pool, and their transactions are ``READ ONLY``.
"""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, InvalidatePoolError, SQLAlchemyError

from engine.connections import PING_AFTER_SECONDS
from engine.errors import SettingRefused
from engine.migrations import foreign_keys, revisions
from engine.sessions import Sessions
from feel.sentences import Sentence

if TYPE_CHECKING:
    from sqlalchemy.pool import ConnectionPoolEntry

BUSY_SECONDS = 5.0
"""How long SQLite waits for a writer of another process."""

WRITER_WAIT_SECONDS = 30.0
"""How long a thread waits for the writers before it in its own process (SQLite) or for a connection (PostgreSQL)."""

# Any number that nothing else in the database uses; two processes that start at once migrate one after the other.
_MIGRATION_LOCK = 0x62616E6C69
_MIGRATION_WAIT_MS = 60_000
_READERS = 16
_RESTING_SINCE = "resting_since"
_CONNECT_SECONDS = 5  # for PostgreSQL to answer, each address of the host
_MOST_PREPARED = 300  # statements of steps and pages together; psycopg's hundred would push one another out
_SERIALIZATION_FAILURES = frozenset({"40001", "40P01"})  # serialization_failure, deadlock_detected
_BUSY = ("SQLITE_BUSY", "SQLITE_LOCKED")


class Database:
    """The engines and session makers for one address (``BANLI_DATABASE_URL``).

    ``url`` is ``sqlite:///path/to/file.db`` or ``postgresql://user:password@host/name``; anything else raises
    :class:`SettingRefused` with one line. Nothing is opened before the first statement.
    """

    def __init__(self, url: str | URL) -> None:
        self.url = _checked(url)
        if self.is_sqlite:
            self.engine, self.reader_engine = _sqlite_engines(self.url)
        else:
            self.engine, self.reader_engine = _postgresql_engines(self.url)
        self.writer = Sessions(self.engine, turn_seconds=WRITER_WAIT_SECONDS if self.is_sqlite else None)
        if self.is_sqlite:
            self.reader = Sessions(self.reader_engine, reads_only=True)
        else:
            self.reader = Sessions(self.engine, reads_only=True, connections=self.writer.connections)

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is a SQLite file."""
        return self.url.get_backend_name() == "sqlite"

    def migrate(self) -> None:
        """Bring the tables to this version of the code, all or nothing; one that is up to date stays as it is."""
        try:
            connection = self.engine.connect()
        except DBAPIError as error:
            raise _unreachable(self.url, error) from error
        if self.is_sqlite:  # several processes may have come at once, and the first of them has all the work
            driver = cast("Any", connection.connection.driver_connection)
            driver.execute(f"PRAGMA busy_timeout={_MIGRATION_WAIT_MS}")
            foreign_keys.switch_off(driver)
        try:
            with connection, connection.begin():
                if not self.is_sqlite:  # SQLite's BEGIN IMMEDIATE is the lock already
                    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_MIGRATION_LOCK})")
                if revisions.found_in(connection) != revisions.heads():
                    self._upgrade(connection)
        finally:
            if self.is_sqlite:
                self.engine.dispose()  # with a connection that only migrations may have

    def _upgrade(self, connection: Connection) -> None:
        from engine.migrations import upgrading  # noqa: PLC0415 - Alembic, which few starts need

        upgrading.to(connection, "head")
        if self.is_sqlite:
            foreign_keys.refuse_orphans(connection)

    def is_current(self) -> bool:
        """Whether the tables are those of this version of the code; raises SQLAlchemy's error if nothing answers."""
        return self.revisions() == revisions.heads()

    def revisions(self) -> frozenset[str]:
        """The revisions that the tables are at; none in an empty database."""
        with self.reader_engine.connect() as connection:
            return revisions.found_in(connection)

    def dispose(self) -> None:
        """Close every connection that nobody uses."""
        self.writer.connections.let_go()
        self.reader.connections.let_go()
        self.engine.dispose()
        self.reader_engine.dispose()

    def __repr__(self) -> str:
        return f"Database({self.url.render_as_string(hide_password=True)!r})"


def lost_a_race(error: DBAPIError) -> bool:
    """Whether the same transaction can succeed on a second try: the database chose another one over it."""
    original = error.orig
    if getattr(original, "sqlstate", None) in _SERIALIZATION_FAILURES:
        return True
    return str(getattr(original, "sqlite_errorname", "")).startswith(_BUSY)


def _checked(url: str | URL) -> URL:
    try:
        checked = make_url(url)
    except (ArgumentError, ValueError) as error:
        raise SettingRefused(
            Sentence(
                "BANLI_DATABASE_URL is no database address. Write sqlite:///path/to/file.db or "
                "postgresql://user:password@host/name."
            )
        ) from error
    if checked.drivername in {"postgresql", "postgres", "postgresql+psycopg"}:
        return checked.set(drivername="postgresql+psycopg")
    if checked.drivername in {"sqlite", "sqlite+pysqlite"}:
        return _checked_sqlite(checked)
    raise SettingRefused(
        Sentence(
            "BANLI_DATABASE_URL begins with {scheme}, which is not supported. Write sqlite:///path/to/file.db or "
            "postgresql://user:password@host/name.",
            scheme=checked.drivername,
        )
    )


def _checked_sqlite(url: URL) -> URL:
    if not url.database or url.database == ":memory:" or url.query or url.host:
        raise SettingRefused(
            Sentence(
                "BANLI_DATABASE_URL must name a file for SQLite, such as sqlite:///var/banli.db (four slashes for an "
                "absolute path)."
            )
        )
    file = Path(url.database).absolute()
    if not file.parent.is_dir() or file.is_dir():
        raise SettingRefused(
            Sentence("BANLI_DATABASE_URL names {file}, but there is no such folder. Create it first.", file=str(file))
        )
    return url.set(drivername="sqlite+pysqlite", database=str(file))


def _unreachable(url: URL, error: SQLAlchemyError) -> SettingRefused:
    reason = str(getattr(error, "orig", None) or error).strip().splitlines()
    return SettingRefused(
        Sentence(
            "BANLI_DATABASE_URL names {url}, which cannot be opened: {reason}",
            url=url.render_as_string(hide_password=True),
            reason=" ".join(line.strip() for line in reason),
        )
    )


def _postgresql_engines(url: URL) -> tuple[Engine, Engine]:
    writer = create_engine(
        url,
        pool_size=16,
        max_overflow=32,
        pool_use_lifo=True,  # few connections that have prepared what is asked rather than many that have not
        pool_timeout=WRITER_WAIT_SECONDS,
        hide_parameters=True,  # what people entered has no place in an error's text
        connect_args={"connect_timeout": _CONNECT_SECONDS},
    )
    event.listen(writer, "connect", _keep_prepared)
    _ping_what_rested(writer)
    # read_only is a property of psycopg's connection: it costs no statement of its own
    return writer, writer.execution_options(postgresql_readonly=True)


def _keep_prepared(connection: Any, _entry: ConnectionPoolEntry) -> None:
    connection.prepared_max = _MOST_PREPARED


def _ping_what_rested(engine: Engine) -> None:
    """Ask a connection that has not been used for a while whether its server is still there.

    SQLAlchemy's own ``pool_pre_ping`` asks at every checkout, which is a round trip more for each transaction.
    """

    def rested(_connection: Any, entry: ConnectionPoolEntry) -> None:
        entry.info[_RESTING_SINCE] = time.monotonic()

    def ping(connection: Any, entry: ConnectionPoolEntry, _proxy: Any) -> None:
        since = entry.info.get(_RESTING_SINCE)
        if since is None or time.monotonic() - since < PING_AFTER_SECONDS:
            return
        try:
            answers = engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise InvalidatePoolError from error
        if not answers:
            raise InvalidatePoolError

    event.listen(engine, "checkin", rested)
    event.listen(engine, "checkout", ping)


def _sqlite_engines(url: URL) -> tuple[Engine, Engine]:
    # isolation_level None: the driver begins nothing by itself, our dialects do
    connect_args: dict[str, Any] = {"timeout": BUSY_SECONDS, "isolation_level": None}
    writer = create_engine(
        url,
        pool_size=2,  # one for the session that has its turn, one for who is no session
        max_overflow=0,
        pool_timeout=WRITER_WAIT_SECONDS,
        connect_args=connect_args,
        hide_parameters=True,
    )
    reader = create_engine(
        url, pool_size=_READERS, max_overflow=4 * _READERS, connect_args=connect_args, hide_parameters=True
    )
    event.listen(writer, "connect", _prepare_sqlite_writer)
    event.listen(reader, "connect", _prepare_sqlite_reader)
    # as the dialect's own way to begin: a listener would make SQLAlchemy look for listeners at every statement
    writer.dialect.do_begin = _begin_immediate  # type: ignore[method-assign, assignment] # of this engine's dialect alone
    reader.dialect.do_begin = _begin  # type: ignore[method-assign, assignment] # the same
    return writer, reader


def _prepare_sqlite_writer(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
    _switch_to_wal(connection)
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")


def _switch_to_wal(connection: sqlite3.Connection) -> None:
    """WAL stays with the file; only when several processes open a new file at once is there anything to wait for."""
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            # SQLite does not wait by itself here: busy_timeout does not cover a change of the journal mode
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return


def _prepare_sqlite_reader(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
    connection.execute("PRAGMA query_only=ON")


def _begin_immediate(connection: Any) -> None:
    if not connection.in_transaction:  # a DirectSession began on the driver
        connection.execute("BEGIN IMMEDIATE")


def _begin(connection: Any) -> None:
    if not connection.in_transaction:
        connection.execute("BEGIN")
