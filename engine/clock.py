"""The only source of the present: ``now()`` is zone-aware UTC, and tests and ``banli test`` may set it.

A set clock belongs to the context (thread or task) that set it, so that a dry run never moves the time of others.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

_pinned: ContextVar[datetime | None] = ContextVar("banli_pinned_time", default=None)


def now() -> datetime:
    """The present instant in UTC, to the microsecond."""
    return _pinned.get() or datetime.now(UTC)


def pin(instant: datetime | None) -> None:
    """Set the clock of this context to ``instant`` (zone-aware), or back to the real time with ``None``."""
    if instant is not None and instant.tzinfo is None:
        raise ValueError("The clock takes an instant with a time zone.")
    _pinned.set(None if instant is None else instant.astimezone(UTC))


@contextmanager
def pinned(instant: datetime) -> Iterator[None]:
    """Within the block, the present is ``instant``."""
    before = _pinned.get()
    pin(instant)
    try:
        yield
    finally:
        _pinned.set(before)
