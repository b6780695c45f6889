"""Bring a running instance to another version of its process: first a preview, then all of it or nothing.

Occurrences keep their ids, variables and due times. An element goes to the one of the same id, or to the one that the
mapping names; it has to be of the same kind and in the same (mapped) scope, and wait for the same. Events at the
border and event subprocesses follow the new drawing: those that are gone are withdrawn, new ones begin to wait, and
one that has had its turn already does not get another. What was asked for before the migration (a job, a called
process) is done as it was asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from SpiffWorkflow.util.task import TaskState

from engine.errors import Refused
from engine.runtime.changes import ElementMigrated, UserTaskMigrated, WaitClosed
from engine.runtime.dialect.model import Event
from engine.runtime.instance import Instance
from engine.runtime.markings import can_come_to, marking, standing
from engine.runtime.specs.activities import PersonTask, form_of
from engine.runtime.specs.build import Plan
from engine.runtime.specs.events import BoundaryEvent, CatchEvent
from engine.runtime.specs.gateways import EventBasedGateway, ParallelGateway
from engine.runtime.specs.loops import MultiInstanceBody
from engine.runtime.specs.node import CHILD, Node
from engine.runtime.specs.subprocesses import EventSubprocess
from engine.runtime.token import OF_SCOPE, Token
from engine.runtime.variables import Variables
from feel.sentences import Sentence


@dataclass(frozen=True, slots=True)
class Blocked:
    """Why an occurrence cannot go to the other version."""

    element_id: str
    element_instance_id: str
    sentence: Sentence


def preview(instance: Instance, plan: Plan, mapping: Mapping[str, str]) -> tuple[Blocked, ...]:
    """What stands in the way; nothing is changed."""
    blocked = tuple(_blocked(instance, plan, mapping))
    return blocked or tuple(_astray(instance, _carried(instance, plan, mapping)))


def migrate(instance: Instance, plan: Plan, mapping: Mapping[str, str]) -> Instance:
    """The instance on the other plan; its changes tell what was renamed, withdrawn and opened.

    Raises:
        Refused: Something stands in the way; its sentence is the first of :func:`preview`.
    """
    blocked = preview(instance, plan, mapping)
    if blocked:
        raise Refused(blocked[0].sentence)
    moved = _carried(instance, plan, mapping)
    moved.changes = instance.changes + moved.changes
    for scope in moved.scopes():
        _open_what_is_new(scope, _before(instance, scope), mapping)
        _go_on_where_all_have_come(scope)
    return moved


def _carried(instance: Instance, plan: Plan, mapping: Mapping[str, str]) -> Instance:
    """The same tokens on the other plan, where nothing has followed from it yet."""
    moved = Instance(plan, instance.host, keep_history=instance.keep_history)
    moved.last_id = instance.last_id
    moved.variables = Variables(instance.variables.scopes)
    for scope in instance.scopes():
        _move_scope(moved, scope, plan, mapping)
    return moved


def _before(instance: Instance, scope: Any) -> Any:
    """The scope of which this one is the continuation."""
    return instance if scope.parent_task_id is None else instance.subprocesses[scope.parent_task_id]


def _blocked(instance: Instance, plan: Plan, mapping: Mapping[str, str]) -> Iterator[Blocked]:
    for scope in instance.scopes():
        target_scope = _target_scope(scope, plan, mapping)
        for token in scope.living():
            if token.host and _may_be_withdrawn(token):
                continue
            sentence = _reason(token, target_scope, mapping)
            if sentence is not None:
                yield Blocked(token.task_spec.bpmn_id, token.id, sentence)
        if target_scope is not None:
            yield from _not_undoable(scope, target_scope, mapping)


def _astray(instance: Instance, moved: Instance) -> Iterator[Blocked]:
    """Scopes that stand as their diagram meant them to, and would stand as the other one could never have them."""
    for scope in moved.scopes():
        _go_on_where_all_have_come(scope)
        old = _before(instance, scope)
        if can_come_to(scope.spec, marking(scope)) or not can_come_to(old.spec, marking(old)):
            continue
        for token in standing(scope):
            yield Blocked(
                old.top_workflow.tokens[token.id].task_spec.bpmn_id,
                token.id,
                Sentence(
                    "In the other version the branches could not come together from where this matter stands: "
                    "not all that is open there could be open, or something else would have to be."
                ),
            )


def _not_undoable(scope: Any, target_scope: Any, mapping: Mapping[str, str]) -> Iterator[Blocked]:
    """What is complete and may have to be undone needs its compensation in the other version."""
    for activity, handler in scope.undoable:
        if any(f"#{mapping.get(one, one)}" not in target_scope.task_specs for one in (activity, handler)):
            yield Blocked(
                activity,
                "",
                Sentence("{element} is done, and the other version could not undo it.", element=activity),
            )


def _may_be_withdrawn(token: Token) -> bool:
    """Whether it waits at a border or for an event subprocess: the new drawing decides about those."""
    return token.host == OF_SCOPE or isinstance(token.task_spec, BoundaryEvent)


def _target_scope(scope: Any, plan: Plan, mapping: Mapping[str, str]) -> Any:
    if scope.parent_task_id is None:
        return plan.spec
    element_id = scope.top_workflow.tokens[scope.parent_task_id].task_spec.bpmn_id
    return plan.subprocess_specs.get(mapping.get(element_id, element_id))


def _target(token: Token, target_scope: Any, mapping: Mapping[str, str]) -> Node | None:
    if target_scope is None:
        return None
    element_id = token.task_spec.bpmn_id
    suffix = CHILD if token.task_spec.name.endswith(CHILD) else ""
    found: Node | None = target_scope.task_specs.get(f"#{mapping.get(element_id, element_id)}{suffix}")
    return found


def _reason(token: Token, target_scope: Any, mapping: Mapping[str, str]) -> Sentence | None:
    name = token.task_spec.bpmn_name or token.task_spec.bpmn_id
    target = _target(token, target_scope, mapping)
    if target is None:
        return Sentence("The other version has no element for {element} in the same place.", element=name)
    if type(target) is not type(token.task_spec):
        return Sentence("{element} is another kind of element in the other version.", element=name)
    joining = token.has_state(TaskState.WAITING) and not token.host
    if joining and target.joins and token.flow not in target.incoming:
        return Sentence("The flow by which {element} was reached is not in the other version.", element=name)
    if isinstance(target, MultiInstanceBody) and _repetition(target) != _repetition(token.task_spec):
        return Sentence("{element} is repeated in another way in the other version.", element=name)
    if isinstance(target, CatchEvent) and _awaited(target.catching) != _awaited(token.task_spec.catching):
        return Sentence("{element} waits for something else in the other version.", element=name)
    if token.host and isinstance(token.instance.tokens[token.host].task_spec, EventBasedGateway):
        return _reason_behind_gateway(token, target, target_scope, mapping, name)
    return None


def _reason_behind_gateway(
    token: Token, target: Node, target_scope: Any, mapping: Mapping[str, str], name: str
) -> Sentence | None:
    gateway = _target(token.instance.tokens[token.host], target_scope, mapping)
    if gateway is None or any(branch.target == target.bpmn_id for branch in gateway.branches):
        return None  # a gateway that is gone is told of by itself
    return Sentence("{element} does not follow its gateway in the other version.", element=name)


def _repetition(body: Any) -> tuple[object, ...]:
    """What the memory of a running multi-instance body depends on."""
    loop = body.settings.multi_instance
    return (loop.input_collection is None, loop.output_collection)


def _awaited(event: Event) -> tuple[object, ...]:
    """What somebody outside has to bring about; the instant of a timer is not part of it, for it is set already."""
    name = None if event.name is None else event.name.text
    key = None if event.correlation_key is None else event.correlation_key.text
    condition = event.expression.text if event.kind == "conditional" and event.expression is not None else None
    return (event.kind, name, key, condition, tuple(_awaited(part) for part in event.parts), event.parallel)


def _move_scope(moved: Instance, scope: Any, plan: Plan, mapping: Mapping[str, str]) -> None:
    target_scope = _target_scope(scope, plan, mapping)
    new: Any = moved
    if scope.parent_task_id is not None:
        new = moved.open_scope(moved.tokens[scope.parent_task_id], target_scope.name)
    element_id, kind, code = scope.last_end
    new.last_end = (mapping.get(element_id, element_id), kind, code)
    new.undoable = [(mapping.get(a, a), mapping.get(h, h)) for a, h in scope.undoable]
    for token in scope.living():
        target = _target(token, target_scope, mapping)
        if token.host and _may_be_withdrawn(token) and not _still_waits(token, target, moved):
            if token.task_spec.listens:
                moved.emit(WaitClosed(token.task_spec.event_id, token.id, "terminated"))
            continue
        _move(moved, new, token, target)


def _still_waits(token: Token, target: Node | None, moved: Instance) -> bool:
    if target is None or type(target) is not type(token.task_spec):
        return False
    same = _awaited(target.catching) == _awaited(token.task_spec.catching)
    if token.host == OF_SCOPE or not same:
        return same
    host = moved.tokens.get(token.host)
    return host is not None and target in host.task_spec.boundary


def _move(moved: Instance, scope: Any, token: Token, target: Node | None) -> None:
    parent = scope.task_tree if token.body is None else moved.tokens[token.body.id]
    new = Token(scope, target, parent, token.state, token.id)
    new.flow, new.host, new.internal_data = token.flow, token.host, dict(token.internal_data)
    moved.tokens[new.id] = new
    host = moved.tokens.get(token.host)
    if host is not None and isinstance(host.task_spec, EventBasedGateway):
        branches = host.task_spec.branches
        new.flow = next(branch.flow_id for branch in branches if branch.target == new.task_spec.bpmn_id)
    before, after = token.task_spec.event_id, new.task_spec.event_id
    if before != after:
        moved.emit(ElementMigrated(after, new.id, before))
    if isinstance(target, PersonTask) and new.has_state(TaskState.STARTED):
        moved.emit(_user_task(target, new))


def _user_task(target: PersonTask, token: Token) -> UserTaskMigrated:
    task = target.settings.user_task
    if task is None:
        raise ValueError(target.bpmn_id)  # every user task is read with its settings
    return UserTaskMigrated(
        target.bpmn_id,
        token.id,
        name=target.bpmn_name,
        form_id=form_of(token, task, target.bpmn_id),
        form_binding=task.form_binding,
        form_version_tag=task.form_version_tag,
        properties=target.settings.properties,
    )


def _open_what_is_new(scope: Any, old: Any, mapping: Mapping[str, str]) -> None:
    """Events that the version before did not have. One that it had and that waits no more has had its turn."""
    before = old.top_workflow.tokens
    for token in scope.living():
        if not token.has_state(TaskState.STARTED) or token.host:
            continue
        known = _known(before[token.id].task_spec.boundary, mapping)
        for spec in token.task_spec.boundary:
            if (spec.bpmn_id, _awaited(spec.catching)) not in known:
                spec.open(token)
        if isinstance(token.task_spec, EventBasedGateway):
            waiting = {other.task_spec.bpmn_id for other in scope.living() if other.host == token.id}
            for branch in token.task_spec.branches:
                if branch.target not in waiting:
                    scope.spec.task_specs[f"#{branch.target}"].await_for(token, branch.flow_id)
    if any(
        isinstance(t.task_spec, EventSubprocess) and t.task_spec.interrupting and not t.host for t in scope.living()
    ):
        return  # an event has taken the place of the rest of this scope; no other one may
    known = _known(old.spec.event_subprocesses, mapping)
    for spec in scope.spec.event_subprocesses:
        if (spec.bpmn_id, _awaited(spec.catching)) not in known:
            spec.arm(scope)


def _known(specs: Iterable[Any], mapping: Mapping[str, str]) -> set[tuple[str, tuple[object, ...]]]:
    return {(mapping.get(spec.bpmn_id, spec.bpmn_id), _awaited(spec.catching)) for spec in specs}


def _go_on_where_all_have_come(scope: Any) -> None:
    """A join of the new version may wait for fewer flows, or tokens, than have come already."""
    went = True
    while went:
        went = False
        waiting: dict[Node, list[Token]] = {}
        for token in scope.living():
            if token.has_state(TaskState.WAITING) and not token.host:
                waiting.setdefault(token.task_spec, []).append(token)
        for spec, tokens in waiting.items():
            first = tokens[0] if isinstance(spec, ParallelGateway) else tokens[-1]
            scope.top_workflow.arrive(first)
            went = went or not first.has_state(TaskState.WAITING)
