"""End a matter from outside its diagram's course: discard a draft, withdraw a request, cancel by administration."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.actor import Actor
from engine.errors import Conflict, NotAllowed, Refused
from engine.execution import Locked, Matter, calls, correlation, lock, refuse_suspended
from engine.models import ProcessInstance, Subscription
from engine.models.process_instance import ACTIVE, CANCELED
from engine.organisation import snapshot
from engine.process_instances.locking import lock_root
from engine.process_instances.rights import refuse_undirected
from engine.stored_files import ATTACHMENT, drop
from feel.sentences import Sentence

WITHDRAW = "withdraw"
"""The message that a diagram waits for where its starter may still withdraw."""

_REASON_LENGTH = 1000


def discard(session: Session, key: int, actor: Actor) -> None:
    """Throw a draft away; only its starter can, and only before he submitted it.

    When its starter has left, an administrator can; he need not have seen it for that.
    """
    locked = _draft_of_leaver(session, key, actor) or lock_root(session, key, actor)
    root = locked.matter.root
    if actor.person != root.starter and snapshot.of(session).is_active(root.starter):
        raise NotAllowed(Sentence("Only who started a matter may discard it."))
    if root.submitted_at is not None:
        raise Conflict(Sentence("This matter was submitted already; it can be withdrawn, not discarded."))
    _end(locked.matter, "discarded")
    drop(session, ATTACHMENT.c.root_key == root.key)  # nobody but the starter ever saw them
    locked.matter.record(root, "process_instance.discarded", actor=actor)
    locked.matter.save()


def _draft_of_leaver(session: Session, key: int, actor: Actor) -> Locked | None:
    """The draft under its lock, if its starter works here no more and an administrator asks."""
    locked = lock(session, "instance", key, actor) if actor.is_administrator else None
    if locked is None or locked.matter.root.submitted_at is not None or not locked.matter.root.is_active:
        return None
    return None if snapshot.of(session).is_active(locked.matter.root.starter) else locked


def withdraw(session: Session, key: int, actor: Actor, reason: str) -> None:
    """The starter takes the request back, as long as the diagram lets him."""
    given = checked_reason(reason)
    locked = lock_root(session, key, actor)
    matter, root = locked.matter, locked.matter.root
    if actor.person != root.starter:
        raise NotAllowed(Sentence("Only who started a matter may withdraw it."))
    if root.submitted_at is None:
        raise Conflict(Sentence("This matter is still a draft; discard it instead."))
    refuse_suspended(matter)
    waiting = _open_withdrawal(session, locked)
    if waiting is None:
        raise Conflict(Sentence("This matter cannot be withdrawn any more: it was decided, or is being carried out."))
    matter.record(root, "process_instance.withdrawn", details={"reason": given}, actor=actor)
    with matter.attempt(root, "process_instances.withdraw", {"key": key, "reason": reason}):
        instance = matter.instance(waiting.process_instance_key)
        correlation.receive(matter, instance, waiting.element_id, waiting.element_instance, WITHDRAW, {})
        matter.settle()
    matter.save()


def cancel(session: Session, key: int, actor: Actor, reason: str) -> None:
    """A manager of its unit or an administrator ends a matter, whatever it waits for."""
    given = checked_reason(reason)
    locked = lock_root(session, key, actor)
    refuse_undirected(session, actor, locked.matter.root)
    _end(locked.matter, "canceled")
    locked.matter.record(locked.matter.root, "process_instance.canceled", details={"reason": given}, actor=actor)
    locked.matter.save()


def may_withdraw(session: Session, matter: ProcessInstance, actor: Actor) -> bool:
    """Whether a withdrawal by the actor would be accepted now."""
    if actor.person != matter.starter or matter.state != ACTIVE or matter.submitted_at is None or matter.suspended:
        return False
    return session.execute(_withdrawals(matter.root_key)).first() is not None


def checked_reason(reason: str) -> str:
    """A reason that says something: what is done to a matter from outside is always explained."""
    stripped = reason.strip()
    if not stripped:
        raise Refused(Sentence("Please give a reason."))
    if len(stripped) > _REASON_LENGTH:
        raise Refused(Sentence("The reason is longer than {limit} characters.", limit=_REASON_LENGTH))
    return stripped


def _end(matter: Matter, outcome: str) -> None:
    root = matter.root
    for child in calls.active_called(matter):
        calls.cancel(matter, child)
    calls.cancel_tasks(matter, root)
    root.state = CANCELED
    root.outcome = outcome
    root.ended_at = matter.now
    root.state_bytes = None


def _open_withdrawal(session: Session, locked: Locked) -> Subscription | None:
    """The open subscription nearest to the root."""
    found = session.execute(_withdrawals(locked.matter.root.key)).scalars().all()
    return min(found, key=lambda item: (item.process_instance_key != item.root_key, item.key), default=None)


def _withdrawals(root_key: int):  # type: ignore[no-untyped-def] # noqa: ANN202 - SQLAlchemy infers the row
    return select(Subscription).where(
        Subscription.root_key == root_key, Subscription.kind == "message", Subscription.name == WITHDRAW
    )
