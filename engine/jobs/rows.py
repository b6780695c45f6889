"""The row of a job: found, locked under its matter, and as its function is given it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from engine import clock
from engine.actor import Actor
from engine.errors import NotFound
from engine.execution import Locked, lock
from engine.execution.tables import JOB
from engine.models import Job
from engine.topics import Work
from feel.sentences import Sentence


def get(session: Session, key: int) -> Job:
    """The job of that key; raises :class:`NotFound`."""
    job = session.get(Job, key)
    if job is None:
        raise no_such_job()
    return job


def lock_job(session: Session, key: int, actor: Actor) -> tuple[Locked | None, Any]:
    """The job's row under its matter's lock; no matter for work that belongs to none."""
    locked = lock(session, "job", key, actor)
    if locked is not None:
        return locked, locked.row
    row = session.connection().execute(select(JOB).where(JOB.c.key == key).with_for_update()).one_or_none()
    if row is None:
        raise no_such_job()
    return None, row


def close_row(session: Session, key: int, state: str) -> None:
    """It is over, in that state."""
    session.connection().execute(
        update(JOB).where(JOB.c.key == key).values(state=state, ended_at=clock.now(), locked_until=None, error=None)
    )


def work_of(row: Any) -> Work:
    """What its function is given."""
    return Work(
        key=row.key,
        topic=row.topic,
        process_instance_key=row.process_instance_key or 0,
        root_key=row.root_key or 0,
        element_id=row.element_id or "",
        headers=row.headers or {},
        variables=row.variables or {},
    )


def no_such_job() -> NotFound:
    """To raise where there is none."""
    return NotFound(Sentence("There is no such job."))
