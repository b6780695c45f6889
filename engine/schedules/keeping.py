"""What people see of schedules and do about them: pause, resume, run now, try again. Each act with its reason.

The owners of its procedure and administrators act, auditors read. A paused schedule makes nothing up: when it is
resumed, what it would have started meanwhile is passed over, and the journal says how much.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from engine import clock, history
from engine.actor import Actor
from engine.content import firings
from engine.content.firings import Firing, FiringRefused
from engine.deployments import owners
from engine.deployments.scheduling import functions_of
from engine.errors import Conflict, NotAllowed, NotFound, Refused
from engine.execution.tables import JOB
from engine.models import HistoryEvent, Job, Schedule
from engine.models.job import CREATED, FAILED
from engine.organisation import oversight
from engine.process_instances.ending import checked_reason
from engine.schedules import firing
from engine.schedules.firing import START
from feel.sentences import Sentence

_PREVIEW = 5


@dataclass(frozen=True, slots=True)
class Upcoming:
    """The next firings, in order; ``error`` says why there are no more, where that is a mistake."""

    instants: Sequence[datetime]
    error: Sentence | None = None


def listed(session: Session, actor: Actor) -> Sequence[Schedule]:
    """All schedules, the next to fire first, those that fire no more last; for managers as well."""
    if oversight.of(session, actor).is_empty:
        _refuse_strangers(actor)
    return session.scalars(select(Schedule).order_by(Schedule.due_at.asc().nulls_last(), Schedule.key)).all()


def get(session: Session, key: int, actor: Actor) -> Schedule:
    """The schedule of that key."""
    _refuse_strangers(actor)
    row = session.get(Schedule, key)
    if row is None:
        raise _no_such_schedule()
    return row


def upcoming(session: Session, row: Schedule, count: int = _PREVIEW) -> Upcoming:
    """When it fires next, if nobody changes anything meanwhile."""
    event, functions = firing.timer_of(session, row), functions_of(session, row.process_id)
    found: list[datetime] = []
    ahead = Firing(row.due_at, row.repetitions)
    while ahead.at is not None and len(found) < count:
        found.append(ahead.at)
        try:
            ahead, _missed = firings.following(event, ahead, ahead.at, functions)
        except FiringRefused as refused:
            return Upcoming(found, refused.sentence)
    return Upcoming(found)


def starts(session: Session, row: Schedule) -> Sequence[Job]:
    """Starts of its matters that are under way, or that failed as often as they may."""
    statement = select(Job).where(
        Job.kind == START,
        Job.topic == row.process_id,
        Job.element_id == row.element_id,
        Job.state.in_((CREATED, FAILED)),
    )
    return session.scalars(statement.order_by(Job.key)).all()


def told(session: Session, key: int, actor: Actor, limit: int = 50) -> tuple[history.Event, ...]:
    """What the journal tells of a schedule, the latest first."""
    _refuse_strangers(actor)
    latest = select(HistoryEvent.sequence).where(*_of_schedule(key)).order_by(HistoryEvent.sequence.desc())
    sequences = session.scalars(latest.limit(limit)).all()
    if not sequences:
        return ()
    events = history.timeline(session, history.SCHEDULES, after=sequences[-1] - 1)
    return tuple(event for event in reversed(events) if event.process_instance_key == key)


def pause(session: Session, key: int, actor: Actor, reason: str) -> None:
    """It starts nothing until somebody resumes it."""
    row = _kept(session, key, actor)
    given = checked_reason(reason)
    if row.paused_at is not None:
        raise Conflict(Sentence("This schedule is paused already."))
    row.paused_at, row.paused_by, row.pause_reason = clock.now(), actor.person, given
    firing.record(session, row, "schedule.paused", actor, {"reason": given})


def resume(session: Session, key: int, actor: Actor, reason: str) -> None:
    """It starts again from its next firing on; those of the pause are passed over, and counted in the journal."""
    row = _kept(session, key, actor)
    given = checked_reason(reason)
    if row.paused_at is None:
        raise Conflict(Sentence("This schedule is not paused."))
    now, passed_over = clock.now(), 0
    if row.due_at is not None and row.due_at <= now:
        try:
            passed_over = 1 + firing.advance(session, row, now)
        except FiringRefused as refused:
            firing.stop(session, row, refused)
    row.paused_at = row.paused_by = row.pause_reason = None
    details = {"reason": given, "passed_over": passed_over, "due_at": row.due_at}
    firing.record(session, row, "schedule.resumed", actor, details)


def run_now(
    session: Session, key: int, actor: Actor, reason: str, *, store: str | None = None, seen: int | None = None
) -> int:
    """Start once more, now, what the clock would start, all of it or that of ``store``; gives how many matters.

    The next firing stays as it is. ``seen``: the sequence of the last event that the person saw of it; if anything
    happened since, a second click for one, it is refused.
    """
    row = _kept(session, key, actor)
    given = checked_reason(reason)
    if seen is not None and seen != last_event(session, key):
        raise Conflict(Sentence("Something happened to this schedule meanwhile. Please look at it again."))
    begun = _subjects(session, row)
    if store is not None:
        begun = [subject for subject in begun if subject[0] == store]
    if not begun:
        raise Refused(Sentence("There is nothing to start: no store or other subject is left for it."))
    now = clock.now()
    ordered = {"due_at": now, "missed": 0, "ordered_by": actor.person, "reason": given}
    started = firing.leave_starts(session, row, begun, now, **ordered)
    details = {"reason": given, "store": store, "starts": len(started)}
    firing.record(session, row, "schedule.run", actor, details)
    return len(started)


def retry(session: Session, key: int, job_key: int, actor: Actor, reason: str) -> None:
    """Let a start that was given up be tried again, now."""
    row = _kept(session, key, actor)
    given = checked_reason(reason)
    connection = session.connection()
    again = connection.execute(
        update(JOB)
        .where(
            JOB.c.key == job_key,
            JOB.c.kind == START,
            JOB.c.topic == row.process_id,
            JOB.c.element_id == row.element_id,
            JOB.c.state == FAILED,
        )
        .values(state=CREATED, retries=1, due_at=clock.now(), locked_until=None, worker=None)
    )
    if again.rowcount != 1:
        raise Conflict(Sentence("This start is not one that failed; perhaps somebody tried it again already."))
    session.info.setdefault("wake", []).append(job_key)
    firing.record(session, row, "schedule.start_retried", actor, {"reason": given, "job": job_key})


def stores(session: Session, row: Schedule) -> Sequence[str]:
    """The stores for one of which alone it can be run now."""
    try:
        begun = firing.subjects(session, row)
    except FiringRefused:
        return ()
    return tuple(dict.fromkeys(store for store, _variables in begun if store is not None))


def last_event(session: Session, key: int) -> int:
    """The sequence of the last event that the journal has of a schedule; 0 for none."""
    return session.scalar(select(func.max(HistoryEvent.sequence)).where(*_of_schedule(key))) or 0


def may_look(actor: Actor) -> bool:
    """Whether the actor may see what became of each schedule; managers see when they fire, and no more."""
    return actor.is_administrator or actor.is_process_owner or actor.is_auditor or actor.is_system


def may_keep(session: Session, actor: Actor, row: Schedule) -> bool:
    """Whether the actor may pause, resume and run this schedule: its procedure is his to look after."""
    return owners.may_change(actor, [row.process_id], owners.all_owners(session))


def _of_schedule(key: int) -> tuple[Any, ...]:
    return HistoryEvent.root_key == history.SCHEDULES, HistoryEvent.process_instance_key == key


def _kept(session: Session, key: int, actor: Actor) -> Schedule:
    """The schedule under its lock, for who may act on it."""
    _refuse_strangers(actor)
    row = firing.locked(session, key)
    if row is None:
        raise _no_such_schedule()
    owners.refuse_others(session, actor, row.process_id)
    return row


def _subjects(session: Session, row: Schedule) -> list[firing.Subject]:
    try:
        return firing.subjects(session, row)
    except FiringRefused as refused:
        raise Refused(refused.sentence) from refused


def _refuse_strangers(actor: Actor) -> None:
    if not may_look(actor):
        raise NotAllowed(Sentence("Only process owners, administrators and auditors may see the schedules."))


def _no_such_schedule() -> NotFound:
    return NotFound(Sentence("There is no such schedule."))
