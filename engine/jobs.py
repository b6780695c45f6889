"""Work that no person does: what is due, who has it, and how it ended.

A worker claims a job by a conditional UPDATE with a lease, does it outside any transaction with the job's key as
idempotency key, and reports back by :func:`complete`, :func:`throw_error` or :func:`fail`. Work that touches nothing
but the database (timers, messages, inside topics) is done by :func:`run_inside` in one transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select, update
from sqlalchemy.orm import Session

from engine import clock, deadlines, deliveries, messages, schedules, timers, topics
from engine.actor import Actor, system
from engine.errors import Conflict, NotFound
from engine.execution import Locked, failures, lock, refuse_suspended
from engine.execution.deadlines import DEADLINE
from engine.execution.tables import JOB
from engine.execution.work import MESSAGE, SERVICE, SIGNAL, TIMER, run_inside_function
from engine.models import Job, ProcessInstance
from engine.models.job import CANCELED, COMPLETED, CREATED, FAILED
from engine.schedules import START
from engine.topics import Work
from feel.sentences import Sentence

WORKER = system("worker")
LEASE = timedelta(minutes=5)
RESERVATION = timedelta(seconds=15)
"""How long a job that somebody was told of is told to nobody else."""
RESERVED = "sweep"
FIRST_DELAY = timedelta(seconds=10)
LONGEST_DELAY = timedelta(hours=1)
_ERROR_LENGTH = 4000


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


def get(session: Session, key: int) -> Job:
    """The job of that key; raises :class:`NotFound`."""
    job = session.get(Job, key)
    if job is None:
        raise _no_such_job()
    return job


def is_inside(job: Job) -> bool:
    """Whether the job touches the database only, so that :func:`run_inside` does it."""
    if job.kind in {TIMER, MESSAGE, SIGNAL, DEADLINE, START}:
        return True
    declared = topics.find(job.topic)
    return declared is not None and declared.placement == "inside" and not job.external


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
    return Claimed(row.kind, _work(row), row.retries, until, worker)


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


def complete(session: Session, key: int, variables: Mapping[str, Any] | None = None, actor: Actor = WORKER) -> None:
    """The work is done and gave these variables; its element goes on. Reported twice, it counts once."""
    locked, job = _lock_job(session, key, actor)
    given = dict(variables or {})
    if job.state == COMPLETED:
        return
    _refuse_canceled(job)
    if locked is None:
        _close_row(session, key, COMPLETED)
        return
    refuse_suspended(locked.matter)
    _close_row(session, key, COMPLETED)
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
    locked, job = _lock_job(session, key, actor)
    if job.state == COMPLETED:
        return
    _refuse_canceled(job)
    if locked is None or job.element_instance is None:
        raise Conflict(
            Sentence("No element of a diagram waits for this job, so nothing can catch the error {code}.", code=code)
        )
    refuse_suspended(locked.matter)
    _close_row(session, key, COMPLETED)
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

    ``retries``: how many are left (None: one fewer); ``retry_after``: when (None: after as long as it has waited
    already, so the pauses double; 10 seconds to an hour). ``worker``: who reports; one that lost its lease to another
    is not heard.
    """
    locked, job = _lock_job(session, key, actor)
    if job.state != CREATED:
        return  # it was completed, cancelled or given up meanwhile: there is nothing to repeat
    if worker is not None and job.worker not in {None, worker, RESERVED}:
        return  # its lease ended, and somebody else is at it
    now = clock.now()
    left = max(0, job.retries - 1 if retries is None else retries)
    pause = retry_after if retry_after is not None else min(max(now - job.created_at, FIRST_DELAY), LONGEST_DELAY)
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
    locked, row = _lock_job(session, key, actor)
    if row.state != CREATED:
        return False
    if locked is None:
        run_inside_function(session, _work(row))
        _close_row(session, key, COMPLETED)
        return True
    refuse_suspended(locked.matter)
    with locked.matter.attempt(locked.instance, "jobs.run_inside", {"key": key}, job_key=key):
        try:
            result = run_inside_function(session, _work(row))
        except topics.BpmnError as error:
            throw_error(session, key, error.code, error.message, error.variables, actor)
            return True
    complete(session, key, result, actor)
    return True


def requeue(session: Session, key: int, retries: int = 1) -> None:
    """Let a job that was given up be tried again, now."""
    queued = session.connection().execute(
        update(JOB)
        .where(JOB.c.key == key, JOB.c.state == FAILED)
        .values(state=CREATED, retries=retries, due_at=clock.now(), locked_until=None, worker=None)
    )
    if queued.rowcount == 1:
        session.info.setdefault("wake", []).append(key)


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


def _lock_job(session: Session, key: int, actor: Actor) -> tuple[Locked | None, Any]:
    """The job's row under its matter's lock; no matter for work that belongs to none."""
    locked = lock(session, "job", key, actor)
    if locked is not None:
        return locked, locked.row
    row = session.connection().execute(select(JOB).where(JOB.c.key == key).with_for_update()).one_or_none()
    if row is None:
        raise _no_such_job()
    return None, row


def _told(message: str | Sentence) -> str | Sentence:
    """A failure as the incident tells it: in the reader's language, where it is a sentence."""
    return message if isinstance(message, Sentence) else message[:_ERROR_LENGTH]


def _refuse_canceled(job: Any) -> None:
    if job.state == CANCELED:
        raise Conflict(Sentence("This job was cancelled: its matter took another way, or was ended."))


def _close_row(session: Session, key: int, state: str) -> None:
    session.connection().execute(
        update(JOB).where(JOB.c.key == key).values(state=state, ended_at=clock.now(), locked_until=None, error=None)
    )


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


def _work(row: Any) -> Work:
    return Work(
        key=row.key,
        topic=row.topic,
        process_instance_key=row.process_instance_key or 0,
        root_key=row.root_key or 0,
        element_id=row.element_id or "",
        headers=row.headers or {},
        variables=row.variables or {},
    )


def _no_such_job() -> NotFound:
    return NotFound(Sentence("There is no such job."))
