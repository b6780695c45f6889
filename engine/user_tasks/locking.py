"""Lock the matter of a task for a command, and say kindly when somebody was faster."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from engine import calendar
from engine.actor import Actor
from engine.errors import Conflict
from engine.execution import Locked, lock, refuse_suspended
from engine.models.user_task import COMPLETED, CREATED
from engine.process_instances.rights import may_see
from engine.user_tasks.rights import named, no_such_task, refuse_auditor, was_asked
from feel.sentences import Sentence


def lock_task(session: Session, key: int, actor: Actor) -> tuple[Locked, Any]:
    """The matter under its lock with the row of the task, open or not; auditors get no further."""
    locked = lock(session, "task", key, actor)
    if locked is None or locked.row is None:
        raise no_such_task()
    root = locked.matter.root
    if root.submitted_at is None and actor.person != root.starter:
        raise no_such_task()  # a draft is its starter's alone, whoever stands above him
    if actor.is_auditor and not may_see(session, actor, root):
        raise no_such_task()
    refuse_auditor(actor)
    return locked, locked.row


def refuse_closed(session: Session, locked: Locked, task: Any, actor: Actor) -> None:
    """Raise :class:`Conflict` with who completed the task and when, or that it is no longer needed."""
    if task.state == CREATED:
        refuse_suspended(locked.matter)
        return
    if not (was_asked(actor, task) or may_see(session, actor, locked.matter.root)):
        raise no_such_task()
    if task.state == COMPLETED:
        raise Conflict(
            Sentence(
                "{person} completed this task at {time}. Nothing of what you entered was lost, but it is no longer "
                "needed here.",
                person=named(session, task.completed_by),
                time=shown(task.completed_at),
            )
        )
    raise Conflict(Sentence("This task is no longer needed: the matter took another way, or was ended."))


def shown(instant: datetime) -> str:
    """An instant as the clock on the wall shows it."""
    return f"{instant.astimezone(calendar.zone_named()):%Y-%m-%d %H:%M}"
