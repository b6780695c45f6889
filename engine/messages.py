"""Messages and signals from outside a matter: correlated with who waits, or kept until somebody does.

A message goes to the one that waits longest for its key; if nobody waits, the processes that it starts begin, and if
there are none, it waits in a row until it expires. A message with an id is taken once until then, whatever became of
it. A signal goes to everybody who waits at this moment, and starts what it starts. Only one matter is locked at a
time. What just missed its receiver (both were under way at once) is found by :func:`sweep`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from engine import clock, deployments, message_starts
from engine.actor import Actor
from engine.errors import Conflict, NotAllowed, NotFound, Refused
from engine.execution import Locked, correlation, lock, refuse_suspended
from engine.execution.tables import JOB, MESSAGE, RECEIPT, SUBSCRIPTION
from engine.execution.work import MESSAGE as MESSAGE_JOB
from engine.keys import new_key
from engine.models import Message, ProcessInstance, Subscription
from engine.models.job import COMPLETED, CREATED, FAILED
from feel.sentences import Sentence

ACTOR = message_starts.ACTOR
TIME_TO_LIVE = correlation.TIME_TO_LIVE
_SWEEP = 100
_LONGEST_ID = 200


def correlate(
    session: Session, name: str, correlation_key: str, variables: Mapping[str, Any] | None, actor: Actor
) -> int:
    """Give a message to the element that waits for it, or start what it starts; the key of the matter.

    Raises :class:`NotFound` if nothing waits for it.
    """
    _may_send(actor)
    arguments = {"name": name, "correlation_key": correlation_key, "variables": dict(variables or {})}
    root_key = _deliver_to_one(session, name, correlation_key, dict(variables or {}), actor, arguments)
    if root_key is None:
        raise NotFound(
            Sentence("Nothing waits for the message {name} with the key {key}.", name=name, key=correlation_key)
        )
    return root_key


def publish(
    session: Session,
    name: str,
    correlation_key: str,
    variables: Mapping[str, Any] | None,
    actor: Actor,
    *,
    time_to_live: timedelta = TIME_TO_LIVE,
    message_id: str | None = None,
) -> int | None:
    """Give a message to who waits, or keep it for ``time_to_live``; the key of the matter that took it at once.

    A message with a ``message_id`` that came before, within the time to live of that one, is not taken again.
    """
    _may_send(actor)
    given, now = dict(variables or {}), clock.now()
    if message_id is not None and time_to_live > timedelta(0):
        if not message_id or len(message_id) > _LONGEST_ID:
            raise Refused(Sentence("The id of a message has 1 to {limit} characters.", limit=_LONGEST_ID))
        if not _is_first(session, name, correlation_key, message_id, now + time_to_live):
            return None
    arguments = {"name": name, "correlation_key": correlation_key, "variables": given}
    root_key = _deliver_to_one(session, name, correlation_key, given, actor, arguments)
    if root_key is None and time_to_live > timedelta(0):
        row = {
            "key": new_key(),
            "name": name,
            "correlation_key": correlation_key,
            "message_id": message_id,
            "variables": given,
            "published_at": now,
            "expires_at": now + time_to_live,
        }
        session.connection().execute(insert(MESSAGE), row)
    return root_key


def broadcast(session: Session, name: str, variables: Mapping[str, Any] | None, actor: Actor) -> int:
    """Send a signal to everybody who waits for it and start what it starts, each by a job of its own; how many."""
    _may_send(actor)
    now, given = clock.now(), dict(variables or {})
    waiting = session.execute(
        select(SUBSCRIPTION)
        .where(SUBSCRIPTION.c.kind == "signal", SUBSCRIPTION.c.name == name)
        .order_by(SUBSCRIPTION.c.key)
    ).all()
    rows = [correlation.signal_job(row._asdict(), given, now) for row in waiting]
    rows += correlation.signal_start_jobs(session, name, given, now)
    if rows:
        session.connection().execute(insert(JOB), rows)
        session.info.setdefault("wake", []).extend(row["key"] for row in rows)
    return len(rows)


def deliver(session: Session, key: int, actor: Actor = ACTOR) -> bool:
    """Do a job of kind "message" or "signal": lock the receiver alone and let it go on. False: nothing to do."""
    job = session.connection().execute(select(JOB).where(JOB.c.key == key).with_for_update()).one_or_none()
    if job is None:
        raise NotFound(Sentence("There is no such job."))
    if job.state not in {CREATED, FAILED}:
        return False
    session.connection().execute(
        update(JOB).where(JOB.c.key == key).values(state=COMPLETED, ended_at=clock.now(), locked_until=None)
    )
    arguments = {"key": key}
    if job.kind == MESSAGE_JOB:
        kept = session.get(Message, job.variables["message"])
        if kept is None or kept.expires_at <= clock.now():
            return False
        root_key = _deliver_to_one(
            session,
            kept.name,
            kept.correlation_key,
            kept.variables,
            actor,
            arguments,
            command="messages.deliver",
            job_key=key,
        )
        if root_key is not None:
            session.connection().execute(delete(MESSAGE).where(MESSAGE.c.key == kept.key))
        return root_key is not None
    if "process_id" in job.variables:
        given = job.variables
        message_starts.start(session, given["process_id"], given["element_id"], given["variables"], key)
        return True
    locked = lock(session, "subscription", job.variables["subscription"], actor)
    if locked is None:
        return False  # it waits no more
    _receive(locked, job.variables["variables"], actor, "messages.deliver", arguments, job_key=key)
    return True


def is_due(session: Session) -> bool:
    """Whether :func:`sweep` would find anything; one query, and nothing is locked."""
    now = clock.now()
    if session.execute(select(MESSAGE.c.key).limit(1)).first() is None:
        return False
    expired = select(MESSAGE.c.key).where(MESSAGE.c.expires_at <= now).limit(1)
    return session.execute(expired).first() is not None or bool(_missed(session, 1))


def sweep(session: Session, limit: int = _SWEEP) -> int:
    """Forget messages that expired, and make a job of each kept message that somebody waits for; how many jobs."""
    now = clock.now()
    session.connection().execute(delete(MESSAGE).where(MESSAGE.c.expires_at <= now))
    session.connection().execute(delete(RECEIPT).where(RECEIPT.c.expires_at <= now))
    found = _missed(session, limit)
    for message_key, row in sorted(found.items()):
        again = session.connection().execute(
            update(JOB).where(JOB.c.key == message_key).values(state=CREATED, due_at=now, ended_at=None)
        )
        if again.rowcount == 0:
            session.connection().execute(insert(JOB), correlation.message_job(row, message_key, now))
        session.info.setdefault("wake", []).append(message_key)
    return len(found)


def _missed(session: Session, limit: int) -> dict[int, dict[str, Any]]:
    """Kept messages that are not on their way, though somebody waits for them or they start something."""
    on_its_way = select(JOB.c.key).where(JOB.c.kind == MESSAGE_JOB, JOB.c.state.in_((CREATED, FAILED)))
    kept = (MESSAGE.c.key.not_in(on_its_way), MESSAGE.c.expires_at > clock.now())
    waited_for = session.execute(
        select(MESSAGE.c.key.label("message_key"), SUBSCRIPTION)
        .join(
            SUBSCRIPTION,
            (SUBSCRIPTION.c.kind == "message")
            & (SUBSCRIPTION.c.name == MESSAGE.c.name)
            & (SUBSCRIPTION.c.correlation_key == MESSAGE.c.correlation_key),
        )
        .join(ProcessInstance, ProcessInstance.key == SUBSCRIPTION.c.root_key)
        .where(*kept, ProcessInstance.suspended.is_(False))
        .order_by(MESSAGE.c.published_at, MESSAGE.c.key, SUBSCRIPTION.c.key)
        .limit(limit)
    ).all()
    found = {row.message_key: row._asdict() for row in reversed(waited_for)}
    names = session.execute(select(MESSAGE.c.name).where(*kept).distinct()).scalars().all()
    starting = [name for name in names if deployments.started_by(session, "message", name)]
    if starting:
        by_name = select(MESSAGE.c.key, MESSAGE.c.name).where(*kept, MESSAGE.c.name.in_(starting))
        for key, name in session.execute(by_name.order_by(MESSAGE.c.key).limit(limit)):
            found.setdefault(key, correlation.NOBODY | {"name": name})
    return found


def _deliver_to_one(
    session: Session,
    name: str,
    correlation_key: str,
    variables: Mapping[str, Any],
    actor: Actor,
    arguments: Mapping[str, Any],
    *,
    command: str = "messages.correlate",
    job_key: int | None = None,
) -> int | None:
    """The oldest that waits receives it; who stopped waiting before our lock is passed over."""
    waiting = session.execute(
        select(Subscription.key)
        .join(ProcessInstance, ProcessInstance.key == Subscription.root_key)
        .where(
            Subscription.kind == "message",
            Subscription.name == name,
            Subscription.correlation_key == correlation_key,
            ProcessInstance.suspended.is_(False),
        )
        .order_by(Subscription.key)
    ).scalars()
    for key in waiting.all():
        locked = lock(session, "subscription", key, actor)
        if locked is not None:
            _receive(locked, variables, actor, command, arguments, job_key=job_key)
            return locked.matter.root.key
    started = [
        message_starts.start(session, process_id, element_id, variables, job_key)
        for process_id, element_id in deployments.started_by(session, "message", name)
    ]
    return started[0] if started else None


def _receive(
    locked: Locked,
    variables: Mapping[str, Any],
    actor: Actor,
    command: str,
    arguments: Mapping[str, Any],
    *,
    job_key: int | None = None,
) -> None:
    matter, instance, row = locked.matter, locked.instance, locked.row
    if row is None:
        raise Conflict(Sentence("This step is over already."))
    refuse_suspended(matter)
    with matter.attempt(instance, command, arguments, job_key=job_key):
        correlation.receive(matter, instance, row.element_id, row.element_instance, row.name, variables, actor)
        matter.settle()
    matter.save()


def _is_first(session: Session, name: str, correlation_key: str, message_id: str, until: datetime) -> bool:
    """Take note of a message id; False if it is known. Of two at once, the database lets one wait for the other."""
    connection = session.connection()
    same = (
        RECEIPT.c.name == name,
        RECEIPT.c.correlation_key == correlation_key,
        RECEIPT.c.message_id == message_id,
    )
    connection.execute(delete(RECEIPT).where(*same, RECEIPT.c.expires_at <= clock.now()))
    insert_new = (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(RECEIPT)
    row = {"name": name, "correlation_key": correlation_key, "message_id": message_id, "expires_at": until}
    taken = insert_new.values(row).on_conflict_do_nothing().returning(RECEIPT.c.name)
    return connection.execute(taken).first() is not None


def _may_send(actor: Actor) -> None:
    if actor.is_auditor or not (actor.is_system or actor.is_administrator):
        raise NotAllowed(Sentence("Only administrators and the system may send messages to matters."))
