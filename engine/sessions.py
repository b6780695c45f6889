"""Sessions that begin and end on the driver, and in SQLAlchemy's own objects only once these are needed.

A command of the hot path sends a few :class:`~engine.statements.Statement` and asks the session for nothing else.
For it, what a session does around a transaction costs as much as the statements themselves. A :class:`DirectSession`
takes the connection out of the engine's pool and speaks to the driver; the first use of ``execute``, ``get`` or
``connection`` makes the session that SQLAlchemy knows, over that very connection, in that very transaction.

On PostgreSQL a reader's statements each see what is committed, in a transaction as without one: so it begins one
only when SQLAlchemy asks for it, and what the driver alone is asked costs no BEGIN and no COMMIT.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, SessionTransaction

from engine.connections import Connections, Taken

if TYPE_CHECKING:
    from sqlalchemy.pool import PoolProxiedConnection

_MADE = "identity_map"  # the first attribute that SQLAlchemy's session sets


_Guard = Callable[[Session], None]
_before_commit: list[_Guard] = []
_after_rollback: list[_Guard] = []


def before_commit(guard: _Guard) -> _Guard:
    """Call it before each commit, whether SQLAlchemy or the driver alone commits; what it raises stops the commit."""
    _before_commit.append(guard)
    event.listen(Session, "before_commit", guard)
    return guard


def after_rollback(guard: _Guard) -> _Guard:
    """Call it after each rollback, whoever rolls back."""
    _after_rollback.append(guard)
    event.listen(Session, "after_rollback", guard)
    return guard


class Sessions:
    """Makes the sessions of one engine; ``reads_only``: they cannot write, and never flush by themselves."""

    def __init__(
        self,
        engine: Engine,
        *,
        reads_only: bool = False,
        turn_seconds: float | None = None,
        connections: Connections | None = None,
    ) -> None:
        self.engine = engine
        self.reads_only = reads_only
        self.connections = Connections(engine, turn_seconds) if connections is None else connections

    def __call__(self) -> DirectSession:
        """A new one; nothing is opened before its first statement."""
        return DirectSession(self)

    @contextmanager
    def begin(self) -> Iterator[DirectSession]:
        """One in a transaction, which is committed at the end of the block."""
        with self() as session, session.begin():
            yield session


class DirectSession(Session):
    """A session over one engine; what it loaded stays loaded after a commit."""

    def __init__(self, sessions: Sessions) -> None:
        # not yet what SQLAlchemy's session is made of: see __getattr__
        self.engine = sessions.engine
        self.reads_only = sessions.reads_only
        self._connections = sessions.connections
        self._begins_late = self.reads_only and self.engine.dialect.name == "postgresql"
        self.channel: Any = None
        """What sends its statements, for as long as the transaction lasts (see ``statements.channel_of``)."""
        self._checked_out: PoolProxiedConnection | None = None
        self._driver: Any = None  # the driver's own connection in what is checked out
        self._connection: Connection | None = None

    def __getattr__(self, name: str) -> Any:
        """What only SQLAlchemy's session has: it is made when somebody asks for the first of it."""
        if _MADE in self.__dict__:
            raise AttributeError(f"A session has no {name}.")
        super().__init__(autoflush=not self.reads_only, expire_on_commit=False)
        return getattr(self, name)

    @property
    def driver(self) -> Any:
        """The driver's connection, in a transaction (a reader's on PostgreSQL may be in none)."""
        if self._checked_out is None:
            self._begin_on_driver()
        return self._driver

    def get_bind(self, *_mapper: Any, **_arguments: Any) -> Connection:
        """The connection as SQLAlchemy wants it, in the transaction that began on the driver."""
        if self._connection is None:
            driver = self.driver
            if self._begins_late:
                driver.autocommit, driver.read_only = False, True
            self._connection = Connection(self.engine, self._checked_out)
        return self._connection

    def begin(self, nested: bool = False) -> SessionTransaction:
        """As any session; it is SQLAlchemy that ends this transaction, so it takes it at once."""
        if nested:
            self.connection()  # the savepoint is of the transaction that is under way
        transaction = super().begin(nested=nested)
        self.connection()
        return transaction

    def in_transaction(self) -> bool:
        """Whether anything was sent in a transaction that is under way."""
        return self.channel is not None or self._in_session_transaction()

    def in_nested_transaction(self) -> bool:
        """Whether a savepoint is under way."""
        return _MADE in self.__dict__ and super().in_nested_transaction()

    def get_nested_transaction(self) -> SessionTransaction | None:
        """The savepoint that is under way."""
        return super().get_nested_transaction() if _MADE in self.__dict__ else None

    def commit(self) -> None:
        """As any session. Raises SQLAlchemy's error where the driver's commit fails."""
        if self._in_session_transaction() or (_MADE in self.__dict__ and (self.new or self.deleted or self.dirty)):
            super().commit()
            self._commit_on_driver()  # what SQLAlchemy knows nothing of; nothing is sent where it committed already
        else:
            for guard in _before_commit:  # SQLAlchemy's events cost more than what is guarded
                guard(self)
            self._commit_on_driver()
        self._release()

    def rollback(self) -> None:
        """As any session."""
        if not self._in_session_transaction():
            for guard in _after_rollback:
                guard(self)
        try:
            if _MADE in self.__dict__:
                super().rollback()
        finally:
            self._release()

    def close(self) -> None:
        """As any session: what was not committed is rolled back."""
        if self._checked_out is None and _MADE not in self.__dict__:
            return
        if self._begins_late and self._connection is not None:
            self._end_reading()
        try:
            if self._in_session_transaction() or (_MADE in self.__dict__ and (self.identity_map or self.new)):
                super().close()
        finally:
            self._release()

    def said(self, error: Exception, text: str) -> DBAPIError:
        """The driver's error as SQLAlchemy says it; a connection that is gone is given up."""
        dialect, checked_out = self.engine.dialect, self._checked_out
        gone = checked_out is not None and dialect.is_disconnect(error, checked_out.driver_connection, None)  # type: ignore[arg-type] # a driver's error
        if checked_out is not None and gone:
            self._give_up(checked_out, error)
        said = DBAPIError.instance(
            text,
            None,  # what people entered has no place in an error's text
            error,
            self.driver_error,
            hide_parameters=True,
            connection_invalidated=gone,
            dialect=dialect,
        )
        return cast("DBAPIError", said)

    @property
    def driver_error(self) -> type[Exception]:
        """What every error of the driver is."""
        return cast("type[Exception]", self.engine.dialect.loaded_dbapi.Error)

    def _in_session_transaction(self) -> bool:
        return _MADE in self.__dict__ and super().in_transaction()

    def _begin_on_driver(self) -> None:
        try:
            self._checked_out, self._driver = self._connections.take()
            if self._begins_late:
                self._driver.autocommit = True
            else:
                self.engine.dialect.do_begin(self._driver)
        except self.driver_error as error:
            raise self.said(error, "BEGIN") from error

    def _commit_on_driver(self) -> None:
        if self._checked_out is None:
            return
        try:
            self._driver.commit()
        except self.driver_error as error:
            raise self.said(error, "COMMIT") from error

    def _end_reading(self) -> None:
        """Commit rather than roll back: at a ROLLBACK psycopg forgets every statement that it has prepared."""
        checked_out = self._checked_out
        if checked_out is None or not checked_out.is_valid:
            return
        try:
            self._driver.commit()
        except self.driver_error as error:  # its server is gone, and nothing with it: it has only read
            self._give_up(checked_out, error)

    def _give_up(self, checked_out: PoolProxiedConnection, error: Exception) -> None:
        """Tell the pool that the connection is gone, in the way that whoever holds it takes note of."""
        if self._connection is None:
            checked_out.invalidate(error)
        else:
            self._connection.invalidate(error)

    def _release(self) -> None:
        """Give the connection back, whatever is under way rolled back."""
        checked_out, connection = self._checked_out, self._connection
        if checked_out is None:
            return
        channel = self.channel
        self._checked_out = self._connection = self.channel = None
        try:
            if channel is not None and checked_out.is_valid:
                channel.close()
            if self._begins_late and checked_out.is_valid:
                driver = self._driver
                if driver.autocommit:
                    driver.autocommit = False
                else:
                    driver.rollback()
                    driver.read_only = None
        except self.driver_error as error:  # its server is gone, and nothing with it: it has only read
            checked_out.invalidate(error)
        finally:
            self._connections.give_back(Taken(checked_out, self._driver), connection)
