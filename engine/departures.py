"""Somebody leaves (离职转办): his open tasks go to others, his delegations and posts end, his sign-in is closed.

``preview`` says what would be handed to whom and what stands in the way; ``leave`` does all of it in one act, or
nothing. Each task's new holder stands in the history of its matter, with the reason.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from engine import calendar, clock, process_instances, user_tasks
from engine.actor import Actor
from engine.errors import EngineError, FormRefused, NotAllowed, Refused
from engine.models import Assignment, Delegation, ProcessInstance, UserTask
from engine.models.user_task import CREATED
from engine.organisation import assignments, delegations, journal, people, rights, snapshot
from feel.sentences import Sentence


@dataclass(frozen=True, slots=True)
class HandOver:
    """One open task and whom it would go to; ``problem`` says why he may not have it.

    ``is_own``: it is about the acting person's own request, and so to whom it goes is not his to choose.
    """

    task: UserTask
    to: str | None
    problem: Sentence | None = None
    is_own: bool = False


@dataclass(frozen=True, slots=True)
class Departure:
    """What leaving means. ``drafts`` are his alone and go with him; ``emptied`` are queues that nobody else works."""

    person_id: str
    tasks: Sequence[HandOver]
    drafts: int
    delegations: Sequence[Delegation]
    assignments: Sequence[Assignment]
    emptied: Sequence[str]

    @property
    def is_possible(self) -> bool:
        """Whether every task has somebody who may have it."""
        return all(each.to is not None and each.problem is None for each in self.tasks)


def preview(
    session: Session,
    actor: Actor,
    person_id: str,
    successor: str | None = None,
    chosen: Mapping[int, str] | None = None,
) -> Departure:
    """What would be handed to whom: as ``chosen`` by task, else to the successor, else to the superior.

    What the actor himself started goes to the superior whatever was chosen.
    """
    rights.administrator(actor)
    _refuse_impossible(session, actor, person_id)
    today = calendar.local_date(clock.now())
    superior = user_tasks.heir(session, person_id)
    open_tasks = _open_tasks(session, person_id)
    handed = [
        _hand_over(session, actor, person_id, task, (chosen or {}).get(task.key) or successor, superior)
        for task, submitted in open_tasks
        if submitted
    ]
    return Departure(
        person_id,
        handed,
        len(_drafts(session, person_id)),
        _delegations(session, person_id, today),
        [
            entry
            for entry in assignments.of_person(session, person_id)
            if entry.ends_on is None or entry.ends_on >= today
        ],
        _emptied(session, person_id, today),
    )


def leave(
    session: Session,
    actor: Actor,
    person_id: str,
    *,
    reason: str,
    last_day: date,
    successor: str | None = None,
    chosen: Mapping[int, str] | None = None,
) -> int:
    """Hand everything over and close the sign-in; gives how many tasks were handed over.

    Raises :class:`FormRefused` with a sentence for each task (``task.<key>``) whose receiver may not have it.
    """
    given = rights.checked_reason(reason)
    if last_day > calendar.local_date(clock.now()):
        raise Refused(Sentence("The hand-over is made on the last day itself, or after it."), field="last_day")
    found = preview(session, actor, person_id, successor, chosen)
    problems = {
        f"task.{each.task.key}": [each.problem or Sentence("Choose who gets this task.")]
        for each in found.tasks
        if each.problem is not None or each.to is None
    }
    if problems:
        raise FormRefused(problems)
    for each in found.tasks:
        user_tasks.hand_over(session, each.task.key, actor, str(each.to), given)
    for delegation in found.delegations:
        delegations.revoke(session, actor, delegation.key)
    drafts = _drafts(session, person_id)
    people.deactivate(session, actor, person_id)
    for root_key in drafts:
        process_instances.discard(session, root_key, actor)
    assignments.end_all(session, actor, person_id, last_day)
    after = {"tasks": len(found.tasks), "ends_on": last_day, "reason": given}
    journal.record(session, actor, "person.handed_over", {"person": person_id}, after=after)
    return len(found.tasks)


def _refuse_impossible(session: Session, actor: Actor, person_id: str) -> None:
    if not people.get(session, person_id).active:
        raise Refused(Sentence("{person} does not work here any more.", person=person_id))
    if person_id == actor.person:
        raise NotAllowed(Sentence("Nobody deactivates himself; another administrator can do it."))


def _open_tasks(session: Session, person_id: str) -> list[tuple[UserTask, bool]]:
    """Open tasks that he has, or that a delegate has for him; and whether their matter is more than a draft."""
    statement = (
        select(UserTask, ProcessInstance.submitted_at)
        .join(ProcessInstance, ProcessInstance.key == UserTask.root_key)
        .where(UserTask.state == CREATED, or_(UserTask.assignee == person_id, UserTask.on_behalf_of == person_id))
        .order_by(UserTask.root_key, UserTask.key)
    )
    return [(task, submitted is not None) for task, submitted in session.execute(statement)]


def _drafts(session: Session, person_id: str) -> list[int]:
    statement = select(ProcessInstance.key).where(
        ProcessInstance.starter == person_id,
        ProcessInstance.parent_key.is_(None),
        ProcessInstance.submitted_at.is_(None),
        ProcessInstance.ended_at.is_(None),
    )
    return list(session.scalars(statement.order_by(ProcessInstance.key)))


def _hand_over(
    session: Session, actor: Actor, person_id: str, task: UserTask, wanted: str | None, superior: str | None
) -> HandOver:
    starter = session.get_one(ProcessInstance, task.root_key).starter
    is_own = starter == actor.person
    to, problem = superior if is_own else wanted or superior, None
    if to is None and is_own:
        problem = Sentence("This task is about your own request: another administrator has to hand it over.")
    elif to == person_id:
        problem = Sentence("{person} does not work here any more.", person=to)
    elif to is not None:
        try:
            user_tasks.refuse_unfit(session, task, to, starter)
        except EngineError as error:
            problem = error.sentence
    return HandOver(task, to, problem, is_own)


def _delegations(session: Session, person_id: str, today: date) -> list[Delegation]:
    statement = select(Delegation).where(
        or_(Delegation.owner_id == person_id, Delegation.delegate_id == person_id),
        Delegation.revoked_at.is_(None),
        Delegation.ends_on >= today,
    )
    return list(session.scalars(statement.order_by(Delegation.key)))


def _emptied(session: Session, person_id: str, today: date) -> list[str]:
    organisation = snapshot.of(session)
    return [
        code
        for code in sorted(organisation.posts_of(person_id, today))
        if organisation.posts[code].queue and set(organisation.holders(code, None, today)) == {person_id}
    ]
