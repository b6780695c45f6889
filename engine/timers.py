"""Timers fire once, when they are due: the instant is a job's row, so no outage and no second worker changes that."""

from __future__ import annotations

from sqlalchemy import update
from sqlalchemy.orm import Session

from engine.actor import Actor, system
from engine.errors import NotFound
from engine.execution import failures, lock, refuse_suspended
from engine.execution.tables import JOB
from engine.execution.work import TIMER
from engine.models.job import COMPLETED, CREATED, FAILED
from feel.sentences import Sentence

ACTOR = system("timer")


def fire(session: Session, key: int, actor: Actor = ACTOR) -> bool:
    """Let a due timer's element go on; False if it fired already, was cancelled, or is not due yet."""
    locked = lock(session, "job", key, actor)
    if locked is None or locked.row is None or locked.row.kind != TIMER:
        raise NotFound(Sentence("There is no such timer."))
    job, matter, instance = locked.row, locked.matter, locked.instance
    if job.state not in {CREATED, FAILED} or job.due_at > matter.now:
        return False
    refuse_suspended(matter)
    session.connection().execute(
        update(JOB)
        .where(JOB.c.key == key)
        .values(state=COMPLETED, ended_at=matter.now, locked_until=None, error=None)
    )
    matter.rows.settled.add((instance.key, job.element_instance))
    late = int((matter.now - job.due_at).total_seconds())
    matter.record(
        instance,
        "timer.fired",
        element_id=job.element_id,
        details={"job": key, "due_at": job.due_at, "seconds_late": late},
        actor=actor,
    )
    with matter.attempt(instance, "timers.fire", {"key": key}, job_key=key):
        matter.run(instance, lambda workflow: workflow.trigger(job.element_instance))
    failures.close_incidents(matter, lambda incident: incident["job_key"] == key)
    matter.save()
    return True
