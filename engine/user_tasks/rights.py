"""What a task is to somebody: his own, his group's, his subordinate's, of whom he stands in for, or not his business.

Everything is denied unless there is a reason. Auditors act nowhere. Nobody does a task of his own request, unless the
diagram says ``allowSelf``, or one that ``differentFrom`` keeps apart from a task he did.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.actor import Actor
from engine.errors import NotAllowed, NotFound
from engine.execution import queues, separated
from engine.models import UserTaskCandidate
from engine.organisation import delegations, oversight, snapshot
from engine.organisation.superiors import is_superior
from engine.process_instances import rights as matters
from engine.process_instances.rights import Seen
from feel.sentences import Sentence


class Task(Protocol):
    """The columns of ``user_task`` that decide."""

    key: int
    root_key: int
    process_id: str
    assignee: str | None
    on_behalf_of: str | None
    resolution: Any
    properties: Any


@dataclass(frozen=True, slots=True)
class Standing:
    """What the task is to the actor. ``stands_in_for``: the absent owner for whom he may act, by delegation.

    ``is_superior``: he stands above who has it (or may claim it), or it is within what he oversees.
    """

    is_assignee: bool = False
    is_owner: bool = False
    is_candidate: bool = False
    stands_in_for: str | None = None
    is_superior: bool = False
    is_administrator: bool = False
    is_auditor: bool = False

    @property
    def may_do(self) -> bool:
        """Whether the actor could complete it (perhaps after claiming it)."""
        return not self.is_auditor and (self.is_assignee or self.is_candidate or self.stands_in_for is not None)

    @property
    def may_assign(self) -> bool:
        """Whether the actor could give it to somebody."""
        return not self.is_auditor and (self.is_superior or self.is_administrator)


def standing(session: Session, actor: Actor, task: Task, matter: Seen) -> Standing:
    """What the task is to the actor; asks the database only for what his being the assignee does not answer."""
    if actor.is_auditor or actor.is_system:
        return Standing(is_auditor=actor.is_auditor)
    owner, on_behalf_of = holder(session, task, matter.process_id)
    if owner == actor.person:
        return Standing(is_assignee=True, is_administrator=actor.is_administrator)
    own = owner if on_behalf_of is None else None  # what somebody has by delegation he cannot pass on
    stands_in = own is not None and delegations.stands(session, own, actor.person, matter.process_id, clock.now())
    subjects = {person for person in (owner, on_behalf_of) if person is not None}
    if task.assignee is None:  # whoever stands above those who may claim it stands above it too
        subjects |= queues.members(session, task, clock.now())
    return Standing(
        is_owner=on_behalf_of == actor.person,
        is_candidate=task.assignee is None and is_candidate(session, actor, task.key),
        stands_in_for=owner if stands_in else None,
        is_superior=(bool(subjects) and is_superior(session, actor.person, sorted(subjects)))
        or (not actor.is_administrator and _directs(session, actor, task, owner)),
        is_administrator=actor.is_administrator,
    )


def _directs(session: Session, actor: Actor, task: Task, owner: str | None) -> bool:
    resolution: Mapping[str, Any] = task.resolution or {}
    return oversight.of(session, actor).directs_holder(owner, resolution.get("groups", ()))


def holder(session: Session, task: Task, process_id: str) -> tuple[str | None, str | None]:
    """Who has the task now, and for whom: when a delegation ends, what was done under it returns to its owner."""
    assignee, owner = task.assignee, task.on_behalf_of
    if assignee is None or owner is None or delegations.stands(session, owner, assignee, process_id, clock.now()):
        return assignee, owner
    return owner, None


def is_candidate(session: Session, actor: Actor, task_key: int) -> bool:
    """Whether the actor is named as a candidate, himself or by a group."""
    groups = set(matters.groups_of(actor))
    rows = session.execute(
        select(UserTaskCandidate.kind, UserTaskCandidate.id).where(UserTaskCandidate.user_task_key == task_key)
    )
    named = {"person": {actor.person}, "group": groups}
    return any(row.id in named.get(row.kind, ()) for row in rows)


def was_asked(actor: Actor, task: Task) -> bool:
    """Whether the task was the actor's once, or in his queue: he may have it open still, and is owed an answer."""
    resolution: Mapping[str, Any] = task.resolution or {}
    persons = {resolution.get("assignee"), *resolution.get("persons", ()), *resolution.get("former", ())}
    return actor.person in persons or not set(resolution.get("groups", ())).isdisjoint(matters.groups_of(actor))


def refuse_excluded(session: Session, person: str, task: Task, starter: str) -> None:
    """Raise :class:`NotAllowed` for whom the task's rules keep out, whoever wants to give it to him."""
    resolution: Mapping[str, Any] = task.resolution or {}
    apart = separated(session, task.root_key, task.properties or {})
    if person not in apart and person not in resolution.get("excluded", ()):
        return
    if person == starter and person not in apart:
        raise NotAllowed(Sentence("Nobody decides on his own request."))
    raise NotAllowed(Sentence("Who did an earlier step of this matter may not do this one as well."))


def refuse_auditor(actor: Actor) -> None:
    """Raise :class:`NotAllowed` for auditors."""
    if actor.is_auditor:
        raise NotAllowed(Sentence("Auditors read everything and change nothing."))


def named(session: Session, person_id: str) -> Sentence | str:
    """The person as a part of a sentence, in the reader's language; the id itself if nobody has it."""
    person = snapshot.of(session).people.get(person_id)
    return person_id if person is None else person.sentence


def no_such_task() -> NotFound:
    """The same words whether it does not exist or is not the actor's business."""
    return NotFound(Sentence("There is no such task, or it is not open to you."))
