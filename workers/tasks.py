"""The few Celery tasks. They carry keys, never values: what is to be done stands in the database."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from functools import partial

from celery import Celery
from kombu.exceptions import OperationalError as BrokerAway
from sqlalchemy.exc import InterfaceError, OperationalError

from engine import audit, clock, history, jobs, messages, schedules
from engine.errors import EngineError
from engine.unit_of_work import UnitOfWork
from workers import job_run
from workers.application import RECORD_MATTERS, RUN_DUE_JOBS, RUN_JOB, SEAL_HISTORY, SWEEP_SECONDS

_log = logging.getLogger(__name__)
SWEEP_LIMIT = 200
AHEAD = timedelta(seconds=SWEEP_SECONDS)
"""A timer is told of before it is due, so that it fires at its time and not at the next sweep."""
SWEEP_PAGES = 10
RECORD_LIMIT = 100
RECORD_PAGES = 50
SEAL_EVERY = timedelta(hours=1)


def register(celery: Celery, unit_of_work: Callable[[], UnitOfWork]) -> None:
    """Give the application its tasks; ``unit_of_work`` gives that of the process in which a task runs."""

    def run_job(key: int) -> None:
        _unless_away(lambda: job_run.run(unit_of_work(), key))

    def run_due_jobs() -> None:
        _unless_away(lambda: sweep(celery, unit_of_work()))

    def seal_history() -> None:
        _unless_away(lambda: unit_of_work().run(history.seal_when_due, SEAL_EVERY))

    def record_matters() -> None:
        _unless_away(lambda: record(unit_of_work()))

    celery.task(name=RUN_JOB)(run_job)
    celery.task(name=RUN_DUE_JOBS)(run_due_jobs)
    celery.task(name=SEAL_HISTORY)(seal_history)
    celery.task(name=RECORD_MATTERS)(record_matters)


def record(unit_of_work: UnitOfWork) -> int:
    """Bring what search and statistics know of matters up to date; gives how many had moved.

    A minute in which none did costs one query; the rest of many is left to the next minute.
    """
    done = 0
    for _page in range(RECORD_PAGES):
        with unit_of_work.read() as session:
            if not audit.is_behind(session):
                break
        done += unit_of_work.run(audit.catch_up, RECORD_LIMIT)
    return done


def sweep(celery: Celery, unit_of_work: UnitOfWork) -> int:
    """Send one message for each job that is due before the next sweep and nobody was told of; gives their number.

    A second in which nothing is due costs three queries and no write lock. What goes wrong with one thing that is due
    keeps nothing else from its turn.
    """
    with unit_of_work.read() as session:
        jobs_wait = bool(jobs.due(session, limit=1, ahead=AHEAD))
        to_fire = schedules.due(session)
        messages_wait = messages.is_due(session)
    sent = _tell(celery, unit_of_work) if jobs_wait else 0
    for key in to_fire:
        _try(f"schedule {key}", partial(unit_of_work.run, schedules.fire, key))
    if messages_wait:
        _try("the messages", partial(unit_of_work.run, messages.sweep))
    return sent


def _tell(celery: Celery, unit_of_work: UnitOfWork) -> int:
    """Reserve what is due, then send it, page by page; what is due in a moment with the instant at which to begin.

    A job is reserved before its message is sent, so that two sweeps at once send one message, and a long queue does
    not get one more of each every second. A message that is lost counts until the reservation ends.
    """
    sent = 0
    for _page in range(SWEEP_PAGES):
        reserved = unit_of_work.run(jobs.reserve, SWEEP_LIMIT, AHEAD)
        for key, due_at in reserved:
            celery.send_task(RUN_JOB, args=[key], eta=due_at if due_at > clock.now() else None)
        sent += len(reserved)
        if len(reserved) < SWEEP_LIMIT:
            break
    return sent


def _unless_away(work: Callable[[], object]) -> None:
    """Do it; while the database or the broker is away, one line says so, and the next sweep finds what is due."""
    try:
        work()
    except (OperationalError, InterfaceError, BrokerAway) as error:
        why = str(getattr(error, "orig", None) or error).partition("\n")[0]  # without the statement and its values
        _log.warning("The database or the broker is away (%s: %s); what is due waits.", type(error).__name__, why)


def _try(what: str, work: Callable[[], object]) -> None:
    try:
        work()
    except EngineError as error:  # said once each second until somebody puts it right
        _log.warning("The sweep could not do %s: %s", what, error)
    except Exception:
        _log.exception("The sweep failed at %s", what)
