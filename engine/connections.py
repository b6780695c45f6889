"""Connections at hand: one that was just given back is taken again without the ceremony of the pool.

A pool makes an object for each time that somebody holds a connection, and does so at length, since it must survive
whoever forgets to give it back. Sessions do not forget. So a few of those that they give back stay here, for the next
session of the same kind; all others, and whoever is no session, are the pool's.

With ``turn_seconds`` there is one turn for all threads: who takes a connection waits for whoever has the turn. So
SQLite's writers stand in line within the process instead of in front of its file.
"""

from __future__ import annotations

import time
from operator import attrgetter
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import TimeoutError as PoolTimeout

if TYPE_CHECKING:
    from sqlalchemy.pool import PoolProxiedConnection

PING_AFTER_SECONDS = 0.5
"""How long a connection may rest before it is asked whether its server is there; one that restarts is away longer."""

_MOST_AT_HAND = 4
_IS_UNDER_WAY = {"sqlite": attrgetter("in_transaction"), "postgresql": attrgetter("pgconn.transaction_status")}


class Taken(NamedTuple):
    """A connection of the pool, and the driver's own in it."""

    pooled: PoolProxiedConnection
    driver: Any


class Connections:
    """What sessions of one kind take, and give back."""

    def __init__(self, engine: Engine, turn_seconds: float | None = None) -> None:
        self._engine = engine
        self._at_hand: list[tuple[Taken, float]] = []
        self._turn_seconds = turn_seconds
        self._turn = Lock()
        self._is_under_way = _IS_UNDER_WAY[engine.dialect.name]
        self._has_server = engine.dialect.name != "sqlite"

    def take(self) -> Taken:
        """A connection on which nothing is under way. Raises SQLAlchemy's TimeoutError where none becomes free."""
        if self._turn_seconds is not None and not self._turn.acquire(timeout=self._turn_seconds):
            raise PoolTimeout(f"Nobody else was done within {self._turn_seconds:g} seconds.")
        try:
            return self._rested() or self._pooled()
        except BaseException:
            self._end_turn()
            raise

    def give_back(self, taken: Taken, connection: Connection | None = None) -> None:
        """It is free again; ``connection`` is what SQLAlchemy made of it, if it did."""
        try:
            if connection is not None:
                connection.close()
            elif self._may_rest(taken):
                self._at_hand.append((taken, time.monotonic()))
            else:
                taken.pooled.close()
        finally:
            self._end_turn()

    def let_go(self) -> None:
        """Give everything to the pool."""
        while self._at_hand:
            self._at_hand.pop()[0].pooled.close()

    def _pooled(self) -> Taken:
        pooled = self._engine.raw_connection()
        return Taken(pooled, pooled.driver_connection)

    def _rested(self) -> Taken | None:
        """The one that was given back last, if its server still answers."""
        while True:
            try:
                taken, since = self._at_hand.pop()
            except IndexError:  # or another thread was faster
                return None
            if self._answers(taken, since):
                return taken

    def _answers(self, taken: Taken, since: float) -> bool:
        if not self._has_server or time.monotonic() - since < PING_AFTER_SECONDS:
            return True
        try:
            if self._engine.dialect.do_ping(taken.driver):
                return True
        except self._error as error:
            taken.pooled.invalidate(error)
        else:
            taken.pooled.invalidate()
        return False

    def _may_rest(self, taken: Taken) -> bool:
        """Whether nothing is under way on it any more, and nobody can be waiting for it at the pool."""
        if not taken.pooled.is_valid or len(self._at_hand) >= _MOST_AT_HAND or self._pool.overflow() > 0:
            return False
        try:
            if self._is_under_way(taken.driver):
                self._engine.dialect.do_rollback(taken.driver)
        except self._error as error:
            taken.pooled.invalidate(error)
            return False
        return True

    @property
    def _pool(self) -> Any:
        return self._engine.pool  # another one each time that the engine was disposed of

    @property
    def _error(self) -> type[Exception]:
        return cast("type[Exception]", self._engine.dialect.loaded_dbapi.Error)

    def _end_turn(self) -> None:
        if self._turn_seconds is not None:
            self._turn.release()
