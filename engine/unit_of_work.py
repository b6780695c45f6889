"""The only commit and rollback of the repository: a command runs whole or not at all.

``run`` gives a command a writer session, commits, and then wakes the workers for the jobs that it made. A command
that lost a race (stale revision, deadlock, serialization) runs again on fresh rows; a command that could not be
executed leaves nothing but an incident, written in a transaction of its own.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Concatenate, ParamSpec, TypeVar

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from engine import incidents
from engine.database import Database, lost_a_race
from engine.errors import Conflict, ExecutionFailed, StaleRevision
from feel.sentences import Sentence

_log = logging.getLogger(__name__)
_ATTEMPTS = 3

P = ParamSpec("P")
R = TypeVar("R")


class UnitOfWork:
    """Runs commands in transactions of ``database``; ``wake`` receives the keys of jobs that became due."""

    def __init__(self, database: Database, wake: Callable[[Sequence[int]], None]) -> None:
        self.database = database
        self._wake = wake

    def run(self, command: Callable[Concatenate[Session, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        """The result of ``command(session, …)``, committed.

        Raises what the command raises, after a rollback; :class:`Conflict` when the database stays busy.
        """
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                result, woken = self._transaction(command, *args, **kwargs)
            except StaleRevision:
                if attempt == _ATTEMPTS:
                    raise
            except ExecutionFailed as failure:
                self._write_incident(failure)
                raise
            except PoolTimeout as timeout:
                raise _busy() from timeout
            except DBAPIError as error:
                if not lost_a_race(error):
                    raise
                if attempt == _ATTEMPTS:
                    raise _busy() from error
            else:
                self._wake_workers(woken)
                return result
        raise AssertionError("unreachable: the last attempt returns or raises")

    def read(self) -> Session:
        """A session that cannot write, to be used in a ``with``; one snapshot on SQLite."""
        return self.database.reader()

    def _transaction(
        self, command: Callable[Concatenate[Session, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> tuple[R, list[int]]:
        with self.database.writer() as session:
            try:
                result = command(session, *args, **kwargs)
                session.commit()
            except BaseException:
                session.rollback()
                raise
            return result, list(session.info.pop("wake", ()))

    def _write_incident(self, failure: ExecutionFailed) -> None:
        """What failed must be found by those who can put it right; losing that must not hide the failure itself."""
        try:
            self._transaction(incidents.open_for, failure)
        except Exception:  # logged whole; the failure itself is raised to the caller
            _log.exception("The incident for %s could not be written.", failure)

    def _wake_workers(self, job_keys: Sequence[int]) -> None:
        if not job_keys:
            return
        try:
            self._wake(job_keys)
        except Exception:  # the person's click is committed: the sweep finds the jobs
            _log.exception("The workers could not be woken for %d jobs; the sweep will find them.", len(job_keys))


def _busy() -> Conflict:
    return Conflict(Sentence("The system is very busy just now. Nothing was changed; please try again."))
