"""Work of workers that come through the API: taken under a lease, and reported by who holds it.

For administrators and the system; such a worker is given a token that is for jobs alone. Only jobs of elements marked
``external`` are given out: whatever a worker of this installation does is nobody else's business.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from engine import clock, jobs
from engine.actor import Actor
from engine.errors import Conflict, NotAllowed, NotFound, Refused
from engine.execution.tables import JOB
from engine.jobs import Claimed
from engine.models.job import CREATED
from feel.sentences import Sentence

MOST_JOBS = 1000
LONGEST_LEASE = timedelta(days=1)


def waiting(session: Session, topic: str, actor: Actor) -> bool:
    """Whether there is work of the topic now; reads only."""
    _refuse_strangers(actor)
    now = clock.now()
    free = (JOB.c.locked_until.is_(None)) | (JOB.c.locked_until < now)
    due = select(JOB.c.key).where(
        JOB.c.state == CREATED, JOB.c.external.is_(True), JOB.c.topic == topic, JOB.c.due_at <= now, free
    )
    return session.execute(due.limit(1)).first() is not None


def activate(
    session: Session, topic: str, worker: str, limit: int, lease: timedelta, actor: Actor
) -> Sequence[Claimed]:
    """Take up to ``limit`` jobs of a topic under a lease."""
    _refuse_strangers(actor)
    return jobs.activate(session, topic, worker, min(limit, MOST_JOBS), min(lease, LONGEST_LEASE))


def complete(session: Session, key: int, actor: Actor, variables: Mapping[str, Any]) -> None:
    """The work is done and gave these variables; reported twice, it counts once."""
    _checked(session, key, actor)
    jobs.complete(session, key, variables, actor)


def fail(session: Session, key: int, actor: Actor, message: str, *, retries: int, retry_after: timedelta) -> None:
    """The work failed; with no retries left it becomes an incident."""
    job = _checked(session, key, actor)
    if job.state != CREATED:
        raise Conflict(Sentence("This job is over already."))
    jobs.fail(session, key, message, retries=retries, retry_after=retry_after, actor=actor)


def throw_error(
    session: Session, key: int, actor: Actor, code: str, message: str, variables: Mapping[str, Any]
) -> None:
    """The work found what the diagram foresees under this error code."""
    _checked(session, key, actor)
    jobs.throw_error(session, key, code, message, variables, actor)


def change(
    session: Session, key: int, actor: Actor, *, retries: int | None = None, lease: timedelta | None = None
) -> None:
    """Give a job more retries, or its worker more time."""
    job = _checked(session, key, actor)
    if retries is not None:
        if retries < 1:
            raise Refused(Sentence("A job is tried at least once more."))
        session.connection().execute(update(JOB).where(JOB.c.key == key).values(retries=retries))
    if lease is not None:
        if job.worker is None:
            raise Conflict(Sentence("Nobody has this job, so there is no lease to extend."))
        jobs.extend(session, key, job.worker, min(lease, LONGEST_LEASE))


def _checked(session: Session, key: int, actor: Actor) -> Any:
    """The job's row; what no worker outside may touch is as if it were not there."""
    _refuse_strangers(actor)
    row = session.connection().execute(select(JOB).where(JOB.c.key == key, JOB.c.external.is_(True))).one_or_none()
    if row is None:
        raise NotFound(Sentence("There is no such job."))
    return row


def _refuse_strangers(actor: Actor) -> None:
    if actor.is_auditor or not (actor.is_administrator or actor.is_system):
        raise NotAllowed(Sentence("Only administrators may do jobs through the API."))
