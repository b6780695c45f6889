"""The tasks of somebody who leaves go to others (离职转办): each with the reason in the history of its matter."""

from __future__ import annotations

from sqlalchemy.orm import Session

from engine import calendar, clock
from engine.actor import Actor
from engine.errors import NotAllowed
from engine.execution import failures
from engine.models.user_task import CREATED
from engine.organisation import resolvers, snapshot
from engine.organisation.resolvers import Circumstances
from engine.process_instances.ending import checked_reason
from engine.user_tasks.claiming import give, names_nobody, record, refuse_unfit
from engine.user_tasks.locking import lock_task
from feel.sentences import Sentence


def hand_over(session: Session, key: int, actor: Actor, to: str, reason: str) -> None:
    """Give an open task to another person, in suspended matters too; what was done meanwhile stays as it is.

    A task that a delegate has for its owner becomes the receiver's own. A task of the actor's own request goes to the
    superior of whoever leaves and to nobody else: nobody chooses who decides about him.
    """
    given = checked_reason(reason)
    if not actor.is_administrator:
        raise NotAllowed(Sentence("Only an administrator may hand over the tasks of somebody else."))
    locked, task = lock_task(session, key, actor)
    if task.state != CREATED:
        return
    starter = locked.matter.root.starter
    if actor.person == starter and to != heir(session, task.on_behalf_of or task.assignee):
        raise NotAllowed(Sentence("Who works on a request is not for its own starter to say."))
    refuse_unfit(session, task, to, starter)
    give(session, locked, task, to, None)
    details = {"from": task.on_behalf_of or task.assignee, "to": to, "reason": given}
    record(locked, task, "user_task.assigned", actor, None, details)
    failures.close_incidents(locked.matter, lambda incident: names_nobody(incident, task), actor)
    locked.matter.save()


def heir(session: Session, person_id: str | None) -> str | None:
    """Who gets the tasks of somebody who leaves where nobody chooses: his superior, if there is one."""
    if person_id is None:
        return None
    today = calendar.local_date(clock.now())
    found = resolvers.superior(snapshot.of(session), person_id, Circumstances(today))
    return found.persons[0] if found.persons else None
