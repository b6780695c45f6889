"""What a due date lets people do: a superior takes over what waited twice its time; anybody mutes his reminders."""

from __future__ import annotations

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from engine import notifications
from engine.actor import Actor
from engine.errors import Conflict, NotAllowed, Refused
from engine.execution import failures
from engine.models import UserTaskMute
from engine.notifications import Notice
from engine.process_instances.ending import checked_reason
from engine.process_instances.rights import may_see
from engine.user_tasks.claiming import give, names_nobody, record
from engine.user_tasks.locking import lock_task, refuse_closed, shown
from engine.user_tasks.rights import named, no_such_task, refuse_excluded, standing, was_asked
from feel.sentences import Sentence


def take_over(session: Session, key: int, actor: Actor, reason: str | None = None) -> None:
    """A superior takes a task whose time has passed twice from whoever has it, or out of its queue.

    Nothing is decided by that: the superior does the task like anybody who has it. Who had it is told. That its time
    has passed is reason enough; one that is given is kept, and an empty one refused.
    """
    given = {} if reason is None else {"reason": checked_reason(reason)}
    locked, task = lock_task(session, key, actor)
    refuse_closed(session, locked, task, actor)
    stands = standing(session, actor, task, locked.matter.root)
    if stands.is_assignee:
        raise Conflict(Sentence("You have this task already."))
    if not stands.is_superior:
        known = stands.may_do or stands.is_owner or stands.is_administrator or was_asked(actor, task)
        if not (known or may_see(session, actor, locked.matter.root)):
            raise no_such_task()
        raise NotAllowed(Sentence("Only a superior may take this task over."))
    if task.take_over_from is None:
        raise Refused(Sentence("This task has no due date, so nobody takes it over; it can be assigned."))
    if task.take_over_from > locked.matter.now:
        raise Refused(Sentence("A superior may take this task over from {time} on.", time=shown(task.take_over_from)))
    refuse_excluded(session, actor.person, task, locked.matter.root.starter)
    give(session, locked, task, actor.person, None, begins=True)
    details = {"from": task.assignee, "due_at": task.due_at, "take_over_from": task.take_over_from, **given}
    record(locked, task, "user_task.taken_over", actor, None, details)
    if task.assignee is not None:
        sentence = Sentence(
            "{person} took over {task}, which was due at {time}.",
            person=named(session, actor.person),
            task=Sentence(task.name),
            time=shown(task.due_at),
        )
        notifications.notify(session, [task.assignee], Notice("take_over", key, task.root_key, sentence))
    failures.close_incidents(locked.matter, lambda incident: names_nobody(incident, task), actor)
    locked.matter.save()


def mute(session: Session, key: int, actor: Actor, *, muted: bool = True) -> None:
    """Send the actor no more reminders of this task (or send them again); overdue notices come all the same."""
    locked, task = lock_task(session, key, actor)
    refuse_closed(session, locked, task, actor)
    stands = standing(session, actor, task, locked.matter.root)
    if not (stands.may_do or stands.is_owner):
        if not (stands.is_superior or was_asked(actor, task) or may_see(session, actor, locked.matter.root)):
            raise no_such_task()
        raise NotAllowed(Sentence("You get no reminders of this task."))
    table = UserTaskMute
    mine = (table.user_task_key == key, table.person_id == actor.person)
    is_muted = session.execute(select(table.person_id).where(*mine)).first() is not None
    if is_muted == muted:
        return
    if muted:
        session.add(table(user_task_key=key, person_id=actor.person))
        session.flush()
    else:
        session.execute(delete(table).where(*mine))
    record(locked, task, "user_task.muted" if muted else "user_task.unmuted", actor, None, {})
    locked.matter.save()
