"""An independent token game: BPMN's rules played on a plain graph, to be compared with the runtime.

It shares no code with the product. Tokens are (node, flow) pairs in scopes; a step plays until nothing moves.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

from tests.engine.runtime.random_models import ACTIVITIES, Flow, Graph, Node


class Stuck(Exception):  # noqa: N818 - it is an outcome of the game
    """Every token of a scope waits at a join."""


class Ended(NamedTuple):
    """What was given up: of several works at the node the one of this age, or what came to a join by a flow."""

    node_id: str
    flow: str
    is_instance: bool  # one of several of the activity, rather than the activity
    rank: int


def path_to(graph: Graph, node_id: str) -> list[Node]:
    """The subprocesses around a node, from the outside, and the node."""
    if node_id in graph.nodes:
        return [graph.nodes[node_id]]
    for node in graph.nodes.values():
        if node.inner is not None and (path := path_to(node.inner, node_id)):
            return [node, *path]
    return []


class Work:
    """An activity in progress: a task, a multi-instance body or a subprocess; its boundary events wait with it."""

    def __init__(self, node: Node, around: Scope) -> None:
        self.node = node
        self.around = around
        self.inner: Scope | None = None
        self.open = 0  # instances of a multi-instance at work
        self.left = 0  # instances still to come
        self.events: list[Node] = []
        self.serial = 0


class Scope:
    """An open scope: what works in it, and what has arrived at joins."""

    def __init__(self, graph: Graph, host: Work | None) -> None:
        self.graph = graph
        self.host = host
        self.works: list[Work] = []
        self.arrived: list[tuple[str, str]] = []  # (join, flow) in order of arrival
        self.moving = 0
        self.over = False


class Game:
    """A process being played."""

    def __init__(self, graph: Graph, variables: Mapping[str, list[int]], items: int) -> None:
        self.variables = dict(variables)
        self.items = items
        self.serial = 0
        self.queue: list[tuple[Scope, str, str]] = []
        self.root = Scope(graph, None)
        self.begin(self.root)
        self.play()

    # the board

    @property
    def ended(self) -> bool:
        return self.root.over

    def waiting(self) -> Counter[str]:
        found: Counter[str] = Counter()
        for work in self.all_works(self.root):
            if work.node.type in {"task", "call"}:
                found[work.node.id] += 1
            elif work.node.type == "mi":
                found[work.node.id] += work.open
            found.update(event.id for event in work.events)
        return found

    def all_works(self, scope: Scope) -> list[Work]:
        found = []
        for work in scope.works:
            found.append(work)
            if work.inner is not None:
                found += self.all_works(work.inner)
        return found

    # moves from outside

    def complete(self, node_id: str, variables: Mapping[str, list[int]]) -> None:
        self.variables.update(variables)
        work = min((w for w in self.all_works(self.root) if w.node.id == node_id), key=lambda w: w.serial)
        if work.node.type == "mi":
            self.one_less(work)
        if work.open == 0:
            self.done(work)
        self.play()

    def occur(self, event_id: str) -> None:
        works = [w for w in self.all_works(self.root) if any(event.id == event_id for event in w.events)]
        work = min(works, key=lambda w: w.serial)
        scope, event = work.around, next(event for event in work.events if event.id == event_id)
        if event.interrupting:
            scope.works.remove(work)
        self.leave(scope, event)
        self.play()

    def jumps(self) -> list[tuple[str, str]]:
        """From which task to which other task of the same scope one could go."""
        return sorted(
            (work.node.id, node.id)
            for work in self.all_works(self.root)
            if work.node.type == "task"
            for node in work.around.graph.nodes.values()
            if node.type == "task" and node.id != work.node.id
        )

    def modify(self, node_id: str, target: str) -> None:
        work = min((w for w in self.all_works(self.root) if w.node.id == node_id), key=lambda w: w.serial)
        self.work(work.around, work.around.graph.nodes[target])
        work.around.works.remove(work)
        self.play()

    def moved(self, ended: list[Ended], target: str) -> None:
        """Somebody gave these up for ``target``, where it is nearest."""
        given_up = [self.works_at(one.node_id)[one.rank] for one in ended if not one.flow]
        children = [one.is_instance for one in ended if not one.flow]
        self.begin_at(target)
        for work, is_instance in zip(given_up, children, strict=True):
            if is_instance and work in work.around.works:
                self.one_less(work)
            else:
                self.give_up(work)
        for one in ended:
            if one.flow:
                scope = next(s for s in self.scopes(self.root) if (one.node_id, one.flow) in s.arrived)
                scope.arrived.remove((one.node_id, one.flow))
                self.give_up_if_empty(scope)
        self.play()

    def works_at(self, node_id: str) -> list[Work]:
        return sorted((w for w in self.all_works(self.root) if w.node.id == node_id), key=lambda w: w.serial)

    def begin_at(self, target: str) -> None:
        """Begin a node, and the subprocesses around it that are not open."""
        scope = self.root
        *around, node = path_to(scope.graph, target)
        for host in around:
            work = next((w for w in scope.works if w.node is host), None)
            if work is None:
                work = self.opened(scope, host)
                work.inner = Scope(host.inner, work)
            scope = work.inner
        self.work(scope, node)

    def one_less(self, work: Work) -> None:
        """One instance of several is given up."""
        work.open -= 1
        if work.left:
            work.left -= 1
            work.open += 1

    def give_up(self, work: Work) -> None:
        if work in work.around.works:
            work.around.works.remove(work)
            self.give_up_if_empty(work.around)

    def give_up_if_empty(self, scope: Scope) -> None:
        if scope.host is not None and not (scope.works or scope.arrived or scope.moving):
            self.give_up(scope.host)

    # the rules

    def begin(self, scope: Scope) -> None:
        start = next(node for node in scope.graph.nodes.values() if node.type == "start")
        self.leave(scope, start)

    def play(self) -> None:
        while True:
            while self.queue:
                scope, node_id, flow = self.queue.pop(0)
                scope.moving -= 1
                self.enter(scope, scope.graph.nodes[node_id], flow)
            if not any(self.or_join(scope) for scope in self.scopes(self.root)):
                break
        for scope in self.scopes(self.root):
            if scope.arrived and not scope.works:
                raise Stuck(scope.arrived)

    def scopes(self, scope: Scope) -> list[Scope]:
        return [scope] + [found for work in scope.works if work.inner for found in self.scopes(work.inner)]

    def enter(self, scope: Scope, node: Node, flow: str) -> None:
        incoming = [f for f in scope.graph.flows if f.target == node.id]
        if node.type in {"and", "or"} and len(incoming) > 1:
            scope.arrived.append((node.id, flow))
            if node.type == "and" and {f.id for f in incoming} <= {f for n, f in scope.arrived if n == node.id}:
                self.consume(scope, node, [f.id for f in incoming])
                self.leave(scope, node)
        elif node.type in ACTIVITIES:
            self.work(scope, node)
        else:
            self.leave(scope, node)
        self.end_if_empty(scope)

    def work(self, scope: Scope, node: Node) -> None:
        if node.type == "mi" and not self.items:
            self.leave(scope, node)
            return
        work = self.opened(scope, node)
        if node.type == "mi":
            work.open = 1 if node.sequential else self.items
            work.left = self.items - work.open
        elif node.type == "sub":
            work.inner = Scope(node.inner, work)
            self.begin(work.inner)

    def opened(self, scope: Scope, node: Node) -> Work:
        work = Work(node, scope)
        self.serial += 1
        work.serial = self.serial
        work.events = [n for n in scope.graph.nodes.values() if n.host == node.id]
        scope.works.append(work)
        return work

    def done(self, work: Work) -> None:
        work.around.works.remove(work)
        self.leave(work.around, work.node)
        self.end_if_empty(work.around)

    def end_if_empty(self, scope: Scope) -> None:
        if scope.works or scope.arrived or scope.moving or scope.over:
            return
        scope.over = True
        if scope.host is not None and scope.host in scope.host.around.works:
            self.done(scope.host)

    def leave(self, scope: Scope, node: Node) -> None:
        for flow in self.chosen(scope, node):
            scope.moving += 1
            self.queue.append((scope, flow.target, flow.id))

    def chosen(self, scope: Scope, node: Node) -> list[Flow]:
        flows = [flow for flow in scope.graph.flows if flow.source == node.id]
        if node.type == "xor" and len(flows) > 1:
            held = [f for f in flows if not f.default and self.holds(f)]
            return held[:1] or [f for f in flows if f.default]
        if node.type == "or" and len(flows) > 1:
            return [f for f in flows if not f.default and self.holds(f)] or [f for f in flows if f.default]
        return flows

    def holds(self, flow: Flow) -> bool:
        return flow.when is None or flow.when[1] in self.variables[flow.when[0]]

    def consume(self, scope: Scope, node: Node, flows: list[str]) -> None:
        for flow in flows:
            scope.arrived.remove((node.id, flow))

    def or_join(self, scope: Scope) -> bool:
        """Fire the first inclusive join for whose empty flows nothing can come any more."""
        for node_id in dict.fromkeys(node_id for node_id, _flow in scope.arrived):
            node = scope.graph.nodes[node_id]
            if node.type != "or":
                continue
            incoming = [f for f in scope.graph.flows if f.target == node_id]
            full = {flow for n, flow in scope.arrived if n == node_id}
            positions = [w.node.id for w in scope.works] + [n for n, _flow in scope.arrived if n != node_id]
            if all(self.harmless(scope, node_id, at, incoming, full) for at in positions):
                self.consume(scope, node, sorted(full))
                self.leave(scope, node)
                self.end_if_empty(scope)
                return True
        return False

    def harmless(self, scope: Scope, join: str, at: str, incoming: list[Flow], full: set[str]) -> bool:
        reached = self.flows_from(scope, at, join)
        to_empty = any(f.id in reached for f in incoming if f.id not in full)
        return not to_empty or any(f in reached for f in full)

    def flows_from(self, scope: Scope, at: str, join: str) -> set[str]:
        """The flows that a token at a node may still take without passing the join."""
        found: set[str] = set()
        todo, seen = [at], {join}
        while todo:
            one = todo.pop()
            if one in seen:
                continue
            seen.add(one)
            todo += [n.id for n in scope.graph.nodes.values() if n.host == one]
            for flow in scope.graph.flows:
                if flow.source == one:
                    found.add(flow.id)
                    todo.append(flow.target)
        return found
