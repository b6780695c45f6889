"""Jobs that touch nothing but the database (timers, messages, deadlines, starts, inside topics): done whole."""

from __future__ import annotations

from sqlalchemy.orm import Session

from engine import deadlines, messages, schedules, timers, topics
from engine.actor import Actor
from engine.execution import refuse_suspended
from engine.execution.deadlines import DEADLINE
from engine.execution.work import MESSAGE, SIGNAL, TIMER, run_inside_function
from engine.jobs.reporting import WORKER, complete, throw_error
from engine.jobs.rows import close_row, get, lock_job, work_of
from engine.models import Job
from engine.models.job import COMPLETED, CREATED
from engine.schedules import START


def is_inside(job: Job) -> bool:
    """Whether the job touches the database only, so that :func:`run_inside` does it."""
    if job.kind in {TIMER, MESSAGE, SIGNAL, DEADLINE, START}:
        return True
    declared = topics.find(job.topic)
    return declared is not None and declared.placement == "inside" and not job.external


def run_inside(session: Session, key: int, actor: Actor = WORKER) -> bool:
    """Do a due job that touches the database only, whole; False if there was nothing (any more) to do."""
    job = get(session, key)
    if job.state != CREATED:
        return False
    if job.kind == TIMER:
        return timers.fire(session, key)
    if job.kind in {MESSAGE, SIGNAL}:
        return messages.deliver(session, key)
    if job.kind == DEADLINE:
        return deadlines.run(session, key)
    if job.kind == START:
        return schedules.start_matter(session, key)
    locked, row = lock_job(session, key, actor)
    if row.state != CREATED:
        return False
    if locked is None:
        run_inside_function(session, work_of(row))
        close_row(session, key, COMPLETED)
        return True
    refuse_suspended(locked.matter)
    with locked.matter.attempt(locked.instance, "jobs.run_inside", {"key": key}, job_key=key):
        try:
            result = run_inside_function(session, work_of(row))
        except topics.BpmnError as error:
            throw_error(session, key, error.code, error.message, error.variables, actor)
            return True
    complete(session, key, result, actor)
    return True
