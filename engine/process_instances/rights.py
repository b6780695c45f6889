"""Who may see a matter, start one, or steer one that runs: denied unless there is a reason.

A draft is its starter's alone. Afterwards a matter is seen by its starter, by whoever has, may claim, did or
delegated one of its tasks, by whom a copy went to, by the superiors of its starter and of who works on it, by whose
unit it belongs to, by administrators and auditors.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from sqlalchemy import ColumnElement, and_, false, or_, select
from sqlalchemy.orm import Session

from engine import clock
from engine.actor import Actor
from engine.errors import NotAllowed
from engine.execution import queues
from engine.models import Notification, ProcessInstance, UserTask, UserTaskCandidate
from engine.models.user_task import CREATED
from engine.organisation import delegations, oversight
from engine.organisation.oversight import Oversight
from engine.organisation.superiors import is_superior


class Seen(Protocol):
    """What decides of a root instance: a row of ``process_instance`` or one like it."""

    @property
    def root_key(self) -> int: ...  # noqa: D102 - the column of that name

    @property
    def process_id(self) -> str: ...  # noqa: D102 - the column of that name

    @property
    def starter(self) -> str: ...  # noqa: D102 - the column of that name

    @property
    def store(self) -> str | None: ...  # noqa: D102 - the column of that name

    @property
    def submitted_at(self) -> datetime | None: ...  # noqa: D102 - the column of that name


def may_start(actor: Actor, properties: Mapping[str, str]) -> bool:
    """Whether the actor holds one of the posts that the process names in ``starterPosts``.

    A process that names none is started by the system and by administrators only.
    """
    if actor.is_auditor:
        return False
    posts = {name.strip() for name in properties.get("starterPosts", "").split(",")} - {""}
    return actor.is_system or actor.is_administrator or bool(posts & actor.posts)


def groups_of(actor: Actor) -> tuple[str, ...]:
    """The groups whose tasks the actor may claim: every post held is one."""
    return tuple(sorted(actor.groups | actor.posts))


def may_steer(actor: Actor) -> bool:
    """Whether the actor may move any matter through its diagram as he likes."""
    return not actor.is_auditor and (actor.is_administrator or actor.is_system)


def may_see(session: Session, actor: Actor, matter: Seen) -> bool:
    """Whether the actor may read the matter."""
    if actor.is_system or actor.person == matter.starter:
        return True
    if matter.submitted_at is None:
        return False
    if oversight.of(session, actor).covers(matter):
        return True
    tasks = session.execute(
        select(
            UserTask.assignee, UserTask.on_behalf_of, UserTask.completed_by, UserTask.state, UserTask.resolution
        ).where(UserTask.root_key == matter.root_key)
    ).all()
    if any(actor.person in {task.assignee, task.on_behalf_of, task.completed_by} for task in tasks):
        return True
    if _is_candidate(session, actor, matter.root_key) or _has_copy(session, actor, matter.root_key):
        return True
    working = {task.assignee for task in tasks if task.state == CREATED and task.assignee is not None}
    now = clock.now()
    queued = [task for task in tasks if task.state == CREATED and task.assignee is None]
    claiming = {person for task in queued for person in queues.members(session, task, now)}
    if any(delegations.stands(session, owner, actor.person, matter.process_id, now) for owner in sorted(working)):
        return True
    return is_superior(session, actor.person, [matter.starter, *sorted(working | claiming)])


def overseen(found: Oversight) -> ColumnElement[bool]:
    """The condition on root instances that stands for :meth:`Oversight.covers`; drafts are nobody else's."""
    submitted = ProcessInstance.submitted_at.is_not(None)
    if found.everything:
        return submitted
    started: ColumnElement[bool] = ProcessInstance.starter.in_(sorted(found.starters))
    if found.system_started:
        started = or_(started, ProcessInstance.starter.startswith("system:"))
    return and_(submitted, ProcessInstance.store.in_(sorted(found.stores)), started) if found.stores else false()


def refuse_undirected(session: Session, actor: Actor, matter: Seen) -> None:
    """Raise :class:`NotAllowed` with the reason unless the matter is the actor's to suspend, send back or cancel."""
    if actor.is_system:
        return
    refusal = oversight.of(session, actor).refusal(matter)
    if refusal is not None:
        raise NotAllowed(refusal)


def _is_candidate(session: Session, actor: Actor, root_key: int) -> bool:
    claimable = (
        select(UserTask.key)
        .join(UserTaskCandidate, UserTaskCandidate.user_task_key == UserTask.key)
        .where(
            UserTask.root_key == root_key,
            UserTask.state == CREATED,
            or_(
                and_(UserTaskCandidate.kind == "group", UserTaskCandidate.id.in_(groups_of(actor))),
                and_(UserTaskCandidate.kind == "person", UserTaskCandidate.id == actor.person),
            ),
        )
        .limit(1)
    )
    return session.execute(claimable).first() is not None


def _has_copy(session: Session, actor: Actor, root_key: int) -> bool:
    copies = select(Notification.key).where(Notification.person_id == actor.person, Notification.root_key == root_key)
    return session.execute(copies.limit(1)).first() is not None
