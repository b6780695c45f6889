"""One job, done once: claimed under a lease, its function run outside any transaction, its result reported back.

Whatever goes wrong is reported too: the job is tried again later, and becomes an incident when no retry is left.
"""

from __future__ import annotations

import logging
import os
import socket
import threading

from engine import jobs, topics
from engine.errors import Conflict, EngineError, ExecutionFailed
from engine.unit_of_work import UnitOfWork

_log = logging.getLogger(__name__)


def run(unit_of_work: UnitOfWork, key: int) -> None:
    """Do the job if it is due and free; a job that somebody else has, or that is over, is left alone."""
    with unit_of_work.read() as session:
        inside = jobs.is_inside(jobs.get(session, key))
    try:
        if inside:
            unit_of_work.run(jobs.run_inside, key)
        else:
            _run_outside(unit_of_work, key)
    except ExecutionFailed as failure:
        _log.warning("Job %d stopped with an incident: %s", key, failure)
    except Conflict as conflict:
        _log.info("Job %d was not done: %s", key, conflict)


def _run_outside(unit_of_work: UnitOfWork, key: int) -> None:
    claimed = unit_of_work.run(jobs.claim, key, _name())
    if claimed is None:
        return
    work = claimed.work
    topic = topics.find(work.topic)
    if topic is None or topic.function is None:
        unit_of_work.run(jobs.fail, key, f"No worker of this installation does {work.topic}.")
        return
    try:
        variables = topic.function(work)
    except topics.BpmnError as error:
        unit_of_work.run(jobs.throw_error, key, error.code, error.message, error.variables)
    except EngineError as error:
        unit_of_work.run(jobs.fail, key, str(error))
    except Exception as error:  # a topic's mistake must end in an incident, not in a dead worker
        _log.exception("Job %d (%s) failed", key, work.topic)
        unit_of_work.run(jobs.fail, key, f"{type(error).__name__}: {error}")
    else:
        unit_of_work.run(jobs.complete, key, variables)


def _name() -> str:
    """Who holds the lease: machine, process and thread."""
    return f"{socket.gethostname()}:{os.getpid()}:{threading.get_ident()}"
