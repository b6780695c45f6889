"""The declarative base, and the column types that mean the same on SQLite and PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, MetaData, Text, TypeDecorator
from sqlalchemy.orm import DeclarativeBase, registry

from engine import values

Key = BigInteger


class Instant(TypeDecorator[datetime]):
    """A point in time: ``timestamptz`` on PostgreSQL, UTC text on SQLite; always zone-aware UTC in Python."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """UTC for the driver; SQLite stores it without a zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("An instant needs a time zone.")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Zone-aware UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Value(TypeDecorator[Any]):
    """Any JSON-like value with exact decimals and dates, as text (see :mod:`engine.values`).

    None is SQL's NULL, or the text "null" where ``keep_none`` says that it is a value like others.
    """

    impl = Text
    cache_ok = True

    def __init__(self, *, keep_none: bool = False) -> None:
        super().__init__()
        self.keep_none = keep_none

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ARG002
        """The value as text."""
        return None if value is None and not self.keep_none else values.dumps(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:  # noqa: ARG002
        """The value again."""
        return None if value is None else values.loads(value)


class Base(DeclarativeBase):
    """The base of every table; constraints have names, so that migrations can speak of them."""

    registry = registry(type_annotation_map={datetime: Instant, str: Text, int: BigInteger})
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
