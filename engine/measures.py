"""The figures by which an installation is watched: what waits, what is late, what failed. A few indexed counts."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from engine import clock
from engine.models import Incident, Job, ProcessInstance, Seal, UserTask
from engine.models.incident import OPEN
from engine.models.job import CREATED, FAILED


@dataclass(frozen=True, slots=True)
class Measures:
    """Counts, and ages in seconds."""

    jobs_waiting: int
    """Open jobs: due, leased, or of the future (timers)."""
    jobs_due: int
    """Jobs that are due and that nobody has; those of suspended matters and of outside workers do not count."""
    oldest_due_seconds: float
    """For how long the oldest of them has been due; 0 when there is none."""
    jobs_retrying: int
    """Open jobs whose last attempt failed."""
    jobs_failed: int
    """Jobs that were given up: each has an incident."""
    open_incidents: int
    open_tasks: int
    overdue_tasks: int
    active_matters: int
    last_seal_seconds: float | None
    """The age of the last seal of history; None before the first."""


def measures(session: Session) -> Measures:
    """The figures of now, in a handful of queries."""
    now = clock.now()
    free = or_(Job.locked_until.is_(None), Job.locked_until < now)
    due = (
        select(func.count(Job.key), func.min(Job.due_at))
        .outerjoin(ProcessInstance, ProcessInstance.key == Job.root_key)
        .where(
            Job.state == CREATED,
            Job.due_at <= now,
            free,
            Job.external.is_(False),
            or_(Job.root_key.is_(None), ProcessInstance.suspended.is_(False)),
        )
    )
    jobs_due, oldest = session.execute(due).one()
    open_jobs = select(func.count(Job.key), func.count(Job.error)).where(Job.state == CREATED)
    waiting, retrying = session.execute(open_jobs).one()
    open_tasks = select(func.count(UserTask.key)).where(UserTask.state == "CREATED")
    sealed_at = session.execute(select(func.max(Seal.sealed_at))).scalar_one()

    def count(statement: object) -> int:
        return int(session.execute(statement).scalar_one())  # type: ignore[call-overload] # a SELECT of one count

    return Measures(
        jobs_waiting=waiting,
        jobs_due=jobs_due,
        oldest_due_seconds=max(0.0, (now - oldest).total_seconds()) if oldest else 0.0,
        jobs_retrying=retrying,
        jobs_failed=count(select(func.count(Job.key)).where(Job.state == FAILED)),
        open_incidents=count(select(func.count(Incident.key)).where(Incident.state == OPEN)),
        open_tasks=count(open_tasks),
        overdue_tasks=count(open_tasks.where(UserTask.due_at < now)),
        active_matters=count(
            select(func.count(ProcessInstance.key)).where(
                ProcessInstance.ended_at.is_(None),
                ProcessInstance.parent_key.is_(None),
                ProcessInstance.submitted_at.is_not(None),
            )
        ),
        last_seal_seconds=max(0.0, (now - sealed_at).total_seconds()) if sealed_at else None,
    )
