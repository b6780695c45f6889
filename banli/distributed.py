"""``banli web``, ``banli worker``, ``banli beat``: the parts of a distributed installation, a process each.

They share a database and a broker. The web's first process brings the database to this version and deploys the packs;
workers wait until that is done. Every process that a parent forks makes a composition of its own, so that no
connection is ever shared.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

from celery import Celery, signals
from sqlalchemy.exc import SQLAlchemyError

from banli import server
from banli.composition import Composition, compose
from banli.settings import Settings
from engine.database import Database
from engine.errors import SettingRefused
from engine.unit_of_work import UnitOfWork
from feel.sentences import Sentence
from workers import application, tasks
from workers.beat import Beat

_log = logging.getLogger(__name__)
_WAIT_SECONDS = 120.0
_STARTING = 0x62616E6C6A  # the number of an advisory lock: two webs that start at once prepare one after the other

Pool = Literal["prefork", "threads"]


def prepare(settings: Settings) -> None:
    """What ``banli run`` does before it serves, by one process at a time."""
    refuse_memory(settings)
    composition = compose(settings)
    try:
        with _alone(composition.database):
            server.prepare(composition)
    finally:
        composition.dispose()


def refuse_memory(settings: Settings) -> None:
    """A broker in the memory of one process cannot reach another."""
    if settings.broker_url.startswith("memory:"):
        raise SettingRefused(
            Sentence(
                "The setting {name} is wrong: {why}.",
                name="BANLI_BROKER_URL",
                why=Sentence(
                    "processes of their own need a broker, amqp://… or redis://…; `banli run` does everything in one"
                ),
            )
        )


def work(settings: Settings, *, pool: Pool, concurrency: int) -> int:
    """A worker, until SIGTERM or SIGINT lets it finish what runs; gives the exit code."""
    refuse_memory(settings)
    _wait_for_database(settings)
    celery = application.make(settings.broker_url)
    own = _Own(settings, celery)
    tasks.register(celery, own.unit_of_work)
    signals.setup_logging.connect(_keep_our_logging, weak=False)
    signals.worker_process_init.connect(own.begin, weak=False)
    signals.worker_process_shutdown.connect(own.end, weak=False)
    worker = celery.Worker(
        pool_cls=pool,
        concurrency=concurrency,
        loglevel=logging.getLogger().level,
        quiet=True,
        without_heartbeat=True,
        without_mingle=True,
        without_gossip=True,
    )
    _log.info("A worker with %d %s starts.", concurrency, "processes" if pool == "prefork" else "threads")
    worker.start()
    own.end()
    return int(worker.exitcode or 0)


def beat(settings: Settings) -> None:
    """The clock that asks once a second what is due, until SIGTERM or SIGINT. Two at once do no harm."""
    refuse_memory(settings)
    celery = application.make(settings.broker_url)
    signals.setup_logging.connect(_keep_our_logging, weak=False)
    _log.info("A beat starts.")
    celery.Beat(scheduler_cls=Beat, quiet=True, max_interval=1, loglevel=logging.getLogger().level).run()


class _Own:
    """The composition of whichever process asks: a forked one never uses its parent's."""

    def __init__(self, settings: Settings, celery: Celery) -> None:
        self._settings = settings
        self._celery = celery
        self._lock = threading.Lock()
        self._pid = 0
        self._composition: Composition | None = None

    def begin(self, **_signal: Any) -> None:
        """Make the composition of this process (again after a fork; what the parent had is left to the parent)."""
        with self._lock:
            if self._pid != os.getpid() or self._composition is None:
                self._composition = compose(self._settings, self._celery)
                self._pid = os.getpid()

    def end(self, **_signal: Any) -> None:
        """Close its connections."""
        if self._composition is not None and self._pid == os.getpid():
            self._composition.waking.close()
            self._composition.database.dispose()

    def unit_of_work(self) -> UnitOfWork:
        """The unit of work of this process."""
        if self._pid != os.getpid() or self._composition is None:
            self.begin()
        assert self._composition is not None  # noqa: S101 - begin made it
        return self._composition.unit_of_work


def _keep_our_logging(**_signal: Any) -> None:
    """That somebody listens to this signal keeps Celery from setting up logging of its own."""


def _wait_for_database(settings: Settings) -> None:
    """Until the database answers and is of this version: services start in any order."""
    settings.var.mkdir(parents=True, exist_ok=True)
    deadline = time.monotonic() + _WAIT_SECONDS
    told = False
    while True:
        database = Database(settings.database_url)
        try:
            if database.is_current():
                return
            why = "it needs migrating"
        except SQLAlchemyError as error:
            why = type(error).__name__
        finally:
            database.dispose()
        if time.monotonic() > deadline:
            raise SettingRefused(
                Sentence(
                    "The database is not ready after {seconds} seconds ({why}). `banli web` or `banli migrate` "
                    "brings it to this version.",
                    seconds=int(_WAIT_SECONDS),
                    why=why,
                )
            )
        if not told:
            _log.info("Waiting for the database (%s).", why)
            told = True
        time.sleep(0.5)


@contextmanager
def _alone(database: Database) -> Iterator[None]:
    """One process at a time (PostgreSQL; on SQLite every command of the preparation is alone by itself)."""
    if database.is_sqlite:
        yield
        return
    # kept by the connection, not by a transaction: it ends with the process, whatever happens
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(f"SELECT pg_advisory_lock({_STARTING})")
        try:
            yield
        finally:
            connection.exec_driver_sql(f"SELECT pg_advisory_unlock({_STARTING})")
