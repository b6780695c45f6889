"""The rows of a verification in the order of their chains, each table read once, so that memory stays bounded."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, Text, select, type_coerce, union_all
from sqlalchemy.orm import Session
from sqlalchemy.sql import literal, null

from engine.models import HistoryEvent, Journal, PersonalValue, ProcessInstance, SealedHead

T = TypeVar("T")
_PAGE = 1000


class ByChain(Generic[T]):
    """Rows in the order of ``root_key``, given out chain by chain."""

    def __init__(self, rows: Iterator[Any]) -> None:
        self._rows = rows
        self._next: Any = next(rows, None)

    @property
    def root_key(self) -> int | None:
        """The chain that comes next; None at the end."""
        return None if self._next is None else self._next.root_key

    def take(self, root_key: int) -> Iterator[Any]:
        """The rows of that chain; all of them must be taken before the next one's."""
        while self._next is not None and self._next.root_key == root_key:
            row, self._next = self._next, next(self._rows, None)
            yield row


def _stream(session: Session, statement: Select[*tuple[Any, ...]]) -> Iterator[Any]:
    return iter(session.execute(statement, execution_options={"yield_per": _PAGE}))


def events(session: Session, only: int | None = None) -> ByChain[Any]:
    """All events, or those of one chain, in order; on SQLite ``occurred_at`` is the text that is stored, as it is."""
    table = HistoryEvent.__table__.c
    columns: list[Any] = list(table)
    if is_sqlite(session):
        columns = [type_coerce(c, Text).label(c.name) if c.name == "occurred_at" else c for c in columns]
    statement = select(*columns).order_by(table.root_key, table.sequence)
    return ByChain(_stream(session, statement if only is None else statement.where(table.root_key == only)))


def is_sqlite(session: Session) -> bool:
    """Whether the session's database is SQLite, which stores what it is given, whatever the column says."""
    return session.get_bind().dialect.name == "sqlite"


@contextmanager
def any_bytes_as_text(session: Session) -> Iterator[None]:
    """Within the block, SQLite gives altered text that is no UTF-8 any more as text instead of failing."""
    if not is_sqlite(session):
        yield
        return
    driver: Any = session.connection().connection.driver_connection
    before = driver.text_factory
    driver.text_factory = lambda stored: stored.decode("utf-8", "surrogateescape")
    try:
        yield
    finally:
        driver.text_factory = before


def heads(session: Session, only: int | None = None) -> ByChain[Any]:
    """The head that each chain should have: root_key, last_sequence, last_hash, business_id; journals included."""
    instances = select(
        ProcessInstance.key.label("root_key"),
        ProcessInstance.last_sequence,
        ProcessInstance.last_hash,
        ProcessInstance.business_id,
        literal("matter").label("kind"),
    ).where(ProcessInstance.parent_key.is_(None))
    journals = select(Journal.key, Journal.last_sequence, Journal.last_hash, null(), literal("journal").label("kind"))
    both = union_all(instances, journals).subquery()
    statement = select(both).order_by(both.c.root_key)
    return ByChain(_stream(session, statement if only is None else statement.where(both.c.root_key == only)))


def sealed_heads(session: Session, only: int | None = None) -> ByChain[Any]:
    """All heads that seals saw, by chain and the sequence of the event."""
    table = SealedHead
    statement = select(table.root_key, table.event_sequence, table.hash, table.seal_sequence).order_by(
        table.root_key, table.event_sequence, table.seal_sequence
    )
    return ByChain(_stream(session, statement if only is None else statement.where(table.root_key == only)))


def personal_values(session: Session, only: int | None = None) -> ByChain[Any]:
    """All personal values, by chain."""
    columns = PersonalValue.__table__.c
    statement = select(*columns).order_by(columns.root_key)
    return ByChain(_stream(session, statement if only is None else statement.where(columns.root_key == only)))
