"""One job, done once: claimed under a lease, its function run outside any transaction, its result reported back.

Whatever goes wrong is reported too: the job is tried again later, and becomes an incident when no retry is left. The
lease is short and kept while the function runs, so that a killed worker's job is free again within half a minute.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import copy_context
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.exc import InterfaceError, OperationalError

from engine import clock, jobs, log_context, topics
from engine.errors import Conflict, EngineError, ExecutionFailed, NotFound, Refused
from engine.unit_of_work import UnitOfWork
from feel.sentences import Sentence

_log = logging.getLogger(__name__)
LEASE = timedelta(seconds=30)
KEEP_SECONDS = 10.0
EARLY_SECONDS = 1.5
_AWAY = (OperationalError, InterfaceError)
_REPORT_PAUSES = (0.5, 1.0, 2.0, 4.0)
"""Seconds between the attempts to report to a database that is away: what was done need not be done again."""


def run(unit_of_work: UnitOfWork, key: int) -> None:
    """Do the job if it is due and free; a job that somebody else has, or that is over, is left alone."""
    with log_context.about(job=key):
        _run(unit_of_work, key)


def _run(unit_of_work: UnitOfWork, key: int) -> None:
    try:
        with unit_of_work.read() as session:
            job = jobs.get(session, key)
            inside, root_key, due_at = jobs.is_inside(job), job.root_key, job.due_at
        _wait_until(due_at)
        with log_context.about(matter=root_key):
            if inside:
                _run_inside(unit_of_work, key)
            else:
                _run_outside(unit_of_work, key)
    except ExecutionFailed as failure:
        _log.warning("Job %d stopped with an incident: %s", key, failure)
    except (Conflict, NotFound) as why:
        _log.info("Job %d was not done: %s", key, why)


def _wait_until(due_at: datetime) -> None:
    """A message sent ahead may arrive a moment early; what is due later than that is not begun at all."""
    early = (due_at - clock.now()).total_seconds()
    if 0 < early <= EARLY_SECONDS:
        time.sleep(early)


def _run_inside(unit_of_work: UnitOfWork, key: int) -> None:
    try:
        unit_of_work.run(jobs.run_inside, key)
    except (ExecutionFailed, Conflict, NotFound, *_AWAY):
        raise
    except Exception as error:  # a mistake of ours must end in an incident too, not be repeated for ever
        _log.exception("Job %d failed", key)
        _fail(unit_of_work, key, _name(), f"{type(error).__name__}: {error}")


def _run_outside(unit_of_work: UnitOfWork, key: int) -> None:
    worker = _name()
    claimed = unit_of_work.run(jobs.claim, key, worker, LEASE)
    if claimed is None:
        return
    work = claimed.work
    topic = topics.find(work.topic)
    if topic is None or topic.function is None:
        _fail(unit_of_work, key, worker, f"No worker of this installation does {work.topic}.")
        return
    try:
        with _kept(unit_of_work, key, worker):
            variables = topic.function(topics.with_inputs(work))
    except topics.BpmnError as error:
        given = (error.code, error.message, error.variables)
        _report(lambda: unit_of_work.run(jobs.throw_error, key, *given))
    except topics.TryAgain as error:
        _fail(unit_of_work, key, worker, error.sentence, retry_after=error.after)
    except Refused as error:
        _fail(unit_of_work, key, worker, error.sentence, retries=0)  # it would be refused again
    except EngineError as error:
        _fail(unit_of_work, key, worker, error.sentence)
    except Exception as error:  # a topic's mistake must end in an incident, not in a dead worker
        _log.exception("Job %d (%s) failed", key, work.topic)
        _fail(unit_of_work, key, worker, f"{type(error).__name__}: {error}")
    else:
        _complete(unit_of_work, key, worker, variables)


def _complete(unit_of_work: UnitOfWork, key: int, worker: str, variables: Mapping[str, Any] | None) -> None:
    try:
        _report(lambda: unit_of_work.run(jobs.complete, key, variables))
    except (ExecutionFailed, Conflict, NotFound, *_AWAY):
        raise
    except Exception as error:  # what the function gave cannot be kept: done again and again, it would never end
        _log.exception("The result of job %d was refused", key)
        _fail(unit_of_work, key, worker, f"{type(error).__name__}: {error}")


def _fail(
    unit_of_work: UnitOfWork,
    key: int,
    worker: str,
    message: str | Sentence,
    *,
    retries: int | None = None,
    retry_after: timedelta | None = None,
) -> None:
    told = message if isinstance(message, Sentence) else _storable(message)
    given: dict[str, Any] = {"worker": worker, "retries": retries, "retry_after": retry_after}
    _report(lambda: unit_of_work.run(jobs.fail, key, told, **given))


def _storable(message: str) -> str:
    return message.replace("\0", "?").encode("utf-8", "replace").decode("utf-8")


def _report(report: Callable[[], None]) -> None:
    """Tell the database how it ended; while it is away, again after a pause, as long as the lease makes sense."""
    for pause in _REPORT_PAUSES:
        try:
            report()
        except _AWAY:
            _log.warning("The database is away; the result of a job waits %.1f s.", pause)
            time.sleep(pause)
        else:
            return
    report()


@contextmanager
def _kept(unit_of_work: UnitOfWork, key: int, worker: str) -> Iterator[None]:
    """Extend the lease for as long as the block takes."""
    over = threading.Event()
    keeper = threading.Thread(
        target=copy_context().run, args=(_keep, unit_of_work, key, worker, over), name="banli-lease", daemon=True
    )
    keeper.start()
    try:
        yield
    finally:
        over.set()


def _keep(unit_of_work: UnitOfWork, key: int, worker: str, over: threading.Event) -> None:
    while not over.wait(KEEP_SECONDS):
        try:
            unit_of_work.run(jobs.extend, key, worker, LEASE)
        except Conflict:
            _log.warning("The lease of job %d is lost; what it does counts under its key.", key)
            return
        except Exception as error:  # the database may come back before the lease ends
            _log.warning("The lease of job %d could not be extended: %s", key, type(error).__name__)


def _name() -> str:
    """Who holds the lease: machine, process and thread."""
    return f"{socket.gethostname()}:{os.getpid()}:{threading.get_ident()}"
