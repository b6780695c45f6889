"""Processes that start by themselves: a due schedule fires once, and what an outage made it miss counts once.

Firing sets the next instant and leaves one job for each matter to start, in one transaction under the row's lock; so
two beats fire once, and a start that fails is tried again alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from engine import calendar, clock, deployments, notifications, process_instances
from engine.actor import Actor, system
from engine.content import firings
from engine.content.firings import Firing, FiringRefused
from engine.deployments.scheduling import functions_of
from engine.errors import EngineError, ExecutionFailed, NotAllowed, NotFound, Refused
from engine.execution.rows import JOB
from engine.keys import new_key
from engine.models import Job, Schedule
from engine.models.job import COMPLETED, CREATED
from engine.organisation import snapshot
from feel.sentences import Sentence

ACTOR = system("schedule")
START = "start"
"""The kind of the jobs, one for each matter to start; their topic is the process."""

_RETRIES = 3
_Subject = tuple[str | None, Mapping[str, Any]]
"""What a matter is about: its store and the variables that it begins with."""
_ADMINISTRATORS = "sysadmin"


def due(session: Session) -> Sequence[int]:
    """The keys of schedules that are to fire now."""
    statement = select(Schedule.key).where(Schedule.due_at <= clock.now()).order_by(Schedule.due_at, Schedule.key)
    return session.scalars(statement).all()


def listed(session: Session, actor: Actor) -> Sequence[Schedule]:
    """All schedules, the next to fire first, those that fire no more last; for who looks after the procedures."""
    if not (actor.is_administrator or actor.is_process_owner or actor.is_auditor or actor.is_system):
        raise NotAllowed(Sentence("Only process owners, administrators and auditors may see the schedules."))
    return session.scalars(select(Schedule).order_by(Schedule.due_at.asc().nulls_last(), Schedule.key)).all()


def fire(session: Session, key: int) -> bool:
    """Let a due schedule fire; False if it did already, or is not due."""
    row = session.get(Schedule, key, with_for_update=True, populate_existing=True)
    now = clock.now()
    if row is None or row.due_at is None or row.due_at > now:
        return False
    planned = row.due_at
    event = deployments.process(session, row.definition_key).references.timer_starts[row.element_id]
    missed, begun = 0, list[_Subject]()
    try:
        begun = _subjects(session, row)
        fired = Firing(planned, row.repetitions)
        following, missed = firings.following(event, fired, now, functions_of(session, row.process_id))
    except FiringRefused as refused:  # this time it fires; when the next time is, somebody has to say
        following, row.error = Firing(None), str(refused.sentence)
        sentence = Sentence(
            "{process} will not start by itself any more: {reason}", process=row.process_id, reason=refused.sentence
        )
        _tell_administrators(session, sentence)
    row.last_due_at, row.fired_at = planned, now
    row.due_at, row.repetitions = following.at, following.repetitions
    for store, variables in begun:
        job = Job(
            key=new_key(),
            kind=START,
            topic=row.process_id,
            element_id=row.element_id,
            state=CREATED,
            due_at=now,
            retries=_RETRIES,
            headers={},
            variables={
                "schedule": row.key,
                "store": store,
                "subject": variables,
                "due_at": planned,
                "missed": missed,
            },
            external=False,
            created_at=now,
        )
        session.add(job)
        session.info.setdefault("wake", []).append(job.key)
    session.flush()
    return True


def pass_over(session: Session) -> None:
    """Let what should have fired by now not fire: for a world that begins at an instant of its choice."""
    now = clock.now()
    for key in due(session):
        row = session.get_one(Schedule, key, with_for_update=True, populate_existing=True)
        event = deployments.process(session, row.definition_key).references.timer_starts[row.element_id]
        fired = Firing(row.due_at, row.repetitions)
        following, _missed = firings.following(event, fired, now, functions_of(session, row.process_id))
        row.due_at, row.repetitions = following.at, following.repetitions
    session.flush()


def start_matter(session: Session, key: int) -> bool:
    """Start the matter of a job that a firing left; False if it is started, or has nothing to be about any more."""
    job = session.connection().execute(select(JOB).where(JOB.c.key == key).with_for_update()).one_or_none()
    if job is None or job.kind != START:
        raise NotFound(Sentence("There is no such job."))
    now = clock.now()
    if job.state != CREATED or job.due_at > now:
        return False
    given, store = job.variables, job.variables["store"]
    variables = given.get("subject", {})
    done = {"state": COMPLETED, "ended_at": now, "locked_until": None, "worker": None, "error": None}
    session.connection().execute(update(JOB).where(JOB.c.key == key).values(done))
    if not _is_open(session, store) or not _is_wanted(session, given["schedule"], (store, variables)):
        return False
    late = int((now - given["due_at"]).total_seconds())
    scheduled = {
        "element": job.element_id,
        "due_at": given["due_at"],
        "seconds_late": late,
        "missed": given["missed"],
    }
    try:
        process_instances.start(
            session, job.topic, ACTOR, variables, store, start_element=job.element_id, scheduled=scheduled
        )
    except ExecutionFailed as failure:
        failure.attempt = {**(failure.attempt or {}), "job_key": key}
        raise
    except (NotFound, NotAllowed, Refused) as error:
        raise _failed(error, job, key) from error
    return True


def given_up(session: Session, job: Any) -> None:
    """A start has failed as often as it may: tell those who can put it right."""
    planned = job.variables["due_at"].astimezone(calendar.zone_named())
    sentence = Sentence(
        "{process} ({store}) should have started by itself at {time}, and could not: {reason}",
        process=job.topic,
        store=job.variables["store"] or "–",
        time=f"{planned:%Y-%m-%d %H:%M}",
        reason=job.error or "–",
    )
    _tell_administrators(session, sentence)


def _subjects(session: Session, row: Schedule) -> list[_Subject]:
    """Store and variables of each matter that a firing starts."""
    if row.once_per is None:
        return [(None, {})]
    if row.once_per == firings.STORE:
        units = snapshot.of(session).units.values()
        return [(store, {}) for store in sorted(unit.id for unit in units if unit.kind == "store" and unit.open)]
    found = firings.subjects(row.once_per, clock.now(), functions_of(session, row.process_id))
    return [(item.get("store"), {name: item[name] for name in item if name != "store"}) for item in found]


def _is_open(session: Session, store: str | None) -> bool:
    unit = snapshot.of(session).units.get(store or "")
    return store is None or (unit is not None and unit.open)


def _is_wanted(session: Session, schedule: int, subject: _Subject) -> bool:
    """Whether a matter about something is still to start: it may have started by other ways meanwhile."""
    row = session.get(Schedule, schedule)
    if row is None or row.once_per in {None, firings.STORE}:
        return True
    try:
        return subject in _subjects(session, row)
    except FiringRefused:  # the firing itself has told of it; this start stands as it was found
        return True


def _failed(error: EngineError, job: Any, key: int) -> ExecutionFailed:
    failure = ExecutionFailed(error.sentence, element_id=job.element_id or "", kind="job")
    failure.attempt = {"job_key": key}
    return failure


def _tell_administrators(session: Session, sentence: Sentence) -> None:
    persons = snapshot.of(session).holders(_ADMINISTRATORS, None, calendar.local_date(clock.now()))
    notifications.tell(session, persons, "schedule", sentence)
