"""What is due, who is told of it, and who has it: reservations of the sweep, leases of the workers.

A job is claimed by one conditional UPDATE; whoever loses the race has nothing. What is told of is reserved first, so
that two sweeps at once tell of each job once.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, or_, select, update
from sqlalchemy.orm import Session

from engine import clock
from engine.errors import Conflict
from engine.execution.tables import JOB
from engine.jobs.rows import work_of
from engine.models import Job, ProcessInstance
from engine.models.job import CREATED
from engine.topics import Work
from feel.sentences import Sentence

LEASE = timedelta(minutes=5)
RESERVATION = timedelta(seconds=15)
"""How long a job that somebody was told of is told to nobody else."""
RESERVED = "sweep"


@dataclass(frozen=True, slots=True)
class Claimed:
    """A job under a lease: ``work`` is what its function is given; after ``locked_until`` another may take it."""

    kind: str
    work: Work
    retries: int
    locked_until: datetime
    worker: str


def due(
    session: Session,
    now: datetime | None = None,
    limit: int = 200,
    kinds: Collection[str] | None = None,
    *,
    ahead: timedelta = timedelta(0),
) -> Sequence[int]:
    """The keys of jobs to do now, or within ``ahead``, the longest due first; none leased, suspended, or external."""
    statement = _due(now or clock.now(), limit, ahead)
    if kinds is not None:
        statement = statement.where(Job.kind.in_(kinds))
    return session.execute(statement).scalars().all()


def reserve(session: Session, limit: int = 200, ahead: timedelta = timedelta(0)) -> Sequence[tuple[int, datetime]]:
    """Jobs that are due, or will be within ``ahead``, and that nobody was told of, each with the instant it is due.

    They are reserved for a while, so that each is given to one caller only. Whoever is told of a reserved job may
    claim it once it is due; when the reservation ends unused, the job is due as before.
    """
    now = clock.now()
    # what another transaction holds is being done just now, and waiting for it could end in a deadlock
    found = _due(now, limit, ahead).with_for_update(of=Job, skip_locked=True)
    keys = session.execute(found).scalars().all()
    if not keys:
        return ()
    taken = session.connection().execute(
        update(JOB)
        .where(JOB.c.key.in_(keys), *_free(now, ahead=ahead))
        .values(locked_until=now + ahead + RESERVATION, worker=RESERVED)
        .returning(JOB.c.key, JOB.c.due_at)
    )
    mine = {row.key: row.due_at for row in taken}
    return [(key, mine[key]) for key in keys if key in mine]


def claim(
    session: Session,
    key: int,
    worker: str,
    lease: timedelta = LEASE,
    now: datetime | None = None,
    *,
    external: bool = False,
) -> Claimed | None:
    """Take a due job under a lease; None if somebody else has it, or it is over, not due, or suspended."""
    instant = now or clock.now()
    until = instant + lease
    running = select(ProcessInstance.key).where(ProcessInstance.suspended.is_(True))
    taken = session.connection().execute(
        update(JOB)
        .where(
            JOB.c.key == key,
            *_free(instant, told=True),
            JOB.c.external.is_(external),
            or_(JOB.c.root_key.is_(None), JOB.c.root_key.not_in(running)),
        )
        .values(locked_until=until, worker=worker)
    )
    if taken.rowcount != 1:
        return None
    row = session.connection().execute(select(JOB).where(JOB.c.key == key)).one()
    return Claimed(row.kind, work_of(row), row.retries, until, worker)


def activate(
    session: Session,
    topic: str,
    worker: str,
    limit: int,
    lease: timedelta = LEASE,
    now: datetime | None = None,
) -> Sequence[Claimed]:
    """Claim up to ``limit`` jobs of a topic for a worker that comes through the API; only those marked external."""
    instant = now or clock.now()
    found = session.execute(
        select(Job.key)
        .where(*_free(instant), Job.external.is_(True), Job.topic == topic)
        .order_by(Job.due_at, Job.key)
        .limit(limit)
    ).scalars()
    claimed = (claim(session, key, worker, lease, instant, external=True) for key in found.all())
    return [job for job in claimed if job is not None]


def extend(session: Session, key: int, worker: str, lease: timedelta = LEASE) -> datetime:
    """Keep a claimed job for longer; raises :class:`Conflict` if the lease was lost."""
    until = clock.now() + lease
    kept = session.connection().execute(
        update(JOB)
        .where(JOB.c.key == key, JOB.c.state == CREATED, JOB.c.worker == worker, JOB.c.locked_until > clock.now())
        .values(locked_until=until)
    )
    if kept.rowcount != 1:
        raise Conflict(Sentence("The lease of this job is over; somebody else may be doing it."))
    return until


def _due(now: datetime, limit: int, ahead: timedelta) -> Select[int]:
    return (
        select(Job.key)
        .outerjoin(ProcessInstance, ProcessInstance.key == Job.root_key)
        .where(
            *_free(now, ahead=ahead),
            Job.external.is_(False),
            or_(Job.root_key.is_(None), ProcessInstance.suspended.is_(False)),
        )
        .order_by(Job.due_at, Job.key)
        .limit(limit)
    )


def _free(now: datetime, *, told: bool = False, ahead: timedelta = timedelta(0)) -> tuple[ColumnElement[bool], ...]:
    """Due (or within ``ahead``), and under nobody's lease; ``told``: a reservation counts for nothing to who asks."""
    leases = [JOB.c.locked_until.is_(None), JOB.c.locked_until < now]
    if told:
        leases.append(JOB.c.worker == RESERVED)
    return JOB.c.state == CREATED, JOB.c.due_at <= now + ahead, or_(*leases)
