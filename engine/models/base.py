"""The declarative base, and the column types that mean the same on SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import INTEGER, BigInteger, DateTime, Dialect, MetaData, Text, TypeDecorator
from sqlalchemy.orm import DeclarativeBase, registry

from engine import values

Key = BigInteger().with_variant(INTEGER(), "sqlite")
"""The primary key of rows that steps write: on SQLite the number of the row itself, with no index beside it."""


class Instant(TypeDecorator[datetime]):
    """A point in time: ``timestamptz`` on PostgreSQL, UTC text on SQLite; always zone-aware UTC in Python."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], Any]:
        """What makes an instant the driver's: text in UTC on SQLite."""
        is_sqlite = dialect.name == "sqlite"

        def process(value: datetime | None) -> Any:
            if value is None:
                return None
            if value.tzinfo is None:
                raise ValueError("An instant needs a time zone.")
            utc = value.astimezone(UTC)  # first: in a zone, both rounds of a repeated hour are equal
            return _text_of(utc) if is_sqlite else utc

        return process

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None]:  # noqa: ARG002
        """What makes of the driver's an instant in UTC."""

        def from_text(value: str | None) -> datetime | None:
            return None if value is None else _instant_of(value)

        def from_datetime(value: datetime | None) -> datetime | None:
            return None if value is None else value.astimezone(UTC)

        return from_text if dialect.name == "sqlite" else from_datetime


# A step writes the instant at which it happens into every row that it leaves, and the next one reads them.
@lru_cache(256)
def _text_of(utc: datetime) -> str:
    return utc.replace(tzinfo=None).isoformat(" ", "microseconds")


@lru_cache(256)
def _instant_of(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


class Value(TypeDecorator[Any]):
    """Any JSON-like value with exact decimals and dates, as text (see :mod:`engine.values`).

    None is SQL's NULL, or the text "null" where ``keep_none`` says that it is a value like others.
    """

    impl = Text
    cache_ok = True

    def __init__(self, *, keep_none: bool = False) -> None:
        super().__init__()
        self.keep_none = keep_none

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], str | None]:  # noqa: ARG002
        """What makes text of a value."""
        keep_none = self.keep_none

        def process(value: Any) -> str | None:
            return None if value is None and not keep_none else values.dumps(value)

        return process

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[str | None], Any]:  # noqa: ARG002
        """What makes the value of its text again."""
        return _value_of


def _value_of(text: str | None) -> Any:
    return None if text is None else values.loads(text)


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
