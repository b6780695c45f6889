"""Counting what SQLAlchemy sends, for every contestant that stands on it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from course import Tally
from sqlalchemy import Engine, event


def over(*engines: Engine) -> Tally:
    """A tally of the statements and commits of these engines."""
    return _Listening(engines)


class _Listening(Tally):
    """It listens to engines only while it counts: where somebody listens, SQLAlchemy and Banli do more."""

    def __init__(self, engines: tuple[Engine, ...]) -> None:
        super().__init__()
        self._engines = engines

    @contextmanager
    def listening(self) -> Iterator[None]:
        """From here on, until the end of the block."""

        def statement(_connection: Any, _cursor: Any, text: str, *_given: Any) -> None:
            self.statement(text)

        def commit(_connection: Any) -> None:
            self.commits += 1

        heard = [
            (engine, name, listener)
            for engine in self._engines
            for name, listener in (("before_cursor_execute", statement), ("commit", commit))
        ]
        for engine, name, listener in heard:
            event.listen(engine, name, listener)
        yield
        for engine, name, listener in heard:
            event.remove(engine, name, listener)
