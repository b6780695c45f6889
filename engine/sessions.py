"""Sessions that begin and end on the driver, and in SQLAlchemy's own objects only once these are needed.

A command of the hot path sends a few :class:`~engine.statements.Statement` and asks the session for nothing else.
For it, what a session does around a transaction costs as much as the statements themselves. A :class:`DirectSession`
takes the connection out of the engine's pool and speaks to the driver; the first use of ``execute``, ``get`` or
``connection`` gives that very connection, in that very transaction, to SQLAlchemy, and all is as with any session.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, SessionTransaction

if TYPE_CHECKING:
    from sqlalchemy.pool import PoolProxiedConnection

CHANNEL = "channel"
"""Where a session keeps what sends its statements, for as long as the transaction lasts."""


class DirectSession(Session):
    """A session over one engine; ``reads_only`` asks PostgreSQL for transactions that cannot write."""

    def __init__(self, *, engine: Engine, reads_only: bool = False, **options: Any) -> None:
        options.pop("bind", None)
        super().__init__(**options)
        self.engine = engine
        self._reads_only = reads_only and engine.dialect.name == "postgresql"
        self._checked_out: PoolProxiedConnection | None = None
        self._connection: Connection | None = None

    @property
    def driver(self) -> Any:
        """The driver's connection, in a transaction."""
        if self._checked_out is None:
            self._begin_on_driver()
        return cast("PoolProxiedConnection", self._checked_out).driver_connection

    def get_bind(self, *_mapper: Any, **_arguments: Any) -> Connection:
        """The connection as SQLAlchemy wants it, in the transaction that began on the driver."""
        if self._connection is None:
            if self._checked_out is None:
                self._begin_on_driver()
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
        return CHANNEL in self.info or super().in_transaction()

    def commit(self) -> None:
        """As any session. Raises SQLAlchemy's error where the driver's commit fails."""
        if super().in_transaction() or self.new or self.deleted or self.dirty:
            super().commit()
            self._commit_on_driver()  # what SQLAlchemy knows nothing of; nothing is sent where it committed already
        else:
            self.dispatch.before_commit(self)
            self._commit_on_driver()
            self.dispatch.after_commit(self)
        self._release()

    def rollback(self) -> None:
        """As any session."""
        if not super().in_transaction():
            self.dispatch.after_rollback(self)
        try:
            super().rollback()
        finally:
            self._release()

    def close(self) -> None:
        """As any session: what was not committed is rolled back."""
        if self._reads_only:
            self._end_reading()
        try:
            if super().in_transaction() or self.identity_map or self.new:
                super().close()
        finally:
            self._release()

    def said(self, error: Exception, text: str) -> DBAPIError:
        """The driver's error as SQLAlchemy says it; a connection that is gone is given up."""
        dialect, checked_out = self.engine.dialect, self._checked_out
        gone = checked_out is not None and dialect.is_disconnect(error, checked_out.driver_connection, None)  # type: ignore[arg-type] # a driver's error
        if gone:
            self.get_bind().invalidate(error)
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

    def _begin_on_driver(self) -> None:
        try:
            checked_out = self.engine.raw_connection()
            if self._reads_only:
                cast("Any", checked_out.driver_connection).read_only = True
            self._checked_out = checked_out
            self.engine.dialect.do_begin(checked_out)
        except self.driver_error as error:
            raise self.said(error, "BEGIN") from error

    def _commit_on_driver(self) -> None:
        if self._checked_out is None:
            return
        try:
            cast("Any", self._checked_out.driver_connection).commit()
        except self.driver_error as error:
            raise self.said(error, "COMMIT") from error

    def _end_reading(self) -> None:
        """Commit rather than roll back: at a ROLLBACK psycopg forgets every statement that it has prepared."""
        if self._checked_out is None or not self._checked_out.is_valid:
            return
        try:
            cast("Any", self._checked_out.driver_connection).commit()
        except self.driver_error as error:  # its server is gone, and nothing with it: it has only read
            self.get_bind().invalidate(error)

    def _release(self) -> None:
        """Give the connection back to its pool, which rolls back whatever is under way."""
        checked_out, connection = self._checked_out, self._connection
        self._checked_out = self._connection = None
        self.info.pop(CHANNEL, None)
        if checked_out is None:
            return
        try:
            if self._reads_only and checked_out.is_valid:
                driver = cast("Any", checked_out.driver_connection)
                driver.rollback()
                driver.read_only = None
        except self.driver_error as error:  # its server is gone, and nothing with it: it has only read
            checked_out.invalidate(error)
        finally:
            (checked_out if connection is None else connection).close()
