"""Jump to an element, back or forward, or skip one, so that nothing is done twice and no join waits for ever.

A jump ends the occurrences it is told to and begins the element. The tokens then have to stand as the diagram itself
could have put them (``markings``). If they would not, whatever the element leads to again is ended as well (the other
branches, when one goes back before their split); if that does not help, the jump is refused. Whoever wants it all the
same has ``modify``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from SpiffWorkflow.util.task import TaskState

from engine.errors import Conflict, Refused
from engine.runtime import state as codec
from engine.runtime.instance import Instance
from engine.runtime.markings import can_come_to, marking, nodes_of, standing
from engine.runtime.modification import Activation, find, modify, path_to
from engine.runtime.specs.gateways import ParallelGateway
from engine.runtime.specs.node import Node
from engine.runtime.token import Token
from feel.sentences import Sentence

Graph = Mapping[str, Sequence[str]]


def jump(instance: Instance, ending: Sequence[str], to: str, variables: Mapping[str, Any]) -> list[str]:
    """End these occurrences and begin an element; gives the ids of all that was ended. Nothing runs on yet."""
    tokens = _whole([find(instance, one) for one in ending])
    scope, begun = _deepest_open(instance, path_to(instance, to), tokens)
    forward = _forward(nodes_of(scope.spec))
    again = _reached(forward, begun) | {begun}
    wider = [*tokens, *(t for t in standing(scope) if t.task_spec.bpmn_id in again and t not in tokens)]
    activation = Activation(to, variables, scope.parent_task_id)
    names = [token.id for token in tokens]
    if _objection(instance, names, activation, begun) is not None:
        names = [token.id for token in wider]
        objection = _objection(instance, names, activation, begun)
        if objection is not None:
            raise Refused(objection)
    modify(instance, names, [activation])
    return names


def skip(instance: Instance, element_instance_id: str, variables: Mapping[str, Any]) -> None:
    """Go on behind a wait that nobody has completed: by its flows, with these variables. Nothing runs on yet.

    Its input and output mappings, and what it would have given, are left out. Of several instances of an activity,
    the one is done without; the others stay.
    """
    token = find(instance, element_instance_id)
    if not (token.has_state(TaskState.STARTED) and token.task_spec.waits):
        raise Conflict(Sentence("Only a step that waits for somebody or something can be skipped."))
    instance.set_variables(token.chain()[1:], variables)
    scope, body, spec = token.workflow, token.body, token.task_spec
    token.cancel()
    if body is None:
        spec.proceed(token)
        instance.end_if_empty(scope)
    elif not body.task_spec.instance_cancelled(body):
        body.task_spec.do_without(body, token)


def _whole(tokens: list[Token]) -> list[Token]:
    """Whoever ends the last instances of an activity ends the activity: it must not go on as if it were done."""
    for body in dict.fromkeys(token.body for token in tokens):
        if body is not None and body not in tokens and all(one in tokens for one in body.children if one.live):
            tokens = [*tokens, body]
    # the outer ones first: what is in them ends with them
    return sorted(tokens, key=lambda token: len(token.chain()))


def _deepest_open(instance: Instance, path: Sequence[str], tokens: Sequence[Token]) -> tuple[Any, str]:
    """The innermost open scope on the way to an element, near what is to be ended; and what is begun in it."""
    scope: Any = instance
    inside = {host for token in tokens for host in token.chain()[1:]}
    for element_id in path[:-1]:
        open_here = [
            (host, inner)
            for host, inner in instance.subprocesses.items()
            if inner.parent_workflow is scope and instance.tokens[host].task_spec.bpmn_id == element_id
        ]
        near = [inner for host, inner in open_here if host in inside] or [inner for _host, inner in open_here]
        if len(near) > 1:
            raise Refused(Sentence("{id} is open several times; say in which one.", id=element_id))
        if not near:
            return scope, element_id
        scope = near[0]
    return scope, path[-1]


def _objection(instance: Instance, ending: Sequence[str], activation: Activation, begun: str) -> Sentence | None:
    """Try it on a copy: why the tokens could never stand so, if they could not."""
    copy = Instance(instance.plan, instance.host)
    codec.restore(copy, codec.save(instance))
    before = {scope.parent_task_id: marking(scope) for scope in copy.scopes()}
    modify(copy, ending, [activation])
    for scope in copy.scopes():
        after = marking(scope)
        if after != before.get(scope.parent_task_id) and not can_come_to(scope.spec, after):
            return _reason(scope, begun)
    return None


def _reason(scope: Any, begun: str) -> Sentence:
    nodes = nodes_of(scope.spec)
    forward = _forward(nodes)
    for token in standing(scope):
        if not token.has_state(TaskState.READY) and begun in _reached(forward, token.task_spec.bpmn_id):
            return Sentence(
                "{element} is still open and leads to {target} as well, which would be done twice. End it too.",
                element=_name(token.task_spec),
                target=_name(nodes[begun]),
            )
    for element_id in (one for token in standing(scope) for one in _following(forward, token.task_spec.bpmn_id)):
        if isinstance(nodes[element_id], ParallelGateway) and nodes[element_id].joins:
            return Sentence(
                "{join} would wait for ever for a flow on which nothing could come. "
                "Go back to a step before the flows part, or on to one behind it.",
                join=_name(nodes[element_id]),
            )
    return Sentence("The diagram does not allow all that would be open to be open at the same time. End more of it.")


def _forward(nodes: Mapping[str, Node]) -> dict[str, list[str]]:
    """Where each element leads, without the flows that lead back to an element one is still on the way from."""
    graph = {
        element_id: [
            *(branch.target for branch in node.branches),
            *(event.bpmn_id for event in (*node.boundary, *node.catchers)),
        ]
        for element_id, node in nodes.items()
    }
    forward: dict[str, list[str]] = {element_id: [] for element_id in graph}
    targets = {target for leads in graph.values() for target in leads}
    on_the_way: set[str] = set()
    done: set[str] = set()
    for start in sorted(graph, key=lambda element_id: element_id in targets):  # stable: sources first
        if start in done:
            continue
        on_the_way.add(start)
        stack = [(start, iter(graph[start]))]
        while stack:
            element_id, leads = stack[-1]
            target = next(leads, None)
            if target is None:
                stack.pop()
                on_the_way.discard(element_id)
                done.add(element_id)
            elif target not in on_the_way:
                forward[element_id].append(target)
                if target not in done:
                    on_the_way.add(target)
                    stack.append((target, iter(graph[target])))
    return forward


def _following(graph: Graph, start: str) -> Iterator[str]:
    """An element and all that it leads to, the nearest first."""
    todo = [start]
    found = {start}
    for one in todo:  # grows meanwhile
        yield one
        new = [target for target in graph[one] if target not in found]
        todo += dict.fromkeys(new)
        found.update(new)


def _reached(graph: Graph, start: str) -> set[str]:
    """All that an element leads to; itself only by a circle, of which a forward graph has none."""
    return set(_following(graph, start)) - {start}


def _name(node: Node) -> str:
    return str(node.bpmn_name or node.bpmn_id)
