"""The few Celery tasks. They carry keys, never values: what is to be done stands in the database."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from celery import Celery
from kombu.exceptions import OperationalError

from engine import history, jobs
from engine.unit_of_work import UnitOfWork
from workers import job_run
from workers.application import RUN_DUE_JOBS, RUN_JOB, SEAL_HISTORY

_log = logging.getLogger(__name__)
SWEEP_LIMIT = 200


def register(celery: Celery, unit_of_work: UnitOfWork) -> None:
    """Give the application its tasks, bound to a unit of work."""

    def run_job(key: int) -> None:
        job_run.run(unit_of_work, key)

    def run_due_jobs() -> None:
        with unit_of_work.read() as session:
            due = jobs.due(session, limit=SWEEP_LIMIT)
        for key in due:
            celery.send_task(RUN_JOB, args=[key])

    def seal_history() -> None:
        unit_of_work.run(history.seal)

    celery.task(name=RUN_JOB)(run_job)
    celery.task(name=RUN_DUE_JOBS)(run_due_jobs)
    celery.task(name=SEAL_HISTORY)(seal_history)


def wake_by(celery: Celery) -> Callable[[Sequence[int]], None]:
    """The port ``wake``: one message a job, one quick retry; if the broker is away, the sweep finds the jobs."""

    def wake(job_keys: Sequence[int]) -> None:
        try:
            for key in job_keys:
                celery.send_task(RUN_JOB, args=[key])
        except OperationalError:
            _log.warning("The broker is away; %d jobs wait for the sweep.", len(job_keys))

    return wake
