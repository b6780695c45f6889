"""What is done to a running matter from outside: suspend, resume, return, jump, skip, modify. Always with a reason.

The first three are for the managers of its unit as well, the others for administrators; nobody does any of it to a
matter that he started himself.

Return, jump and skip keep the matter consistent by themselves: nothing is done twice, no join waits for ever.
``modify`` does what it is told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from engine import history
from engine.actor import Actor
from engine.errors import Conflict, NotAllowed, Refused
from engine.execution import Instance, Locked, Matter, calls, refuse_suspended
from engine.process_instances.ending import checked_reason
from engine.process_instances.locking import lock_root, no_such_matter
from engine.process_instances.rights import may_steer, refuse_undirected
from engine.runtime import Activation
from feel.sentences import Sentence


def suspend(session: Session, key: int, actor: Actor, reason: str) -> None:
    """Nothing moves in the matter until it is resumed: no task can be completed, no timer fires."""
    locked = _directed(session, key, actor)
    if locked.matter.root.suspended:
        raise Conflict(Sentence("This matter is suspended already."))
    _set_suspended(locked, suspended=True, reason=checked_reason(reason))


def resume(session: Session, key: int, actor: Actor, reason: str) -> None:
    """The matter goes on; what became due meanwhile is done now."""
    locked = _directed(session, key, actor)
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
    matter, instance = _moved(session, key, actor, process_instance_key)
    details = {
        "reason": given,
        "terminated": list(terminate),
        "activated": [activation.element_id for activation in activate],
        "variables": {activation.element_id: matter.told(activation.variables) for activation in activate},
    }
    matter.record(instance, "process_instance.modified", details=details, actor=actor)
    matter.run(instance, lambda workflow: workflow.modify(terminate=terminate, activate=activate))
    matter.save()


def send_back(
    session: Session,
    key: int,
    actor: Actor,
    reason: str,
    *,
    to: str,
    ending: Sequence[str] = (),
    process_instance_key: int | None = None,
) -> None:
    """Return to an element that was completed before, and do what follows it again (退回).

    ``ending``: element instance ids of what is given up for it; without any, the only one that waits. Whatever
    ``to`` leads to again is ended with it.
    """
    given = checked_reason(reason)
    matter, instance = _meant(_directed(session, key, actor), key, process_instance_key)
    done = any(
        to in event.details.get("completed", ())
        for event in history.timeline(session, matter.root.key)
        if event.process_instance_key == instance.key and event.type == "process_instance.advanced"
    )
    if not done:
        raise Refused(Sentence("{element} was not done yet; there is nothing to return to.", element=to[:80]))
    _jump(matter, instance, "return", given, to, ending, {})


def jump(
    session: Session,
    key: int,
    actor: Actor,
    reason: str,
    *,
    to: str,
    ending: Sequence[str] = (),
    variables: Mapping[str, Any] | None = None,
    process_instance_key: int | None = None,
) -> None:
    """Go on at any element instead of what waits (跳转); ``ending`` as of :func:`send_back`.

    ``variables`` are set where the element begins, for what the steps in between would have given.
    """
    given = checked_reason(reason)
    matter, instance = _moved(session, key, actor, process_instance_key)
    _jump(matter, instance, "jump", given, to, ending, variables or {})


def skip(
    session: Session,
    key: int,
    actor: Actor,
    reason: str,
    *,
    element_instance: str,
    variables: Mapping[str, Any] | None = None,
    process_instance_key: int | None = None,
) -> None:
    """Go on behind one step without it (跳过), with these variables in its place."""
    given = checked_reason(reason)
    matter, instance = _moved(session, key, actor, process_instance_key)
    details = {
        "reason": given,
        "act": "skip",
        "terminated": [element_instance],
        "variables": matter.told(variables or {}),
    }
    matter.record(instance, "process_instance.modified", details=details, actor=actor)
    matter.run(instance, lambda workflow: workflow.skip(element_instance, variables))
    matter.save()


def _jump(  # what, how, why, where
    matter: Matter,
    instance: Instance,
    act: str,
    reason: str,
    to: str,
    ending: Sequence[str],
    variables: Mapping[str, Any],
) -> None:
    given_up = list(dict.fromkeys(ending)) or _only_wait(matter, instance)
    ended: list[str] = []
    matter.act(instance, lambda workflow: ended.extend(workflow.jump(given_up, to, variables)))
    details = {
        "reason": reason,
        "act": act,
        "terminated": ended,
        "activated": [to],
        "variables": {to: matter.told(variables)},
    }
    matter.record(instance, "process_instance.modified", details=details, actor=matter.actor)
    matter.settle()
    matter.save()


def _only_wait(matter: Matter, instance: Instance) -> list[str]:
    standing = {occurrence.element_instance_id for occurrence in matter.workflow(instance).active}
    waits = [
        wait.element_instance_id for wait in matter.workflow(instance).waiting if wait.element_instance_id in standing
    ]
    if len(waits) != 1:
        raise Refused(Sentence("{count} steps are open; say which of them to give up.", count=len(waits)))
    return waits


def _moved(session: Session, key: int, actor: Actor, process_instance_key: int | None) -> tuple[Matter, Instance]:
    """The matter for an administrator, and the instance of it that is meant."""
    return _meant(_administrated(session, key, actor), key, process_instance_key)


def _meant(locked: Locked, key: int, process_instance_key: int | None) -> tuple[Matter, Instance]:
    matter = locked.matter
    refuse_suspended(matter)
    if process_instance_key is None or process_instance_key == key:
        return matter, matter.root
    called = [child for child in calls.active_called(matter) if child.key == process_instance_key]
    if not called:
        raise no_such_matter()
    return matter, called[0]


def _directed(session: Session, key: int, actor: Actor) -> Locked:
    """The matter for whoever may direct it: a manager of its unit or an administrator, never on his own request."""
    locked = lock_root(session, key, actor)
    refuse_undirected(session, actor, locked.matter.root)
    return locked


def _administrated(session: Session, key: int, actor: Actor) -> Locked:
    locked = lock_root(session, key, actor)
    if not may_steer(actor):
        raise NotAllowed(Sentence("Only an administrator may do this to a matter."))
    refuse_undirected(session, actor, locked.matter.root)
    return locked


def _set_suspended(locked: Locked, *, suspended: bool, reason: str) -> None:
    matter = locked.matter
    matter.root.suspended = suspended
    done = "process_instance.suspended" if suspended else "process_instance.resumed"
    matter.record(matter.root, done, details={"reason": reason}, actor=matter.actor)
    matter.save()
