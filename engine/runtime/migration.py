"""Bring a running instance to another version of its process: first a preview, then all of it or nothing.

Occurrences keep their ids, variables and due times. An element goes to the one of the same id, or to the one that the
mapping names; it has to be of the same kind and in the same (mapped) scope. Events at the border follow the new
drawing: those that are gone are withdrawn, new ones begin to wait.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from SpiffWorkflow.util.task import TaskState

from engine.errors import Refused
from engine.runtime.changes import ElementMigrated, WaitClosed
from engine.runtime.instance import Instance
from engine.runtime.specs.build import Plan
from engine.runtime.specs.events import BoundaryEvent
from engine.runtime.specs.node import CHILD, Node
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
    return tuple(_blocked(instance, plan, mapping))


def migrate(instance: Instance, plan: Plan, mapping: Mapping[str, str]) -> Instance:
    """The instance on the other plan; its changes tell what was renamed, withdrawn and opened.

    Raises:
        Refused: Something stands in the way; its sentence is the first of :func:`preview`.
    """
    blocked = preview(instance, plan, mapping)
    if blocked:
        raise Refused(blocked[0].sentence)
    moved = Instance(plan, instance.host, keep_history=instance.keep_history)
    moved.last_id = instance.last_id
    moved.variables = Variables(instance.variables.scopes)
    moved.changes = instance.changes
    for scope in instance.scopes():
        _move_scope(moved, scope, plan, mapping)
    for scope in moved.scopes():
        _open_what_is_new(scope)
    return moved


def _blocked(instance: Instance, plan: Plan, mapping: Mapping[str, str]) -> Iterator[Blocked]:
    for scope in instance.scopes():
        target_scope = _target_scope(scope, plan, mapping)
        for token in scope.living():
            if token.host and _may_be_withdrawn(token):
                continue
            sentence = _reason(token, target_scope, mapping)
            if sentence is not None:
                yield Blocked(token.task_spec.bpmn_id, token.id, sentence)


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
    return None


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
    same = target.catching.kind == token.task_spec.catching.kind
    if token.host == OF_SCOPE or not same:
        return bool(same)
    host = moved.tokens.get(token.host)
    return host is not None and target in host.task_spec.boundary


def _move(moved: Instance, scope: Any, token: Token, target: Node | None) -> None:
    parent = scope.task_tree if token.body is None else moved.tokens[token.body.id]
    new = Token(scope, target, parent, token.state, token.id)
    new.flow, new.host, new.internal_data = token.flow, token.host, dict(token.internal_data)
    moved.tokens[new.id] = new
    before, after = token.task_spec.event_id, new.task_spec.event_id
    if before != after:
        moved.emit(ElementMigrated(after, new.id, before))


def _open_what_is_new(scope: Any) -> None:
    living = scope.living()
    hosted = {(token.host, token.task_spec.name) for token in living if token.host}
    for token in living:
        if token.has_state(TaskState.STARTED) and not token.host:
            for spec in token.task_spec.boundary:
                if (token.id, spec.name) not in hosted:
                    spec.open(token)
    for spec in scope.spec.event_subprocesses:
        if (OF_SCOPE, spec.name) not in hosted:
            spec.arm(scope)
