"""What administrators do to a running matter: suspend, resume, and move its tokens. Always with a reason."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from engine.actor import Actor
from engine.errors import Conflict, NotAllowed
from engine.execution import Locked, calls, refuse_suspended
from engine.process_instances.ending import checked_reason
from engine.process_instances.locking import lock_root, no_such_matter
from engine.runtime import Activation
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


def modify(
    session: Session,
    key: int,
    actor: Actor,
    reason: str,
    *,
    terminate: Sequence[str] = (),
    activate: Sequence[Activation] = (),
    process_instance_key: int | None = None,
) -> None:
    """End these occurrences of elements and begin those elements, in the matter or one of its called processes.

    ``terminate``: element instance ids; ``activate``: elements with their variables. One act: all of it or nothing.
    """
    given = checked_reason(reason)
    locked = _administrated(session, key, actor)
    matter, instance = locked.matter, locked.matter.root
    if process_instance_key is not None and process_instance_key != key:
        called = [child for child in calls.active_called(matter) if child.key == process_instance_key]
        if not called:
            raise no_such_matter()
        instance = called[0]
    refuse_suspended(matter)
    details = {
        "reason": given,
        "terminated": list(terminate),
        "activated": [activation.element_id for activation in activate],
        "variables": {activation.element_id: dict(activation.variables) for activation in activate},
    }
    matter.record(instance, "process_instance.modified", details=details, actor=actor)
    matter.run(instance, lambda workflow: workflow.modify(terminate=terminate, activate=activate))
    matter.save()


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
