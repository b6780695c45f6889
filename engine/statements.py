"""Statements made once and sent by the driver itself: the way of the hot path to the database.

To run a statement of SQLAlchemy's costs several times what a database needs for a row by its key. A
:class:`Statement` is a Core statement all the same, with its types and in the words of the dialect, but compiled once
for good; it goes over the driver in the transaction that its session is in, beside whatever the session itself sends.
Whoever listens to the engine's ``before_cursor_execute`` and ``after_cursor_execute`` hears it; errors are
SQLAlchemy's own.

:class:`Outbox` collects writes, so that PostgreSQL gets them in one pipeline, without a round trip for each.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from itertools import chain
from typing import Any, cast

from sqlalchemy import ColumnElement, Dialect, Executable, Text, literal_column
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session

from engine.compiled_statements import CompiledStatement
from engine.errors import StaleRevision
from engine.sessions import DirectSession


class Statement:
    """One statement, or one for each dialect if ``made`` is a function of the dialect's name.

    It has no parameters of varying number (``IN`` over a list). What it returns are named tuples; what only writes
    goes through an :class:`Outbox`.
    """

    __slots__ = ("_compiled", "_made")

    def __init__(self, made: Executable | Callable[[str], Executable]) -> None:
        self._made = made
        self._compiled: dict[str, CompiledStatement] = {}

    def all(self, session: Session, given: Mapping[str, Any]) -> list[Any]:
        """The rows."""
        channel = channel_of(session)
        compiled = self.compiled(channel.dialect)
        if compiled.writes:
            channel.is_about_to_write()
        channel.send(channel.cursor, compiled.text, compiled.bound(given))
        return [compiled.row(found) for found in channel.cursor.fetchall()]

    def one_or_none(self, session: Session, given: Mapping[str, Any]) -> Any | None:
        """The row, or None where there is none."""
        found = self.all(session, given)
        return found[0] if found else None

    def one(self, session: Session, given: Mapping[str, Any]) -> Any:
        """The row that must be there."""
        found = self.all(session, given)
        if len(found) != 1:
            raise NoResultFound
        return found[0]

    def scalar(self, session: Session, given: Mapping[str, Any]) -> Any | None:
        """The first column of the row, or None where there is none."""
        found = self.all(session, given)
        return found[0][0] if found else None

    def compiled(self, dialect: Dialect) -> CompiledStatement:
        """The statement as the dialect says it."""
        found = self._compiled.get(dialect.name)
        if found is None:
            made = self._made(dialect.name) if callable(self._made) else self._made
            found = self._compiled[dialect.name] = CompiledStatement(made, dialect)
        return found


def constant(word: str) -> ColumnElement[str]:
    """A word of our own as part of a statement's text: only so can a planner prove that a partial index will do."""
    if not word.isidentifier():
        raise ValueError(word)
    return literal_column(f"'{word}'", Text)


class Outbox:
    """Writes of one transaction that need no answer before the commit, in the order in which they were added."""

    __slots__ = ("_writes",)

    def __init__(self) -> None:
        self._writes: list[tuple[Statement, Sequence[Mapping[str, Any]], int | None]] = []

    def add(self, statement: Statement, given: Mapping[str, Any], *, touching: int | None = None) -> None:
        """One write; with ``touching``, so many rows must be there to be touched."""
        self._writes.append((statement, (given,), touching))

    def add_all(self, statement: Statement, rows: Sequence[Mapping[str, Any]]) -> None:
        """The same write for each of the rows."""
        if rows:
            self._writes.append((statement, rows, None))

    def send(self, session: Session) -> None:
        """Send everything. Raises :class:`StaleRevision` where a write did not touch what it had to."""
        writes, self._writes = self._writes, []
        if writes:
            channel_of(session).send_all(writes)


class Channel:
    """The driver in a session's transaction."""

    def __init__(self, session: DirectSession) -> None:
        self.dialect: Dialect = session.engine.dialect
        self.driver: Any = session.driver
        self.cursor: Any = self.driver.cursor()
        self._session = session
        self._driver_error = session.driver_error
        self._pipelines = self.dialect.name == "postgresql"
        self.transaction = object()
        """What stands for the transaction; whoever keeps it keeps nothing of the driver's alive."""
        heard = session.engine.dispatch
        self._heard = bool(heard.before_cursor_execute or heard.after_cursor_execute)

    def close(self) -> None:
        """Let go of the last statement at once.

        The driver keeps statements for its next cursor. Left to the garbage collector, which may run in any thread,
        an old cursor would reset a statement in the midst of its next execution.
        """
        self.cursor.close()

    def is_about_to_write(self) -> None:
        """Be in a transaction, in which PostgreSQL refuses what a reader must not do."""
        if self._session.reads_only:
            self._session.connection()

    def send(self, cursor: Any, text: str, given: Any, *, many: bool = False) -> None:
        """One statement; ``given`` are parameters as the driver takes them, a list of such for ``many``."""
        try:
            if self._heard:
                self._send_heard(cursor, text, given, many=many)
            elif many:
                cursor.executemany(text, given)
            else:
                cursor.execute(text, given)
        except self._driver_error as error:
            raise self._session.said(error, text) from error

    def send_all(self, writes: Sequence[tuple[Statement, Sequence[Mapping[str, Any]], int | None]]) -> None:
        """Writes one after the other, without waiting for each where the driver can."""
        self.is_about_to_write()
        if not self._pipelines:
            for statement, rows, touching in writes:
                self._write(statement.compiled(self.dialect), rows, self.cursor)
                if touching is not None and self.cursor.rowcount != touching:
                    raise StaleRevision
            return
        sent: list[tuple[Any, int]] = []
        try:
            with self.driver.pipeline() if len(writes) > 1 else nullcontext():
                for statement, rows, touching in writes:
                    cursor = self.driver.cursor()
                    self._write(statement.compiled(self.dialect), rows, cursor)
                    if touching is not None:
                        sent.append((cursor, touching))
        except self._driver_error as error:  # of a statement before the one at which the pipeline told it
            raise self._session.said(error, "a pipeline of writes") from error
        if any(cursor.rowcount != touching for cursor, touching in sent):
            raise StaleRevision

    def _write(self, compiled: CompiledStatement, rows: Sequence[Mapping[str, Any]], cursor: Any) -> None:
        """One row, or the same for each: SQLite's driver loops by itself, psycopg would speak of each one."""
        if len(rows) == 1:
            self.send(cursor, compiled.text, compiled.bound(rows[0]))
            return
        bound = [compiled.bound(row) for row in rows]
        if not self._pipelines or compiled.together < 2:  # noqa: PLR2004 - at least two together
            self.send(cursor, compiled.text, bound, many=True)
            return
        for start in range(0, len(bound), compiled.together):
            some = bound[start : start + compiled.together]
            self.send(self.driver.cursor(), compiled.text_for(len(some)), tuple(chain.from_iterable(some)))

    def _send_heard(self, cursor: Any, text: str, given: Any, *, many: bool) -> None:
        connection, heard = self._session.connection(), self._session.engine.dispatch
        for listener in heard.before_cursor_execute:
            text, given = listener(connection, cursor, text, given, None, many)
        (cursor.executemany if many else cursor.execute)(text, given)
        for listener in heard.after_cursor_execute:
            listener(connection, cursor, text, given, None, many)


def channel_of(session: Session) -> Channel:
    """The channel of the transaction that the session is in, which begins with it if need be."""
    direct = cast("DirectSession", session)
    channel: Channel | None = direct.channel
    if channel is None:
        channel = direct.channel = Channel(direct)
    return channel


def transaction_of(session: Session) -> object:
    """What stands for the innermost transaction: a savepoint that is rolled back takes its changes with it."""
    return session.get_nested_transaction() or channel_of(session).transaction
