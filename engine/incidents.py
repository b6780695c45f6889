"""What stopped, until somebody puts it right: listed, tried again, or closed with a reason.

Administrators do all of that; managers see and try again what stopped in matters of their unit, auditors only look.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from engine import jobs, message_starts, messages, process_instances, schedules, timers, user_tasks, values
from engine.actor import Actor
from engine.errors import Conflict, ExecutionFailed, NotAllowed, NotFound, Refused
from engine.execution import Locked, failures, lock
from engine.execution.tables import JOB
from engine.models import Incident, Job, ProcessInstance
from engine.models.incident import OPEN
from engine.models.job import CREATED, FAILED
from engine.organisation import oversight
from engine.process_instances.ending import checked_reason
from engine.process_instances.rights import overseen
from engine.schedules import START
from feel.sentences import Sentence

#: The commands whose failed attempts can be repeated, by the name that the attempt carries.
_COMMANDS: Mapping[str, Callable[..., object]] = {
    "user_tasks.complete": user_tasks.complete,
    "process_instances.withdraw": process_instances.withdraw,
    "jobs.complete": jobs.complete,
    "jobs.throw_error": jobs.throw_error,
    "jobs.run_inside": jobs.run_inside,
    "timers.fire": timers.fire,
    "messages.correlate": messages.correlate,
    "messages.deliver": messages.deliver,
}


def open_for(session: Session, failure: ExecutionFailed) -> int | None:
    """Write the incident of a step that failed and was rolled back; ``unit_of_work`` calls it. Its key.

    A matter that could not even start left nothing that an incident could belong to: whoever started it is told, and
    what a schedule should have started is tried again, until the administrators are told.
    A job whose work stopped there is given up until somebody tries again.
    """
    attempt = dict(failure.attempt or {})
    if failure.process_instance_key is None:
        started_by = attempt.get("job_key")
        if isinstance(started_by, int):
            _start_failed(session, started_by, failure)
        return None
    locked = lock(session, "instance", failure.process_instance_key, Actor("system:engine"))
    if locked is None:
        return None
    job_key = attempt.get("job_key")
    key = failures.open_incident(
        locked.matter,
        locked.instance,
        element_id=failure.element_id,
        kind=failure.kind,
        sentence=failure.sentence,
        values=_storable(failure.values),
        attempt=attempt,
        job_key=job_key if isinstance(job_key, int) else None,
    )
    if job_key is not None:
        session.connection().execute(
            update(JOB)
            .where(JOB.c.key == job_key, JOB.c.state == CREATED)
            .values(state=FAILED, retries=0, locked_until=None, worker=None, error=str(failure.sentence))
        )
    locked.matter.save()
    return key


def _start_failed(session: Session, job_key: int, failure: ExecutionFailed) -> None:
    jobs.fail(session, job_key, str(failure.sentence))
    job = session.get_one(Job, job_key, populate_existing=True)
    if job.state == FAILED:
        (schedules if job.kind == START else message_starts).given_up(session, job)


def get(session: Session, key: int, actor: Actor) -> Incident:
    """The incident of that key, for those who look after its matter, and for auditors."""
    incident = session.get(Incident, key)
    if incident is None or not _oversees(session, actor, incident):
        raise NotFound(Sentence("There is no such incident."))
    return incident


def listed(
    session: Session, actor: Actor, *, root_key: int | None = None, state: str | None = OPEN, limit: int = 200
) -> Sequence[Incident]:
    """Incidents, the latest first; of one matter, or of all that the actor oversees."""
    statement = select(Incident).order_by(Incident.key.desc()).limit(limit)
    if not actor.is_system:
        found = oversight.of(session, actor)
        if found.is_empty:
            raise NotAllowed(Sentence("Only managers, administrators and auditors may see incidents."))
        if not found.everything:
            statement = statement.join(ProcessInstance, ProcessInstance.key == Incident.root_key)
            statement = statement.where(overseen(found))
    if root_key is not None:
        statement = statement.where(Incident.root_key == root_key)
    if state is not None:
        statement = statement.where(Incident.state == state)
    return session.execute(statement).scalars().all()


def resolve(session: Session, key: int, actor: Actor, reason: str) -> None:
    """Close an incident that was put right by other means. A job that was given up is tried again all the same."""
    given = checked_reason(reason)
    incident, locked = _locked(session, key, actor)
    if not (actor.is_administrator or actor.is_system):
        raise NotAllowed(Sentence("Only administrators may close an incident without trying it again."))
    _close(locked, incident, actor, given)
    if incident.job_key is not None:
        jobs.requeue(session, incident.job_key)
    locked.matter.save()


def retry(session: Session, key: int, actor: Actor) -> None:
    """Run the failed attempt again, as who made it and with the values given then; the incident closes if it works.

    A job whose own work failed is queued for a worker once more. A new failure raises and leaves the incident open.
    """
    incident, locked = _locked(session, key, actor)
    command = (incident.attempt or {}).get("command")
    if command is None and incident.job_key is None:
        raise Refused(
            Sentence("This incident cannot be tried again; put its cause right, for instance by assigning the task.")
        )
    _close(locked, incident, actor, None)
    locked.matter.save()
    if incident.job_key is not None:
        jobs.requeue(session, incident.job_key)
    if command is None:
        return
    repeated = _COMMANDS.get(command)
    if repeated is None:
        raise Refused(Sentence("The command {command} cannot be tried again.", command=str(command)))
    repeated(session, **incident.attempt["arguments"], actor=_original_actor(incident.attempt["actor"]))


def _locked(session: Session, key: int, actor: Actor) -> tuple[Incident, Locked]:
    incident = get(session, key, actor)
    if actor.is_auditor:
        raise NotAllowed(Sentence("Auditors read everything and change nothing."))
    locked = lock(session, "instance", incident.process_instance_key, actor)
    session.refresh(incident)  # as it stands now that the matter is ours
    if locked is None or incident.state != OPEN:
        raise Conflict(Sentence("This incident is closed already."))
    return incident, locked


def _close(locked: Locked, incident: Incident, actor: Actor, reason: str | None) -> None:
    if reason is not None:
        details = {"incident": incident.key, "reason": reason}
        locked.matter.record(
            locked.instance, "incident.explained", element_id=incident.element_id, details=details, actor=actor
        )
    failures.close_incidents(locked.matter, lambda row: row["key"] == incident.key, actor)


def _original_actor(stored: Mapping[str, Any]) -> Actor:
    return Actor(stored["person"], frozenset(stored["posts"]), frozenset(stored["groups"]))


def _oversees(session: Session, actor: Actor, incident: Incident) -> bool:
    """Whether the actor looks after the matter; what stopped in a draft is for those who look after everything."""
    found = oversight.of(session, actor)
    if found.everything:
        return True
    matter = session.get_one(ProcessInstance, incident.root_key)
    return matter.submitted_at is not None and found.covers(matter)


def _storable(seen: Mapping[str, object]) -> dict[str, object]:
    """What was seen, as far as it can be kept; what has no stored form is kept as its text."""
    kept: dict[str, object] = {}
    for name, value in seen.items():
        try:
            values.canonical(value)
        except Refused:
            kept[name] = str(value)[:2000]
        else:
            kept[name] = value
    return kept
