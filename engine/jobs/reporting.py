"""How a job ended: completed, with an error that the diagram foresees, or failed and tried again.

Each report locks the job's matter and lets its element go on in one transaction; reported twice, it counts once.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from engine import clock, deliveries
from engine.actor import Actor, system
from engine.errors import Conflict
from engine.execution import Locked, failures, refuse_suspended
from engine.execution.tables import JOB
from engine.execution.work import SERVICE
from engine.jobs.claiming import RESERVED
from engine.jobs.rows import close_row, lock_job
from engine.models.job import CANCELED, COMPLETED, CREATED, FAILED
from feel.sentences import Sentence

WORKER = system("worker")
FIRST_DELAY = timedelta(seconds=10)
LONGEST_DELAY = timedelta(hours=1)
_ERROR_LENGTH = 4000


def complete(session: Session, key: int, variables: Mapping[str, Any] | None = None, actor: Actor = WORKER) -> None:
    """The work is done and gave these variables; its element goes on. Reported twice, it counts once."""
    locked, job = lock_job(session, key, actor)
    given = dict(variables or {})
    if job.state == COMPLETED:
        return
    _refuse_canceled(job)
    if locked is None:
        close_row(session, key, COMPLETED)
        return
    refuse_suspended(locked.matter)
    close_row(session, key, COMPLETED)
    details = {"job": key, "topic": job.topic, "variables": locked.matter.told(given)}
    locked.matter.record(locked.instance, "job.completed", element_id=job.element_id, details=details, actor=actor)
    if job.kind == SERVICE and job.element_instance is not None:
        _go_on(locked, job, "jobs.complete", {"key": key, "variables": given})
        return
    locked.matter.save()


def throw_error(
    session: Session,
    key: int,
    code: str,
    message: str = "",
    variables: Mapping[str, Any] | None = None,
    actor: Actor = WORKER,
) -> None:
    """The work found what the diagram foresees under this error code; the error event that catches it goes on."""
    locked, job = lock_job(session, key, actor)
    if job.state == COMPLETED:
        return
    _refuse_canceled(job)
    if locked is None or job.element_instance is None:
        raise Conflict(
            Sentence("No element of a diagram waits for this job, so nothing can catch the error {code}.", code=code)
        )
    refuse_suspended(locked.matter)
    close_row(session, key, COMPLETED)
    details = {"job": key, "topic": job.topic, "error_code": code, "message": message}
    locked.matter.record(locked.instance, "job.completed", element_id=job.element_id, details=details, actor=actor)
    given = {"key": key, "code": code, "message": message, "variables": dict(variables or {})}
    _go_on(locked, job, "jobs.throw_error", given)


def fail(
    session: Session,
    key: int,
    message: str | Sentence,
    *,
    retries: int | None = None,
    retry_after: timedelta | None = None,
    worker: str | None = None,
    actor: Actor = WORKER,
) -> None:
    """The work failed: it is tried again after a while, and when its retries are used up, it becomes an incident.

    ``retries``: how many are left (None: one fewer). ``retry_after``: when (None: after ten seconds, then after as
    long as it has waited already, so that the pauses double, up to an hour). ``worker``: who reports; one that lost
    its lease to another is not heard.
    """
    locked, job = lock_job(session, key, actor)
    if job.state != CREATED:
        return  # it was completed, cancelled or given up meanwhile: there is nothing to repeat
    if worker is not None and job.worker not in {None, worker, RESERVED}:
        return  # its lease ended, and somebody else is at it
    now = clock.now()
    left = max(0, job.retries - 1 if retries is None else retries)
    # of the first failure age says nothing: the job may have waited for an outage to end, not for its turn to fail
    age = FIRST_DELAY if job.error is None else now - job.created_at
    pause = retry_after if retry_after is not None else min(max(age, FIRST_DELAY), LONGEST_DELAY)
    error = str(message)[:_ERROR_LENGTH]
    session.connection().execute(
        update(JOB)
        .where(JOB.c.key == key)
        .values(
            state=CREATED if left else FAILED,
            retries=left,
            due_at=now + pause,
            locked_until=None,
            worker=None,
            error=error,
        )
    )
    if locked is None:
        if not left:
            deliveries.give_up(session, key, error)
        return
    matter = locked.matter
    details = {"job": key, "topic": job.topic, "error": error, "retries": left}
    matter.record(locked.instance, "job.failed", element_id=job.element_id, details=details, actor=actor)
    if not left:
        failures.open_incident(
            matter,
            locked.instance,
            element_id=job.element_id or "",
            kind="job",
            sentence=Sentence("The work {topic} failed: {reason}", topic=job.topic, reason=_told(message)),
            values={"variables": job.variables},
            attempt={"arguments": {"key": key}},
            job_key=key,
        )
    matter.save()


def requeue(session: Session, key: int, retries: int = 1) -> None:
    """Let a job that was given up be tried again, now."""
    queued = session.connection().execute(
        update(JOB)
        .where(JOB.c.key == key, JOB.c.state == FAILED)
        .values(state=CREATED, retries=retries, due_at=clock.now(), locked_until=None, worker=None)
    )
    if queued.rowcount == 1:
        session.info.setdefault("wake", []).append(key)


def _told(message: str | Sentence) -> str | Sentence:
    """A failure as the incident tells it: in the reader's language, where it is a sentence."""
    return message if isinstance(message, Sentence) else message[:_ERROR_LENGTH]


def _refuse_canceled(job: Any) -> None:
    if job.state == CANCELED:
        raise Conflict(Sentence("This job was cancelled: its matter took another way, or was ended."))


def _go_on(locked: Locked, job: Any, command: str, arguments: Mapping[str, Any]) -> None:
    matter, waiting = locked.matter, job.element_instance
    matter.rows.settled.add((locked.instance.key, waiting))
    with matter.attempt(locked.instance, command, arguments, job_key=job.key):
        if command == "jobs.throw_error":
            code, message, given = arguments["code"], arguments["message"], arguments["variables"]
            matter.run(locked.instance, lambda workflow: workflow.throw_error(waiting, code, message, given))
        else:
            matter.run(locked.instance, lambda workflow: workflow.complete(waiting, arguments["variables"]))
    failures.close_incidents(matter, lambda incident: incident["job_key"] == job.key)
    matter.save()
