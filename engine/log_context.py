"""What a log line is about: the keys of matter, task and job, carried along by the context and never by values.

The edges say it once (a request by its address, a worker by its job); whatever is logged meanwhile is found by it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

_nothing: Mapping[str, str | int] = {}
_about: ContextVar[Mapping[str, str | int]] = ContextVar("banli_log_context", default=_nothing)


def current() -> Mapping[str, str | int]:
    """The keys that belong to whatever is logged now."""
    return _about.get()


def begin(**keys: str | int | None) -> None:
    """From here on, in this thread or task, it is about these keys and no others."""
    _about.set({name: key for name, key in keys.items() if key is not None})


@contextmanager
def about(**keys: str | int | None) -> Iterator[None]:
    """Within the block it is about these keys too."""
    added = {name: key for name, key in keys.items() if key is not None}
    token = _about.set({**_about.get(), **added})
    try:
        yield
    finally:
        _about.reset(token)
