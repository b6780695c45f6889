"""Matters that started one another: written once, told in both histories, shown to whoever may see the other one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from engine import clock, history
from engine.actor import Actor
from engine.errors import NotFound
from engine.execution import Matter
from engine.keys import new_key
from engine.models import MatterLink, ProcessInstance
from engine.process_instances.rights import may_see
from feel.sentences import Sentence

LINKED = "process_instance.linked"


@dataclass(frozen=True, slots=True)
class Origin:
    """The step that starts another matter: its job, its instance, its matter and its element."""

    job_key: int
    key: int
    root_key: int
    element_id: str


@dataclass(frozen=True, slots=True)
class Link:
    """Another matter: ``direction`` "started" if ours started it, "started by" if it started ours."""

    direction: Literal["started", "started by"]
    matter: ProcessInstance
    element_id: str


def linked(session: Session, key: int, actor: Actor) -> Sequence[Link]:
    """The matters that belong to a matter, the oldest first; those that the actor may not see are left out."""
    rows = session.execute(
        select(MatterLink).where(or_(MatterLink.from_key == key, MatterLink.to_key == key)).order_by(MatterLink.key)
    ).scalars()
    found = []
    for row in rows.all():
        other = session.get_one(ProcessInstance, row.to_key if row.from_key == key else row.from_key)
        if may_see(session, actor, other):
            found.append(Link("started" if row.from_key == key else "started by", other, row.element_id))
    return found


def started_by_job(session: Session, job_key: int) -> int | None:
    """The matter that a job started, if it has."""
    return session.execute(select(MatterLink.to_key).where(MatterLink.job_key == job_key)).scalar_one_or_none()


def follow(session: Session, origin: Origin, key: int, root_key: int, actor: Actor) -> None:
    """Write that the matter of a step (its instance and root) follows from another one, which does not move now.

    The event of the matter that moves is flushed with its own step, that of the other one here, under its lock.
    """
    other = session.get(ProcessInstance, origin.root_key, with_for_update=True, populate_existing=True)
    if other is None:
        raise NotFound(Sentence("There is no such matter."))
    process_id = session.get_one(ProcessInstance, root_key).process_id
    _write(session, origin, root_key)
    step = Origin(origin.job_key, key, root_key, "")
    history.record(session, step, LINKED, actor, details={"direction": "started by", "matter": origin.root_key})
    details = {"direction": "started", "matter": root_key, "process_id": process_id}
    history.record(session, origin, LINKED, actor, origin.element_id, details)
    history.flush(session, other)
    session.flush()


def link(matter: Matter, origin: Origin, actor: Actor) -> None:
    """Write the link of a matter just begun; the other one's event is flushed with its own step."""
    root = matter.root
    matter.flush()
    _write(matter.session, origin, root.key)
    matter.record(root, LINKED, details={"direction": "started by", "matter": origin.root_key}, actor=actor)
    details = {"direction": "started", "matter": root.key, "process_id": root.process_id}
    history.record(matter.session, origin, LINKED, actor, origin.element_id, details)


def _write(session: Session, origin: Origin, to_key: int) -> None:
    session.add(
        MatterLink(
            key=new_key(),
            job_key=origin.job_key,
            from_key=origin.root_key,
            to_key=to_key,
            element_id=origin.element_id,
            created_at=clock.now(),
        )
    )
