"""Whose a task is: claim it from the queue, release it, hand it to somebody, take it back from one's delegate."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from engine import calendar, clock
from engine.actor import Actor
from engine.errors import Conflict, NotAllowed, NotFound, Refused
from engine.execution import Locked, failures, separated
from engine.execution.tables import CANDIDATE, TASK
from engine.models.user_task import CREATED
from engine.organisation import oversight, people, snapshot
from engine.process_instances.ending import checked_reason
from engine.process_instances.rights import may_see
from engine.user_tasks import attached
from engine.user_tasks.locking import lock_task, refuse_closed
from engine.user_tasks.rights import Task, named, no_such_task, refuse_excluded, standing, was_asked
from feel.sentences import Sentence


def claim(session: Session, key: int, actor: Actor) -> None:
    """Take a task from the queue, or back from one's delegate; raises :class:`Conflict` with who has it."""
    locked, task = lock_task(session, key, actor)
    refuse_closed(session, locked, task, actor)
    if task.assignee == actor.person:
        return  # claimed already: once more changes nothing
    stands = standing(session, actor, task, locked.matter.root)
    # is_assignee although the row names another: the delegation under which he had it has ended
    takes_back = stands.is_owner or stands.is_assignee or stands.stands_in_for is not None
    if not (stands.is_candidate or takes_back):
        known = stands.is_superior or stands.is_administrator or was_asked(actor, task)
        if not (known or may_see(session, actor, locked.matter.root)):
            raise no_such_task()
        if task.assignee is not None:
            raise Conflict(Sentence("{person} has this task already.", person=named(session, task.assignee)))
        raise NotAllowed(Sentence("This task waits for others; you may read it, not do it."))
    refuse_excluded(session, actor.person, task, locked.matter.root.starter)
    owners: Mapping[str, str] = (task.resolution or {}).get("owners", {})
    acts_for = stands.stands_in_for or (None if stands.is_owner else owners.get(actor.person))
    give(session, locked, task, actor.person, acts_for, begins=True)
    record(locked, task, "user_task.claimed", actor, acts_for, {"from": task.assignee})
    locked.matter.save()


def release(session: Session, key: int, actor: Actor) -> None:
    """Put a task back into its queue; only who has it can, and only where there is a queue."""
    locked, task = lock_task(session, key, actor)
    refuse_closed(session, locked, task, actor)
    if task.assignee != actor.person:
        if not (was_asked(actor, task) or may_see(session, actor, locked.matter.root)):
            raise no_such_task()
        raise NotAllowed(Sentence("Only who has a task can release it."))
    candidates = select(CANDIDATE.c.id).where(CANDIDATE.c.user_task_key == key, CANDIDATE.c.kind != "excluded")
    queue = session.execute(candidates.limit(1)).first()
    if queue is None:
        raise Refused(
            Sentence(
                "This task was given to you in person and has no queue; ask for it to be assigned to somebody else."
            )
        )
    give(session, locked, task, None, None)
    record(locked, task, "user_task.released", actor, task.on_behalf_of, {})
    locked.matter.save()


def assign(session: Session, key: int, actor: Actor, to: str, reason: str) -> None:
    """Give an open task to somebody else (转办): administrators, and superiors of who has it; with a reason."""
    given = checked_reason(reason)
    locked, task = lock_task(session, key, actor)
    refuse_closed(session, locked, task, actor)
    stands = standing(session, actor, task, locked.matter.root)
    if not stands.may_assign:
        known = stands.may_do or stands.is_owner or was_asked(actor, task)
        if not (known or may_see(session, actor, locked.matter.root)):
            raise no_such_task()
        raise NotAllowed(Sentence("Only a superior or an administrator may assign this task."))
    if actor.person == locked.matter.root.starter:
        raise NotAllowed(Sentence("Who works on a request is not for its own starter to say."))
    refuse_unfit(session, task, to, locked.matter.root.starter)
    if to not in _choice(session, actor, task):
        raise NotAllowed(
            Sentence(
                "{person} neither holds a post that this task is for nor works beneath you; an administrator can "
                "assign it so.",
                person=named(session, to),
            )
        )
    if task.assignee == to:
        raise Conflict(Sentence("{person} has this task already.", person=named(session, to)))
    give(session, locked, task, to, None)
    record(locked, task, "user_task.assigned", actor, None, {"from": task.assignee, "to": to, "reason": given})
    failures.close_incidents(locked.matter, lambda incident: names_nobody(incident, task), actor)
    locked.matter.save()


def hand(session: Session, key: int, actor: Actor, to: str, reason: str, *, override: bool = True) -> None:
    """Claim a task for oneself, or assign it to somebody, whichever the actor may; who has it already keeps it.

    ``override``: False refuses with :class:`Conflict` where somebody else has the task.
    """
    locked, task = lock_task(session, key, actor)
    refuse_closed(session, locked, task, actor)
    stands = standing(session, actor, task, locked.matter.root)
    involved = stands.may_do or stands.is_owner or stands.may_assign
    if not (involved or was_asked(actor, task) or may_see(session, actor, locked.matter.root)):
        raise no_such_task()
    if task.assignee == to:
        return
    if task.assignee is not None and not override:
        raise Conflict(Sentence("{person} has this task already.", person=named(session, task.assignee)))
    if to == actor.person and (stands.may_do or stands.is_owner or not stands.may_assign):
        claim(session, key, actor)
    else:
        assign(session, key, actor, to, reason)


def assignable(session: Session, actor: Actor, task: Task) -> tuple[str, ...]:
    """The ids of those to whom the actor may give the task, who holds the same post first."""
    if actor.is_auditor:
        raise NotAllowed(Sentence("Auditors read everything and change nothing."))
    same = _fitting(session, task)
    others = _choice(session, actor, task) - same
    kept_out = {task.assignee, *(task.resolution or {}).get("excluded", ())}
    kept_out |= separated(session, task.root_key, task.properties or {})
    now = clock.now()
    return tuple(
        person
        for person in (*sorted(same), *sorted(others))
        if person not in kept_out and not people.actor(session, person, now).is_auditor
    )


def _choice(session: Session, actor: Actor, task: Task) -> frozenset[str]:
    """Administrators give a task to anybody; managers to whom it fits, to who is beneath them, to themselves."""
    organisation = snapshot.of(session)
    if actor.is_administrator or actor.is_system:
        return frozenset(person.id for person in organisation.people.values() if person.active)
    beneath = oversight.of(session, actor).people
    return _fitting(session, task) | {actor.person, *(person for person in beneath if organisation.is_active(person))}


def _fitting(session: Session, task: Task) -> frozenset[str]:
    """Who holds a post that the task waits for, or one that who has it, had it or should have had it holds."""
    organisation, day = snapshot.of(session), calendar.local_date(clock.now())
    resolution: Mapping[str, Any] = task.resolution or {}
    asked = {task.assignee, task.on_behalf_of, resolution.get("assignee"), *resolution.get("persons", ())} - {None}
    posts = set(resolution.get("groups", ())).union(*(organisation.posts_of(str(one), day) for one in asked))
    return frozenset(person for post in posts for person in organisation.holders(post, None, day))


def refuse_unfit(session: Session, task: Task, to: str, starter: str) -> None:
    """Raise for whom the task cannot be given to: nobody, who left, auditors, whom its rules keep out."""
    organisation = snapshot.of(session)
    if to not in organisation.people:
        raise NotFound(Sentence("There is no person {person}.", person=to))
    if not organisation.is_active(to):
        raise Refused(Sentence("{person} does not work here any more.", person=named(session, to)))
    if people.actor(session, to, clock.now()).is_auditor:
        raise Refused(Sentence("{person} is an auditor, who changes nothing.", person=named(session, to)))
    refuse_excluded(session, to, task, starter)


def opened(session: Session, key: int, actor: Actor) -> None:
    """Remember when whoever has the task first opened it: until then it waited. Anybody else only looks."""
    table = TASK.c
    mine = (table.key == key, table.state == CREATED, table.assignee == actor.person, table.begun_at.is_(None))
    session.connection().execute(update(TASK).where(*mine).values(begun_at=clock.now()))


def give(
    session: Session, locked: Locked, task: Any, person: str | None, acts_for: str | None, *, begins: bool = False
) -> None:
    """A draft stays with who wrote it, and its files too: they go when the task does. ``begins``: the taker acts."""
    resolution = dict(task.resolution or {})
    if task.assignee is not None:
        resolution["former"] = sorted({*resolution.get("former", ()), task.assignee})
    session.connection().execute(
        update(TASK)
        .where(TASK.c.key == task.key)
        .values(
            assignee=person,
            on_behalf_of=acts_for,
            claimed_at=None if person is None else locked.matter.now,
            begun_at=task.begun_at or (locked.matter.now if begins else None),
            draft=None,
            resolution=resolution,
        )
    )
    attached.hand_over(session, task, task.form_key, person)


def record(
    locked: Locked, task: Any, event_type: str, actor: Actor, acts_for: str | None, details: Mapping[str, Any]
) -> None:
    """Tell history what was done with the task."""
    locked.matter.record(
        locked.instance,
        event_type,
        element_id=task.element_id,
        details={"task": task.key, "name": task.name, **details},
        actor=actor,
        on_behalf_of=acts_for,
    )


def names_nobody(incident: Mapping[str, Any], task: Any) -> bool:
    """Whether an open incident is that nobody was found for this task."""
    attempt = incident["attempt"] or {}
    return bool(
        incident["kind"] == "assignment"
        and incident["process_instance_key"] == task.process_instance_key
        and attempt.get("element_instance") == task.element_instance
    )
