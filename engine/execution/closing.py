"""Close the rows of what waits no more: user tasks, jobs, timers, subscriptions; all of an instance that ended."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, bindparam, delete, or_, select, update

from engine.execution.instance import TABLE as INSTANCE
from engine.execution.tables import CANDIDATE, JOB, SUBSCRIPTION, TASK
from engine.models import job as job_states
from engine.models import user_task as task_states
from engine.statements import Outbox, Statement, constant

_INSTANCE: BindParameter[int] = bindparam("instance_key")
_ELEMENT: BindParameter[str] = bindparam("element")
_ENDING: dict[str, BindParameter[Any]] = {"state": bindparam("b_state"), "ended_at": bindparam("b_now")}

# The tasks of a matter have an index, those of an instance have none.
_ROOT = select(INSTANCE.c.root_key).where(INSTANCE.c.key == _INSTANCE).scalar_subquery()
# The states are written out: SQLite would prepare a statement anew whenever a value is bound that could decide
# whether a partial index will do.
_OPEN_TASKS = (
    TASK.c.root_key == _ROOT,
    TASK.c.process_instance_key == _INSTANCE,
    TASK.c.state == constant(task_states.CREATED),
)
_OPEN_JOBS = (
    JOB.c.process_instance_key == _INSTANCE,
    or_(JOB.c.state == constant(job_states.CREATED), JOB.c.state == constant(job_states.FAILED)),
)
_ALL_JOBS = (*_OPEN_JOBS, JOB.c.element_instance.is_not(None))  # notifications outlive their matter
_TASKS = (*_OPEN_TASKS, TASK.c.element_instance == _ELEMENT)
_JOBS = (*_OPEN_JOBS, JOB.c.element_instance == _ELEMENT)

_UNCLAIM = Statement(delete(CANDIDATE).where(CANDIDATE.c.user_task_key.in_(select(TASK.c.key).where(*_TASKS))))
_CANCEL_TASK = Statement(update(TASK).where(*_TASKS).values(state=task_states.CANCELED))
_CLOSE_JOBS = Statement(update(JOB).where(*_JOBS).values(_ENDING))
_CLOSE_DEADLINE = Statement(update(JOB).where(*_JOBS, JOB.c.kind == "deadline").values(_ENDING))
_UNSUBSCRIBE = Statement(
    delete(SUBSCRIPTION).where(
        SUBSCRIPTION.c.process_instance_key == _INSTANCE, SUBSCRIPTION.c.element_instance == _ELEMENT
    )
)
_UNCLAIM_ALL = Statement(
    delete(CANDIDATE).where(CANDIDATE.c.user_task_key.in_(select(TASK.c.key).where(*_OPEN_TASKS)))
)
_CANCEL_ALL_TASKS = Statement(update(TASK).where(*_OPEN_TASKS).values(state=task_states.CANCELED))
_CLOSE_ALL_JOBS = Statement(update(JOB).where(*_ALL_JOBS).values(_ENDING))
_UNSUBSCRIBE_ALL = Statement(delete(SUBSCRIPTION).where(SUBSCRIPTION.c.process_instance_key == _INSTANCE))


def tasks(outbox: Outbox, instance_key: int, elements: Collection[str], now: datetime) -> None:
    """Cancel the user tasks of these occurrences, with what listeners wait for there."""
    given = [{"instance_key": instance_key, "element": element} for element in sorted(elements)]
    outbox.add_all(_UNCLAIM, given)
    outbox.add_all(_CANCEL_TASK, given)
    others(outbox, instance_key, elements, job_states.CANCELED, now)


def others(outbox: Outbox, instance_key: int, elements: Collection[str], state: str, now: datetime) -> None:
    """Close jobs, timers and subscriptions of these occurrences."""
    given = [
        {"instance_key": instance_key, "element": element, "b_state": state, "b_now": now}
        for element in sorted(elements)
    ]
    outbox.add_all(_CLOSE_JOBS, given)
    outbox.add_all(_UNSUBSCRIBE, given)


def deadlines(outbox: Outbox, instance_key: int, elements: Collection[str], now: datetime) -> None:
    """No stage of a task's due date comes after its end."""
    ending = {"instance_key": instance_key, "b_state": job_states.CANCELED, "b_now": now}
    outbox.add_all(_CLOSE_DEADLINE, [{**ending, "element": element} for element in sorted(elements)])


def instance(outbox: Outbox, instance_key: int, now: datetime) -> None:
    """Nothing of an interrupted instance waits any more: no workflow reported what was closed with it."""
    given = {"instance_key": instance_key, "b_state": job_states.CANCELED, "b_now": now}
    for statement in (_UNCLAIM_ALL, _CANCEL_ALL_TASKS, _CLOSE_ALL_JOBS, _UNSUBSCRIBE_ALL):
        outbox.add(statement, given)
