"""The only source of the present: ``now()`` is zone-aware UTC, and tests and ``banli test`` may set it.

A set clock belongs to the context (thread or task) that set it, so that a dry run never moves the time of others.
Where an installation allows it, for tests of what runs against it, ``pin_everywhere`` sets that of the process.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

_pinned: ContextVar[datetime | None] = ContextVar("banli_pinned_time", default=None)


class _Everywhere:
    """The clock of the whole process, where it is set."""

    instant: datetime | None = None


_everywhere = _Everywhere()


def now() -> datetime:
    """The present instant in UTC, to the microsecond."""
    return _pinned.get() or _everywhere.instant or datetime.now(UTC)


def pin(instant: datetime | None) -> None:
    """Set the clock of this context to ``instant`` (zone-aware), or back to the real time with ``None``."""
    _pinned.set(_checked(instant))


def pin_everywhere(instant: datetime | None) -> None:
    """Set the clock of every thread that set none of its own, or let it go on with the real time."""
    _everywhere.instant = _checked(instant)


def _checked(instant: datetime | None) -> datetime | None:
    if instant is not None and instant.tzinfo is None:
        raise ValueError("The clock takes an instant with a time zone.")
    return None if instant is None else instant.astimezone(UTC)


@contextmanager
def pinned(instant: datetime) -> Iterator[None]:
    """Within the block, the present is ``instant``."""
    before = _pinned.get()
    pin(instant)
    try:
        yield
    finally:
        _pinned.set(before)
