"""Messages and signals of a step: delivered at once within the matter, through rows to everybody else.

Another matter has a lock of its own, and taking it here could make two matters wait for each other: so whatever goes
out is a job, due at once, that locks the receiver alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from engine import deployments
from engine.actor import Actor
from engine.execution import work
from engine.execution.instance import Instance
from engine.execution.tables import SUBSCRIPTION
from engine.keys import new_key
from engine.models import Message
from engine.runtime.changes import MessageThrown, SignalThrown, SubscriptionOpened

if TYPE_CHECKING:
    from engine.execution.matter import Matter

TIME_TO_LIVE = timedelta(hours=1)
"""How long a message that a diagram threw waits for somebody who expects it."""

NOBODY: dict[str, Any] = {"process_instance_key": None, "root_key": None, "element_id": None}
"""In the place of who waits, where nobody does: a message or signal that starts a matter."""

_BUFFERED = (
    select(Message.key, Message.variables)
    .where(
        Message.name == bindparam("name"),
        Message.correlation_key == bindparam("correlation_key"),
        Message.expires_at > bindparam("now", type_=Message.expires_at.type),
    )
    .order_by(Message.published_at, Message.key)
)
_SUBSCRIBED = (
    select(SUBSCRIPTION)
    .where(
        SUBSCRIPTION.c.kind == bindparam("kind"),
        SUBSCRIPTION.c.name == bindparam("name"),
        SUBSCRIPTION.c.correlation_key == bindparam("correlation_key"),
    )
    .order_by(SUBSCRIPTION.c.key)
)


def subscribe(matter: Matter, instance: Instance, change: SubscriptionOpened) -> None:
    """An element waits for a message or signal; a message that waited for it is delivered right away."""
    wait = (instance.key, change.element_instance_id)
    matter.rows.subscriptions[wait] = {
        "key": new_key(),
        "kind": change.kind,
        "name": change.name,
        "correlation_key": change.correlation_key,
        "process_instance_key": instance.key,
        "root_key": matter.root.key,
        "element_id": change.element_id,
        "element_instance": change.element_instance_id,
    }
    if change.kind == "message":
        matter.later(lambda: _deliver_buffered(matter, instance, change))


def _deliver_buffered(matter: Matter, instance: Instance, change: SubscriptionOpened) -> None:
    if (instance.key, change.element_instance_id) not in matter.rows.subscriptions:
        return  # closed by what followed before its turn
    parameters = {"name": change.name, "correlation_key": change.correlation_key, "now": matter.now}
    for row in matter.session.connection().execute(_BUFFERED, parameters):
        if row.key not in matter.rows.deleted_messages:
            matter.rows.deleted_messages.append(row.key)
            receive(matter, instance, change.element_id, change.element_instance_id, change.name, row.variables)
            return


def receive(
    matter: Matter,
    instance: Instance,
    element_id: str,
    element_instance: str,
    name: str,
    variables: Any,
    actor: Actor | None = None,
) -> None:
    """Trigger the waiting element."""
    details = {"message": name, "variables": matter.told(variables or {})}
    matter.record(instance, "message.correlated", element_id=element_id, details=details, actor=actor)
    matter.act(instance, lambda workflow: workflow.trigger(element_instance, variables or {}))


def throw_message(matter: Matter, instance: Instance, change: MessageThrown) -> None:
    """One receiver: an element of this matter if one waits, else whoever waits or comes to wait elsewhere."""
    details = {"message": change.name, "correlation_key": change.correlation_key}
    matter.record(instance, "message.thrown", element_id=change.element_id, details=details)
    matter.later(lambda: _send(matter, change))


def _send(matter: Matter, change: MessageThrown) -> None:
    waiting = _waiting(matter, "message", change.name, change.correlation_key)
    for row in waiting:
        if row["root_key"] == matter.root.key:
            _receive_row(matter, row, change.variables)
            return
    key = new_key()
    matter.rows.messages.append(
        {
            "key": key,
            "name": change.name,
            "correlation_key": change.correlation_key,
            "message_id": None,
            "variables": dict(change.variables),
            "published_at": matter.now,
            "expires_at": matter.now + TIME_TO_LIVE,
        }
    )
    if waiting:
        matter.rows.add_job(None, message_job(waiting[0], key, matter.now))
    elif deployments.started_by(matter.session, "message", change.name):
        matter.rows.add_job(None, message_job(NOBODY | {"name": change.name}, key, matter.now))


def throw_signal(matter: Matter, instance: Instance, change: SignalThrown) -> None:
    """Everybody who waits at this moment: those of this matter at once, others by a job each.

    Within the throwing instance the runtime has delivered it already.
    """
    matter.record(instance, "signal.thrown", element_id=change.element_id, details={"signal": change.name})
    waiting = _waiting(matter, "signal", change.name, "")
    others = [row for row in waiting if row["process_instance_key"] != instance.key]
    matter.later(lambda: _broadcast(matter, change, others))


def _broadcast(matter: Matter, change: SignalThrown, waiting: list[dict[str, Any]]) -> None:
    for row in waiting:
        if row["root_key"] == matter.root.key:
            _receive_row(matter, row, change.variables)
        else:
            matter.rows.add_job(None, signal_job(row, change.variables, matter.now))
    for job in signal_start_jobs(matter.session, change.name, change.variables, matter.now):
        matter.rows.add_job(None, job)


def message_job(receiver: Mapping[str, Any], message_key: int, now: datetime) -> dict[str, Any]:
    """The job that brings a kept message to its receiver's matter; it has the key of the message."""
    row = work.job_row(
        receiver["process_instance_key"],
        receiver["root_key"],
        kind=work.MESSAGE,
        topic=receiver["name"],
        element_id=receiver["element_id"],
        element_instance=None,
        due_at=now,
        now=now,
        variables={"message": message_key},
    )
    return row | {"key": message_key}


def signal_job(receiver: Mapping[str, Any], variables: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """The job that brings a signal to one of those who wait for it."""
    return work.job_row(
        receiver["process_instance_key"],
        receiver["root_key"],
        kind=work.SIGNAL,
        topic=receiver["name"],
        element_id=receiver["element_id"],
        element_instance=None,
        due_at=now,
        now=now,
        variables={"subscription": receiver["key"], "variables": dict(variables)},
    )


def signal_start_jobs(
    session: Session, name: str, variables: Mapping[str, Any], now: datetime
) -> list[dict[str, Any]]:
    """A job for each process that a signal starts."""
    return [
        signal_job(NOBODY | {"name": name, "element_id": element_id, "key": None}, variables, now)
        | {"variables": {"process_id": process_id, "element_id": element_id, "variables": dict(variables)}}
        for process_id, element_id in deployments.started_by(session, "signal", name)
    ]


def _receive_row(matter: Matter, row: dict[str, Any], variables: Any) -> None:
    instance = matter.instance(row["process_instance_key"])
    wait = (instance.key, row["element_instance"])
    if instance.is_active and not matter.rows.is_closed(wait):
        receive(matter, instance, row["element_id"], row["element_instance"], row["name"], variables)
        matter.settle_changes()


def _waiting(matter: Matter, kind: str, name: str, correlation_key: str) -> list[dict[str, Any]]:
    """Who waits, as this transaction has it: what it opened included, what it closed left out."""
    parameters = {"kind": kind, "name": name, "correlation_key": correlation_key}
    found = [row._asdict() for row in matter.session.connection().execute(_SUBSCRIBED, parameters)]
    stored = [
        row for row in found if not matter.rows.is_closed((row["process_instance_key"], row["element_instance"]))
    ]
    opened = [
        row
        for row in matter.rows.subscriptions.values()
        if (row["kind"], row["name"], row["correlation_key"]) == (kind, name, correlation_key)
    ]
    return [*stored, *opened]
