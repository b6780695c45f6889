"""Change where an instance stands: begin these elements, then end those occurrences. Jumps are built on this.

Beginning comes first, so that no scope is empty in between. What was begun bypasses joins; what was ended feeds none.
A scope that nothing is left in is interrupted too; the process itself must keep something that works.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.errors import Conflict, NotFound, Refused
from engine.runtime.changes import VariablesSet
from engine.runtime.instance import Instance
from engine.runtime.specs.loops import MultiInstanceBody
from engine.runtime.specs.node import Node
from engine.runtime.specs.subprocesses import EventSubprocess, Subprocess, arm_event_subprocesses
from engine.runtime.token import Token
from feel.sentences import Sentence


@dataclass(frozen=True, slots=True)
class Activation:
    """An element to begin.

    ``variables`` are set in the scope where it begins (for one more instance of a multi-instance: in the instance).
    ``parent_scope`` is the occurrence of the subprocess or multi-instance body to begin in, where there are several;
    without it, the open one, or a new one.
    """

    element_id: str
    variables: Mapping[str, Any] = field(default_factory=dict)
    parent_scope: str | None = None


def modify(instance: Instance, terminate: Sequence[str], activate: Sequence[Activation]) -> None:
    """Begin and end; nothing runs on yet."""
    ending = [find(instance, element_instance_id) for element_instance_id in terminate]
    begun = [_activate(instance, activation) for activation in activate]
    for token in ending:
        if token.live:  # it may have been inside of another one
            _terminate(instance, token)
    for one in begun:
        if one is not None and not one.live:
            raise Refused(
                Sentence(
                    "{element} would be ended as soon as it begins: what is around it is to end.",
                    element=one.task_spec.bpmn_name or one.task_spec.bpmn_id,
                )
            )
    if not instance.is_working:
        raise Refused(Sentence("Nothing would be left to do. Cancel the matter instead."))


def find(instance: Instance, element_instance_id: str) -> Token:
    """A living occurrence; what waits for its event at a border is none that can be ended by itself."""
    token = instance.tokens.get(element_instance_id)
    if token is None or not token.live or token.host:
        raise Conflict(Sentence("This step is over already."))
    return token


def _activate(instance: Instance, activation: Activation) -> Token | None:
    path = path_to(instance, activation.element_id)
    if activation.parent_scope is not None:
        parent = find(instance, activation.parent_scope)
        if isinstance(parent.task_spec, MultiInstanceBody) and parent.task_spec.bpmn_id == activation.element_id:
            parent.task_spec.add_instance(parent, activation.variables)
            return None
    scope = _scope(instance, path[:-1], activation.parent_scope)
    if activation.variables:
        instance.variables.set_local(scope.parent_task_id or "", activation.variables)
        instance.emit(VariablesSet(scope.parent_task_id or "", dict(activation.variables)))
    token = instance.add(scope, scope.spec.task_specs[f"#{activation.element_id}"])
    instance.fire(token, {}, fired=False)
    return token


def path_to(instance: Instance, element_id: str) -> list[str]:
    """The ids of the subprocesses around an element, from the outside, and its own."""
    for scope_id, spec in (("", instance.spec), *instance.subprocess_specs.items()):
        node: Node | None = spec.task_specs.get(f"#{element_id}")
        if node is None:
            continue
        if isinstance(node, EventSubprocess) or node.settings.type == "boundaryEvent":
            raise Refused(
                Sentence("{id} begins by its event. Begin an element behind or inside of it.", id=element_id)
            )
        return [*(_path_of_scope(instance, scope_id) if scope_id else []), element_id]
    raise NotFound(Sentence("The process has no element {id}.", id=element_id))


def _path_of_scope(instance: Instance, scope_id: str) -> list[str]:
    for outer, spec in (("", instance.spec), *instance.subprocess_specs.items()):
        if f"#{scope_id}" in spec.task_specs:
            return [*(_path_of_scope(instance, outer) if outer else []), scope_id]
    raise NotFound(Sentence("The process has no element {id}.", id=scope_id))


def _scope(instance: Instance, path: Sequence[str], wanted: str | None) -> Any:
    """The open scope at the end of a path of subprocesses; opened on the way where none is open."""
    scope: Any = instance
    if wanted and wanted in instance.subprocesses:
        around = instance.tokens[wanted].task_spec.bpmn_id
        if around not in path:
            raise Refused(Sentence("What is to begin is not inside of {id}.", id=around))
        scope, path = instance.subprocesses[wanted], path[path.index(around) + 1 :]
    for element_id in path:
        found = [
            inner
            for host, inner in instance.subprocesses.items()
            if inner.parent_workflow is scope and instance.tokens[host].task_spec.bpmn_id == element_id
        ]
        if len(found) > 1:
            raise Refused(Sentence("{id} is open several times; say in which one.", id=element_id))
        scope = found[0] if found else _open(instance, scope, element_id)
    return scope


def _open(instance: Instance, around: Any, element_id: str) -> Any:
    """A subprocess that begins without its start: what is to begin in it is put there by the caller."""
    spec = around.spec.task_specs[f"#{element_id}"]
    if not isinstance(spec, Subprocess) or spec.is_event_subprocess:
        raise Refused(
            Sentence("{id} cannot be opened from outside: it is a loop or begins by an event.", id=element_id)
        )
    token = instance.add(around, spec)
    spec.begin(token)
    scope = instance.open_scope(token, spec.spec)
    arm_event_subprocesses(scope)
    spec.wait(token)
    return scope


def _terminate(instance: Instance, token: Token) -> None:
    """Cancel a token; then whatever around it has nothing left."""
    while True:
        scope, body = token.workflow, token.body
        token.cancel()
        if body is not None:
            if body.task_spec.instance_cancelled(body):
                return
            token = body
            continue
        if scope is instance or scope.is_working:
            return
        token = instance.tokens[scope.parent_task_id]
