"""Close the rows of what waits no more: user tasks, jobs, timers, subscriptions, and all of an instance that ended.

The statements are made once: one that is built for each execution costs more than most databases need to run it.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Connection, bindparam, delete, exists, select, update

from engine.execution.tables import CANDIDATE, JOB, SUBSCRIPTION, TASK
from engine.models import job as job_states
from engine.models import user_task as task_states

_OPEN_JOB = JOB.c.state.in_((job_states.CREATED, job_states.FAILED))
_ELEMENTS: BindParameter[list[str]] = bindparam("elements", expanding=True)
_INSTANCE: BindParameter[int] = bindparam("instance_key")

_TASKS = (
    TASK.c.process_instance_key == _INSTANCE,
    TASK.c.element_instance.in_(_ELEMENTS),
    TASK.c.state == task_states.CREATED,
)
_JOBS = (JOB.c.process_instance_key == _INSTANCE, JOB.c.element_instance.in_(_ELEMENTS), _OPEN_JOB)
_ENDING: dict[str, BindParameter[Any]] = {"state": bindparam("b_state"), "ended_at": bindparam("b_now")}

_UNCLAIM = delete(CANDIDATE).where(CANDIDATE.c.user_task_key.in_(select(TASK.c.key).where(*_TASKS)))
_CANCEL_TASKS = update(TASK).where(*_TASKS).values(state=task_states.CANCELED)
_CLOSE_JOBS = update(JOB).where(*_JOBS).values(_ENDING)
_CLOSE_DEADLINES = update(JOB).where(*_JOBS, JOB.c.kind == "deadline").values(_ENDING)
_UNSUBSCRIBE = delete(SUBSCRIPTION).where(
    SUBSCRIPTION.c.process_instance_key == _INSTANCE, SUBSCRIPTION.c.element_instance.in_(_ELEMENTS)
)

_ALL_TASKS = (TASK.c.process_instance_key == _INSTANCE, TASK.c.state == task_states.CREATED)
_ALL_JOBS = (
    JOB.c.process_instance_key == _INSTANCE,
    JOB.c.element_instance.is_not(None),  # notifications outlive their matter
    _OPEN_JOB,
)
_LEFT = select(
    exists().where(*_ALL_TASKS).label("tasks"),
    exists().where(*_ALL_JOBS).label("jobs"),
    exists().where(SUBSCRIPTION.c.process_instance_key == _INSTANCE).label("subscriptions"),
)
_UNCLAIM_ALL = delete(CANDIDATE).where(CANDIDATE.c.user_task_key.in_(select(TASK.c.key).where(*_ALL_TASKS)))
_CANCEL_ALL_TASKS = update(TASK).where(*_ALL_TASKS).values(state=task_states.CANCELED)
_CANCEL_ALL_JOBS = update(JOB).where(*_ALL_JOBS).values(_ENDING)
_UNSUBSCRIBE_ALL = delete(SUBSCRIPTION).where(SUBSCRIPTION.c.process_instance_key == _INSTANCE)


def tasks(connection: Connection, instance_key: int, elements: Collection[str]) -> int:
    """Cancel the user tasks of these occurrences; gives how many were open."""
    given = {"instance_key": instance_key, "elements": sorted(elements)}
    connection.execute(_UNCLAIM, given)
    return connection.execute(_CANCEL_TASKS, given).rowcount


def others(connection: Connection, instance_key: int, elements: Collection[str], state: str, now: datetime) -> None:
    """Close jobs, timers and subscriptions of these occurrences."""
    given = {"instance_key": instance_key, "elements": sorted(elements)}
    closed = connection.execute(_CLOSE_JOBS, {**given, "b_state": state, "b_now": now}).rowcount
    if closed < len(elements):
        connection.execute(_UNSUBSCRIBE, given)


def deadlines(connection: Connection, instance_key: int, elements: Collection[str], now: datetime) -> None:
    """No stage of a task's due date comes after its end."""
    given = {"instance_key": instance_key, "elements": sorted(elements)}
    connection.execute(_CLOSE_DEADLINES, {**given, "b_state": job_states.CANCELED, "b_now": now})


def instance(connection: Connection, instance_key: int, now: datetime) -> None:
    """Nothing of an instance that ended waits any more, whatever was or was not reported as closed."""
    given = {"instance_key": instance_key}
    left = connection.execute(_LEFT, given).one()
    if left.tasks:
        connection.execute(_UNCLAIM_ALL, given)
        connection.execute(_CANCEL_ALL_TASKS, given)
    if left.jobs:
        connection.execute(_CANCEL_ALL_JOBS, {**given, "b_state": job_states.CANCELED, "b_now": now})
    if left.subscriptions:
        connection.execute(_UNSUBSCRIBE_ALL, given)
