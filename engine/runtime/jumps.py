"""Jump to an element, back or forward, or skip one, so that nothing is done twice and no join waits for ever.

A jump ends the occurrences it is told to, and whatever the element leads to again (the other branches, when one goes
back before their split). It is refused where something else still open leads to the element too, and where a join
would wait for a flow on which nothing could come any more. Whoever wants such a thing all the same has ``modify``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from SpiffWorkflow.util.task import TaskState

from engine.errors import Conflict, Refused
from engine.runtime.instance import Instance
from engine.runtime.modification import Activation, find, modify, path_to
from engine.runtime.specs.events import BoundaryEvent
from engine.runtime.specs.gateways import ParallelGateway
from engine.runtime.specs.node import CHILD, Node
from engine.runtime.token import Token
from feel.sentences import Sentence

Graph = Mapping[str, Sequence[str]]


def jump(instance: Instance, ending: Sequence[str], to: str, variables: Mapping[str, Any]) -> list[str]:
    """End these occurrences and begin an element; gives the ids of all that was ended. Nothing runs on yet."""
    tokens = _whole([find(instance, one) for one in ending])
    path = path_to(instance, to)
    scope, begun = _deepest_open(instance, path, tokens)
    forward = _forward(scope.spec)
    again = _reached(forward, begun) | {begun}
    tokens += [token for token in _standing(scope) if token.task_spec.bpmn_id in again and token not in tokens]
    before = {key: set(_starved(each)) for key, each in _scopes(instance)}
    names = [token.id for token in tokens]
    modify(instance, names, [Activation(to, variables, scope.parent_task_id)])
    for token in _standing(scope):
        if not token.has_state(TaskState.READY) and begun in _reached(forward, token.task_spec.bpmn_id):
            raise Refused(
                Sentence(
                    "{element} is still open and leads to {target} as well, which would be done twice. End it too.",
                    element=token.task_spec.bpmn_name or token.task_spec.bpmn_id,
                    target=_name(scope, begun),
                )
            )
    for key, each in _scopes(instance):
        for join, _flow in _starved(each) - before.get(key, set()):
            raise Refused(
                Sentence(
                    "{join} would wait for ever for a flow on which nothing could come. "
                    "Go back to a step before the flows part, or on to one behind it.",
                    join=_name(each, join),
                )
            )
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


def _standing(scope: Any) -> list[Token]:
    """Where the scope stands: no waiting events, and no single instances of an activity."""
    return [token for token in scope.living() if not token.host and token.body is None]


def _scopes(instance: Instance) -> Iterator[tuple[str, Any]]:
    for scope in instance.scopes():
        yield scope.parent_task_id or "", scope


def _nodes(spec: Any) -> dict[str, Node]:
    return {n.bpmn_id: n for n in spec.task_specs.values() if isinstance(n, Node) and not n.name.endswith(CHILD)}


def _graph(spec: Any) -> dict[str, list[str]]:
    """Where each element leads: by its flows, and to the events at its border."""
    nodes = _nodes(spec)
    graph = {element_id: [branch.target for branch in node.branches] for element_id, node in nodes.items()}
    for node in nodes.values():
        if isinstance(node, BoundaryEvent):
            graph[node.settings.attached_to or ""].append(node.bpmn_id)
    return graph


def _forward(spec: Any) -> dict[str, list[str]]:
    """The same without the flows that lead back: those to an element that one is still on the way from."""
    graph = _graph(spec)
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


def _reached(graph: Graph, start: str) -> set[str]:
    found: set[str] = set()
    todo = list(graph.get(start, ()))
    while todo:
        one = todo.pop()
        if one not in found:
            found.add(one)
            todo += graph[one]
    return found


def _starved(scope: Any) -> set[tuple[str, str]]:
    """The parallel joins (with the flow) that wait, or will, for a flow on which nothing can come."""
    nodes = _nodes(scope.spec)
    joins = [node for node in nodes.values() if isinstance(node, ParallelGateway) and node.joins]
    standing = _standing(scope)
    if not joins or not standing:
        return set()
    graph = _graph(scope.spec)
    starved = set()
    for join in joins:
        waiting = {token.flow for token in standing if token.task_spec is join and token.has_state(TaskState.WAITING)}
        around = {element_id: [t for t in leads if t != join.bpmn_id] for element_id, leads in graph.items()}
        may_stand: set[str] = set()
        for token in standing:
            if not (token.task_spec is join and token.has_state(TaskState.WAITING)):
                may_stand |= {token.task_spec.bpmn_id} | _reached(around, token.task_spec.bpmn_id)
        coming = {
            branch.flow_id
            for element_id in may_stand - {join.bpmn_id}
            for branch in nodes[element_id].branches
            if branch.target == join.bpmn_id
        } | waiting
        if coming:
            starved |= {(join.bpmn_id, flow) for flow in join.incoming if flow not in coming}
    return starved


def _name(scope: Any, element_id: str) -> str:
    node = _nodes(scope.spec).get(element_id)
    return (node.bpmn_name if node is not None else "") or element_id
