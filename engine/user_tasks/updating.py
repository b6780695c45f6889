"""Change an open task from outside its diagram: when it is due, how urgent it is, who may claim it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert
from sqlalchemy import update as change
from sqlalchemy.orm import Session

from engine.actor import Actor
from engine.errors import FormRefused, NotAllowed
from engine.execution import Locked, deadlines
from engine.execution.tables import CANDIDATE, JOB, TASK
from engine.models.job import CANCELED, CREATED, FAILED
from engine.organisation import snapshot
from engine.process_instances.ending import checked_reason
from engine.process_instances.rights import may_see
from engine.user_tasks.claiming import record
from engine.user_tasks.locking import lock_task, refuse_closed
from engine.user_tasks.rights import Task, no_such_task, standing, was_asked
from feel.sentences import Sentence

DEFAULT_PRIORITY, HIGHEST_PRIORITY = 50, 100
_MOST_CANDIDATES = 100


def update(session: Session, key: int, actor: Actor, reason: str, changed: Mapping[str, Any]) -> None:
    """Change what ``changed`` names: due_date, follow_up_date, priority, candidate_groups, candidate_users.

    None takes a date or candidates away, and puts the priority back. For administrators and for superiors of who has
    the task, as handing it over is. Raises :class:`FormRefused` naming the field.
    """
    given = checked_reason(reason)
    locked, task = lock_task(session, key, actor)
    refuse_closed(session, locked, task, actor)
    stands = standing(session, actor, task, locked.matter.root)
    if not stands.may_assign:
        known = stands.may_do or stands.is_owner or was_asked(actor, task)
        if not (known or may_see(session, actor, locked.matter.root)):
            raise no_such_task()
        raise NotAllowed(Sentence("Only a superior or an administrator may change this task."))
    if actor.person == locked.matter.root.starter:
        raise NotAllowed(Sentence("Who works on a request is not for its own starter to say."))
    details: dict[str, Any] = {}
    for name, value in sorted(changed.items()):
        details[name] = {"before": _before(task, name), "after": value}
        _CHANGES[name](locked, task, value)
    if details:
        record(locked, task, "user_task.updated", actor, None, {"changes": details, "reason": given})
        locked.matter.save()


def _before(task: Any, name: str) -> Any:
    resolution: Mapping[str, Any] = task.resolution or {}
    return {
        "due_date": task.due_at,
        "follow_up_date": task.follow_up_at,
        "priority": task.priority,
        "candidate_groups": list(resolution.get("groups", ())),
        "candidate_users": list(resolution.get("persons", ())),
    }[name]


def _due_date(locked: Locked, task: Any, due_at: datetime | None) -> None:
    """The stages of the old date are over; those of the new one begin."""
    if due_at is not None and due_at <= locked.matter.now:
        raise FormRefused({"changeset.dueDate": [Sentence("The due date is in the past.")]})
    locked.matter.session.connection().execute(
        change(JOB)
        .where(
            JOB.c.process_instance_key == task.process_instance_key,
            JOB.c.element_instance == task.element_instance,
            JOB.c.kind == deadlines.DEADLINE,
            JOB.c.state.in_((CREATED, FAILED)),
        )
        .values(state=CANCELED, ended_at=locked.matter.now)
    )
    row = {column.name: getattr(task, column.name) for column in TASK.c} | {"due_at": due_at, "take_over_from": None}
    if due_at is not None:
        deadlines.begin(locked.matter, locked.instance, row)
    _write(locked, task, due_at=due_at, take_over_from=row["take_over_from"])


def _follow_up_date(locked: Locked, task: Any, follow_up_at: datetime | None) -> None:
    _write(locked, task, follow_up_at=follow_up_at)


def _priority(locked: Locked, task: Any, priority: int | None) -> None:
    wanted = DEFAULT_PRIORITY if priority is None else priority
    if not 0 <= wanted <= HIGHEST_PRIORITY:
        sentence = Sentence("A priority is a whole number from 0 to {highest}.", highest=HIGHEST_PRIORITY)
        raise FormRefused({"changeset.priority": [sentence]})
    _write(locked, task, priority=wanted)


def _candidate_groups(locked: Locked, task: Any, groups: Sequence[str] | None) -> None:
    organisation = snapshot.of(locked.matter.session)
    _candidates(locked, task, "group", "changeset.candidateGroups", groups or (), organisation.posts)


def _candidate_users(locked: Locked, task: Any, persons: Sequence[str] | None) -> None:
    organisation = snapshot.of(locked.matter.session)
    active = {person for person in organisation.people if organisation.is_active(person)}
    _candidates(locked, task, "person", "changeset.candidateUsers", persons or (), active)


def _candidates(
    locked: Locked, task: Any, kind: str, field: str, wanted: Sequence[str], known: Mapping[str, Any] | set[str]
) -> None:
    names = list(dict.fromkeys(wanted))
    unknown = [name for name in names if name not in known]
    if unknown:
        raise FormRefused({field: [Sentence("{id} is not known here.", id=unknown[0][:80])]})
    if len(names) > _MOST_CANDIDATES:
        raise FormRefused({field: [Sentence("At most {limit} candidates are accepted.", limit=_MOST_CANDIDATES)]})
    connection = locked.matter.session.connection()
    connection.execute(delete(CANDIDATE).where(CANDIDATE.c.user_task_key == task.key, CANDIDATE.c.kind == kind))
    if names:
        connection.execute(
            insert(CANDIDATE), [{"user_task_key": task.key, "kind": kind, "id": name} for name in names]
        )
    # read anew: groups and persons may both change in one act
    row = connection.execute(TASK.select().where(TASK.c.key == task.key)).one()
    resolution = {**(row.resolution or {}), {"group": "groups", "person": "persons"}[kind]: names}
    if not row.assignee and not resolution.get("groups") and not resolution.get("persons"):
        raise FormRefused({field: [Sentence("Nobody could do this task any more.")]})
    _write(locked, task, resolution=resolution)


def _write(locked: Locked, task: Task, **values: Any) -> None:
    locked.matter.session.connection().execute(change(TASK).where(TASK.c.key == task.key).values(**values))


_CHANGES: dict[str, Callable[[Locked, Any, Any], None]] = {
    "due_date": _due_date,
    "follow_up_date": _follow_up_date,
    "priority": _priority,
    "candidate_groups": _candidate_groups,
    "candidate_users": _candidate_users,
}
