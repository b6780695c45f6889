"""A due schedule fires once, and what an outage made it miss counts once.

Firing sets the next instant and leaves one job for each matter to start, in one transaction under the row's lock; so
two beats fire once, and a start that fails is tried again alone. The journal of schedules tells of each firing.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from engine import calendar, clock, deployments, history, notifications, process_instances
from engine.actor import Actor, system
from engine.content import firings
from engine.content.firings import Firing, FiringRefused
from engine.deployments.scheduling import functions_of
from engine.errors import EngineError, ExecutionFailed, NotAllowed, NotFound, Refused
from engine.execution.tables import JOB
from engine.keys import new_key
from engine.models import Job, Schedule
from engine.models.job import COMPLETED, CREATED
from engine.organisation import snapshot
from engine.runtime.dialect.model import Event
from feel.sentences import Sentence

ACTOR = system("schedule")
START = "start"
"""The kind of the jobs, one for each matter to start; their topic is the process."""

Subject = tuple[str | None, Mapping[str, Any]]
"""What a matter is about: its store and the variables that it begins with."""

_RETRIES = 3
_ADMINISTRATORS = "sysadmin"


@dataclass(frozen=True, slots=True)
class _Place:
    """A schedule in the journal: its key stands where a matter's events name an instance."""

    key: int
    root_key: int = history.SCHEDULES


def due(session: Session) -> Sequence[int]:
    """The keys of schedules that are to fire now; a paused one is not."""
    now = clock.now()
    statement = select(Schedule.key).where(Schedule.due_at <= now, Schedule.paused_at.is_(None))
    return session.scalars(statement.order_by(Schedule.due_at, Schedule.key)).all()


def fire(session: Session, key: int) -> bool:
    """Let a due schedule fire; False if it did already, is not due, or is paused."""
    row = locked(session, key)
    now = clock.now()
    if row is None or row.due_at is None or row.due_at > now or row.paused_at is not None:
        return False
    planned, missed, begun = row.due_at, 0, list[Subject]()
    try:
        begun = subjects(session, row)
        missed = advance(session, row, now)
    except FiringRefused as refused:  # what can be started this time is; about the next time somebody has to say
        stop(session, row, refused)
    row.last_due_at, row.fired_at, row.missed = planned, now, missed
    started = leave_starts(session, row, begun, now, due_at=planned, missed=missed)
    details = {"due_at": planned, "seconds_late": int((now - planned).total_seconds()), "missed": missed}
    record(session, row, "schedule.fired", ACTOR, {**details, "starts": len(started)})
    return True


def pass_over(session: Session) -> None:
    """Let what should have fired by now not fire: for a world that begins at an instant of its choice."""
    for key in due(session):
        advance(session, session.get_one(Schedule, key, with_for_update=True, populate_existing=True), clock.now())
    session.flush()


def locked(session: Session, key: int) -> Schedule | None:
    """The schedule of that key, under its lock; None if there is none."""
    return session.get(Schedule, key, with_for_update=True, populate_existing=True)


def timer_of(session: Session, row: Schedule) -> Event:
    """The timer start event as it is drawn in the version that the schedule starts."""
    return deployments.process(session, row.definition_key).references.timer_starts[row.element_id]


def advance(session: Session, row: Schedule, now: datetime) -> int:
    """Set the first firing after ``now``; gives how many lie between. Raises :class:`FiringRefused`."""
    fired = Firing(row.due_at, row.repetitions)
    functions = functions_of(session, row.process_id)
    following, missed = firings.following(timer_of(session, row), fired, now, functions)
    row.due_at, row.repetitions = following.at, following.repetitions
    return missed


def stop(session: Session, row: Schedule, refused: FiringRefused) -> None:
    """Nobody can say when it fires next, or for whom: it rests, and those who can put it right are told."""
    row.due_at, row.error = None, str(refused.sentence)
    sentence = Sentence(
        "{process} will not start by itself any more: {reason}", process=row.process_id, reason=refused.sentence
    )
    _tell_administrators(session, sentence)


def subjects(session: Session, row: Schedule) -> list[Subject]:
    """Store and variables of each matter that a firing starts. Raises :class:`FiringRefused`."""
    if row.once_per is None:
        return [(None, {})]
    if row.once_per == firings.STORE:
        units = snapshot.of(session).units.values()
        return [(store, {}) for store in sorted(unit.id for unit in units if unit.kind == "store" and unit.open)]
    found = firings.subjects(row.once_per, clock.now(), functions_of(session, row.process_id))
    return [(item.get("store"), {name: item[name] for name in item if name != "store"}) for item in found]


def leave_starts(
    session: Session, row: Schedule, begun: Collection[Subject], now: datetime, **told: Any
) -> Sequence[int]:
    """One job for each matter to start; ``told``: what the history of each says about its start."""
    keys = []
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
            variables={"schedule": row.key, "store": store, "subject": variables, **told},
            external=False,
            created_at=now,
        )
        session.add(job)
        keys.append(job.key)
    session.flush()
    session.info.setdefault("wake", []).extend(keys)
    return keys


def record(session: Session, row: Schedule, type_: str, actor: Actor, details: Mapping[str, Any]) -> None:
    """Tell the journal of schedules what happened to one."""
    journal = history.journal(session, history.SCHEDULES)
    named = {"process_id": row.process_id, **details}
    history.record(session, _Place(row.key), type_, actor, row.element_id, named)
    history.flush(session, journal)


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
    told = {name: given[name] for name in ("due_at", "missed", "ordered_by", "reason") if name in given}
    scheduled = {"element": job.element_id, "seconds_late": late, **told}
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


def _is_open(session: Session, store: str | None) -> bool:
    unit = snapshot.of(session).units.get(store or "")
    return store is None or (unit is not None and unit.open)


def _is_wanted(session: Session, schedule: int, subject: Subject) -> bool:
    """Whether a matter about something is still to start: it may have started by other ways meanwhile."""
    row = session.get(Schedule, schedule)
    if row is None or row.once_per in {None, firings.STORE}:
        return True
    try:
        return subject in subjects(session, row)
    except FiringRefused:  # the firing itself has told of it; this start stands as it was found
        return True


def _failed(error: EngineError, job: Any, key: int) -> ExecutionFailed:
    failure = ExecutionFailed(error.sentence, element_id=job.element_id or "", kind="job")
    failure.attempt = {"job_key": key}
    return failure


def _tell_administrators(session: Session, sentence: Sentence) -> None:
    persons = snapshot.of(session).holders(_ADMINISTRATORS, None, calendar.local_date(clock.now()))
    notifications.tell(session, persons, "schedule", sentence)
