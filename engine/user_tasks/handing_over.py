"""The tasks of somebody who leaves go to others (离职转办): each with the reason in the history of its matter."""

from __future__ import annotations

from sqlalchemy.orm import Session

from engine.actor import Actor
from engine.errors import NotAllowed
from engine.execution import failures
from engine.models.user_task import CREATED
from engine.process_instances.ending import checked_reason
from engine.user_tasks.claiming import give, names_nobody, record, refuse_unfit
from engine.user_tasks.locking import lock_task
from feel.sentences import Sentence


def hand_over(session: Session, key: int, actor: Actor, to: str, reason: str) -> None:
    """Give an open task to another person, in suspended matters too; what was done meanwhile stays as it is.

    A task that a delegate has for its owner becomes the receiver's own.
    """
    given = checked_reason(reason)
    if not actor.is_administrator:
        raise NotAllowed(Sentence("Only an administrator may hand over the tasks of somebody else."))
    locked, task = lock_task(session, key, actor)
    if task.state != CREATED:
        return
    refuse_unfit(session, task, to, locked.matter.root.starter)
    give(session, locked, task, to, None)
    details = {"from": task.on_behalf_of or task.assignee, "to": to, "reason": given}
    record(locked, task, "user_task.assigned", actor, None, details)
    failures.close_incidents(locked.matter, lambda incident: names_nobody(incident, task), actor)
    locked.matter.save()
