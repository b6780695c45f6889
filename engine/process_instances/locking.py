"""Lock a matter for a command about it as a whole, for somebody who may know of it."""

from __future__ import annotations

from sqlalchemy.orm import Session

from engine.actor import Actor
from engine.errors import Conflict, NotAllowed, NotFound
from engine.execution import Locked, lock
from engine.process_instances.rights import may_see
from feel.sentences import Sentence


def lock_root(session: Session, key: int, actor: Actor) -> Locked:
    """The running matter of that key; auditors change nothing, and who may not see it learns nothing of it."""
    locked = lock(session, "instance", key, actor)
    if locked is None or not locked.instance.is_root or not may_see(session, actor, locked.matter.root):
        raise no_such_matter()
    if actor.is_auditor:
        raise NotAllowed(Sentence("Auditors read everything and change nothing."))
    if not locked.matter.root.is_active:
        raise Conflict(Sentence("This matter has ended."))
    return locked


def no_such_matter() -> NotFound:
    """The same words whether it does not exist or is not the actor's business."""
    return NotFound(Sentence("There is no such matter, or it is not open to you."))
