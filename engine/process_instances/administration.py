"""What administrators do to a running matter: suspend and resume it. Always with a reason."""

from __future__ import annotations

from sqlalchemy.orm import Session

from engine.actor import Actor
from engine.errors import Conflict, NotAllowed
from engine.execution import Locked
from engine.process_instances.ending import checked_reason
from engine.process_instances.locking import lock_root
from feel.sentences import Sentence


def suspend(session: Session, key: int, actor: Actor, reason: str) -> None:
    """Nothing moves in the matter until it is resumed: no task can be completed, no timer fires."""
    locked = _administrated(session, key, actor)
    if locked.matter.root.suspended:
        raise Conflict(Sentence("This matter is suspended already."))
    _set_suspended(locked, suspended=True, reason=checked_reason(reason))


def resume(session: Session, key: int, actor: Actor, reason: str) -> None:
    """The matter goes on; what became due meanwhile is done now."""
    locked = _administrated(session, key, actor)
    if not locked.matter.root.suspended:
        raise Conflict(Sentence("This matter is not suspended."))
    _set_suspended(locked, suspended=False, reason=checked_reason(reason))


def _administrated(session: Session, key: int, actor: Actor) -> Locked:
    locked = lock_root(session, key, actor)
    if not (actor.is_administrator or actor.is_system):
        raise NotAllowed(Sentence("Only an administrator may do this to a matter."))
    return locked


def _set_suspended(locked: Locked, *, suspended: bool, reason: str) -> None:
    matter = locked.matter
    matter.root.suspended = suspended
    done = "process_instance.suspended" if suspended else "process_instance.resumed"
    matter.record(matter.root, done, details={"reason": reason}, actor=matter.actor)
    matter.save()
