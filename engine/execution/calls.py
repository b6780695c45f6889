"""Called processes: instances of their own under their root's lock; a child's end goes to the call that waits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, select

from engine import deployments
from engine.errors import ExecutionFailed
from engine.execution import instance as instances
from engine.execution.instance import Instance
from engine.execution.tables import TASK
from engine.keys import new_key
from engine.models import user_task as task_states
from engine.models.process_instance import ACTIVE, CANCELED
from engine.runtime import Workflow
from engine.runtime.changes import EscalationThrown, ProcessCalled, ProcessEnded, Variables
from engine.statements import constant
from feel.sentences import Sentence

if TYPE_CHECKING:
    from engine.execution.matter import Matter

MAXIMUM_DEPTH = 30
"""How deep processes may call one another."""

_ACTIVE_CALLED = select(*(instances.TABLE.c[name] for name in instances.COLUMNS)).where(
    instances.TABLE.c.root_key == bindparam("root_key"),
    instances.TABLE.c.parent_key.is_not(None),
    instances.TABLE.c.state == ACTIVE,
)
_OPEN_TASKS = select(TASK.c.element_instance, TASK.c.element_id).where(
    TASK.c.root_key == bindparam("root_key"),  # that is what there is an index of
    TASK.c.process_instance_key == bindparam("key"),
    TASK.c.state == constant(task_states.CREATED),
)


def call(matter: Matter, instance: Instance, change: ProcessCalled) -> None:
    """A call activity waits for a process: it starts as soon as the changes at hand are projected."""
    matter.rows.inside.add((instance.key, change.element_instance_id))
    matter.later(lambda: _start(matter, instance, change))


def _start(matter: Matter, parent: Instance, change: ProcessCalled) -> None:
    if not parent.is_active or (parent.key, change.element_instance_id) not in matter.rows.inside:
        return  # interrupted by what followed before its turn
    if _depth(matter, parent) >= MAXIMUM_DEPTH:
        raise ExecutionFailed(
            Sentence("Processes call one another more than {limit} levels deep.", limit=MAXIMUM_DEPTH),
            element_id=change.element_id,
            kind="token",
        )
    definition_key = deployments.called_process(
        matter.session, parent.definition_key, change.process_id, change.binding, change.version_tag
    )
    child = Instance(
        key=new_key(),
        definition_key=definition_key,
        process_id=change.process_id,
        root_key=matter.root.key,
        parent_key=parent.key,
        parent_element_instance=change.element_instance_id,
        starter=matter.root.starter,
        store=matter.root.store,
        started_at=matter.now,
        submitted_at=matter.now,
        is_stored=False,
    )
    matter.add(child)
    details = {"process_id": change.process_id, "definition": definition_key, "process_instance": child.key}
    matter.record(parent, "call.started", element_id=change.element_id, details=details)
    start(matter, child, change.variables)


def start(matter: Matter, instance: Instance, variables: Variables, start_element: str | None = None) -> None:
    """Begin the workflow of a new instance."""
    instance.stepped = True
    instance.workflow = Workflow.start(
        matter.process(instance), variables, matter.host(instance), start_element=start_element
    )


def end_called(matter: Matter, child: Instance, change: ProcessEnded) -> None:
    """A called process ended: its call activity goes on, or gets the error."""
    matter.later(lambda: _return(matter, child, change))


def _return(matter: Matter, child: Instance, change: ProcessEnded) -> None:
    if child.parent_key is None or child.parent_element_instance is None:
        raise AssertionError("a called process without a caller")
    parent, waiting = matter.instance(child.parent_key), child.parent_element_instance
    matter.record(
        child,
        "call.ended",
        element_id=change.end_event_id,
        details={"outcome": change.end_event_id, "kind": change.kind, "error_code": change.error_code},
    )
    if not _waits(matter, parent, waiting):
        return  # an escalation has interrupted the call before the end
    if change.kind == "error":
        code = change.error_code or ""
        matter.act(parent, lambda workflow: workflow.throw_error(waiting, code, "", change.variables))
    else:
        matter.act(parent, lambda workflow: workflow.complete(waiting, change.variables))


def escalate(matter: Matter, child: Instance, change: EscalationThrown) -> None:
    """Nothing in the called process caught it: it goes to the border of the call; of a matter itself, nowhere."""
    if child.parent_key is None or child.parent_element_instance is None:
        return
    parent, waiting = matter.instance(child.parent_key), child.parent_element_instance

    def throw() -> None:
        if _waits(matter, parent, waiting):
            matter.act(parent, lambda workflow: workflow.throw_escalation(waiting, change.code))

    matter.later(throw)


def _waits(matter: Matter, parent: Instance, element_instance: str) -> bool:
    """Whether the call is still open."""
    if not parent.is_active:
        return False
    return any(wait.element_instance_id == element_instance for wait in matter.workflow(parent).waiting)


def cancel_called(matter: Matter, parent: Instance, element_instance: str) -> None:
    """The call activity was interrupted: what it called is cancelled, and what that called."""
    for child in active_called(matter):
        if child.parent_key == parent.key and child.parent_element_instance == element_instance:
            cancel(matter, child)


def cancel(matter: Matter, instance: Instance) -> None:
    """Cancel a called process with all that it called."""
    if not instance.is_active:
        return
    instance.state = CANCELED
    instance.outcome = "terminated"
    instance.ended_at = matter.now
    instance.state_bytes = None
    instance.workflow = None
    instance.stepped = True
    cancel_tasks(matter, instance)
    matter.record(instance, "call.ended", details={"outcome": "terminated"})
    for child in active_called(matter):
        if child.parent_key == instance.key:
            cancel(matter, child)


def cancel_tasks(matter: Matter, instance: Instance) -> None:
    """Nothing of the instance waits any more; history names each task that somebody was asked to do."""
    matter.flush()
    stored = matter.session.connection().execute(_OPEN_TASKS, {"root_key": matter.root.key, "key": instance.key})
    waits = {row.element_instance: row.element_id for row in stored}
    for wait, row in matter.rows.tasks.items():
        if wait[0] == instance.key and row["state"] == task_states.CREATED:
            waits[wait[1]] = row["element_id"]
    for element_instance, element_id in sorted(waits.items()):
        if not matter.rows.is_closed((instance.key, element_instance)):
            details = {"element_instance": element_instance}
            matter.record(instance, "user_task.canceled", element_id=element_id, details=details)
    matter.rows.end_instance(instance.key, interrupted=True)


def active_called(matter: Matter) -> list[Instance]:
    """Every running called process of the matter, as this transaction has it."""
    for row in matter.session.connection().execute(_ACTIVE_CALLED, {"root_key": matter.root.key}):
        matter.add(Instance(**row._asdict()))
    return [item for item in matter.instances.values() if not item.is_root and item.is_active]


def _depth(matter: Matter, instance: Instance) -> int:
    depth = 1
    while instance.parent_key is not None:
        instance = matter.instance(instance.parent_key)
        depth += 1
    return depth
