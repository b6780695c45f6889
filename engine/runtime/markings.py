"""Whether the tokens of a scope stand as its own course could have put them: its marking, as of a Petri net.

Of a marking that the diagram itself can come to, whatever holds of the diagram holds too: no step is done twice, and
no join waits for a flow on which nothing can come. So who moves tokens by hand may move them to such markings only.
The search plays the diagram from its start with every choice open, towards the marking that is asked for; where that
would take too long, the answer is no.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterator
from typing import Any

from SpiffWorkflow.util.task import TaskState

from engine.runtime.specs.build import ScopeSpec
from engine.runtime.specs.events import StartEvent
from engine.runtime.specs.gateways import InclusiveGateway, ParallelGateway
from engine.runtime.specs.node import CHILD, Node
from engine.runtime.token import Token

LIMIT = 20_000  # markings looked at

Place = tuple[str, str]  # an element at work and "", or a join and the flow by which a token came to wait there
Marking = tuple[Place, ...]  # in order; a place as often as there are tokens


def standing(scope: Any) -> list[Token]:
    """The tokens that say where a scope stands: no waiting events, and no single instances of an activity."""
    return [token for token in scope.living() if not token.host and token.body is None]


def marking(scope: Any) -> Marking:
    """Where the tokens of a scope stand."""
    return _ordered(
        (token.task_spec.bpmn_id, token.flow if token.has_state(TaskState.WAITING) else "")
        for token in standing(scope)
    )


def nodes_of(spec: ScopeSpec) -> dict[str, Node]:
    """The elements of a scope; an activity that is repeated as its body."""
    return {n.bpmn_id: n for n in spec.task_specs.values() if isinstance(n, Node) and not n.name.endswith(CHILD)}


def can_come_to(spec: ScopeSpec, wanted: Marking) -> bool:
    """Whether a scope that begins as drawn can come to stand so."""
    for event_subprocess in spec.event_subprocesses:
        place = (event_subprocess.bpmn_id, "")
        if event_subprocess.interrupting and wanted == (place,):
            return True  # it took the place of all the rest
        if not event_subprocess.interrupting:
            wanted = tuple(one for one in wanted if one != place)  # it began beside whatever there was
    return _Course(spec, wanted).arrives()


class _Course:
    """All courses of a scope that may lead to a marking."""

    def __init__(self, spec: ScopeSpec, wanted: Marking) -> None:
        self._nodes = nodes_of(spec)
        self._starts = _starts(spec, self._nodes)
        self._wanted = wanted
        self._places = Counter(wanted)
        self._most = max(self._places.values(), default=1) + 1
        self._leading = _leading(self._nodes, {element_id for element_id, _flow in wanted})

    def arrives(self) -> bool:
        """Search the markings that are nearest to the one that is wanted first."""
        queue = [(self._distance(start), number, start) for number, start in enumerate(self._starts)]
        seen = set(self._starts)
        heapq.heapify(queue)
        while queue and len(seen) < LIMIT:
            _distance, _number, here = heapq.heappop(queue)
            if here == self._wanted:
                return True
            for there in self._moves(here):
                if there not in seen and max(Counter(there).values(), default=0) <= self._most:
                    seen.add(there)
                    heapq.heappush(queue, (self._distance(there), len(seen), there))
        return False

    def _distance(self, here: Marking) -> int:
        return sum((self._places - Counter(here)).values())

    def _moves(self, here: Marking) -> Iterator[Marking]:
        """What may happen next. What has to happen anyhow, before the marking is reached, happens first and alone."""
        counts = Counter(here)
        for element_id, flow in counts:
            node = self._nodes[element_id]
            if flow and not isinstance(node, InclusiveGateway) and (used := _all_that_came(node, counts)):
                yield _moved(here, used, [(element_id, "")])
                return
        surplus = [place for place, count in counts.items() if not place[1] and count > self._places[place]]
        if surplus:  # what stands where others are wanted, or piles up, makes room first
            yield from self._leave(here, max(surplus, key=lambda place: (self._places[place], counts[place])))
            return
        for place in counts:
            if place[1]:
                yield from self._unite(here, counts, place[0])
            else:
                yield from self._leave(here, place)

    def _leave(self, here: Marking, place: Place) -> Iterator[Marking]:
        """An element is done, or an event at its border occurs."""
        node = self._nodes[place[0]]
        for way in node.ways():
            going = way * node.settings.completion_quantity
            yield _moved(here, [place], [self._arrival(branch) for branch in going])
        for event in (*node.boundary, *node.catchers):
            if event.interrupting:
                yield _moved(here, [place], [(event.bpmn_id, "")])
            elif event.bpmn_id in self._leading:
                yield _moved(here, [], [(event.bpmn_id, "")])

    def _arrival(self, branch: Any) -> Place:
        return (branch.target, branch.flow_id if self._nodes[branch.target].joins else "")

    def _unite(self, here: Marking, counts: Counter[Place], join: str) -> Iterator[Marking]:
        """An inclusive join goes on when nothing that may still come has to be waited for."""
        gateway = self._nodes[join]
        if not isinstance(gateway, InclusiveGateway):
            return
        came = [flow for flow in gateway.incoming if (join, flow) in counts]
        others = (f"#{element_id}" for element_id, flow in counts if not (flow and element_id == join))
        if not any(gateway.waits_for(name, came) for name in others):
            yield _moved(here, [(join, flow) for flow in came], [(join, "")])


def _starts(spec: ScopeSpec, nodes: dict[str, Node]) -> list[Marking]:
    """The plain starts together, or one event."""
    plain = _ordered((node.bpmn_id, "") for node in spec.starts)
    events = [((node.bpmn_id, ""),) for node in nodes.values() if isinstance(node, StartEvent)]
    return list(dict.fromkeys([plain, *events] if plain else events))


def _all_that_came(node: Node, counts: Counter[Place]) -> list[Place]:
    """The tokens with which a join goes on: one a flow; or as many as a start quantity asks for. Empty: too few."""
    came = [(node.bpmn_id, flow) for flow in node.incoming if (node.bpmn_id, flow) in counts]
    if isinstance(node, ParallelGateway):
        return came if len(came) == len(node.incoming) else []
    every = [place for place in came for _ in range(counts[place])]
    wanted = node.settings.start_quantity
    return every[:wanted] if len(every) >= wanted else []


def _leading(nodes: dict[str, Node], targets: set[str]) -> set[str]:
    """The elements from which a way leads to one of the targets."""
    before: dict[str, list[str]] = {}
    for node in nodes.values():
        for branch in node.branches:
            before.setdefault(branch.target, []).append(node.bpmn_id)
        for event in (*node.boundary, *node.catchers):
            before.setdefault(event.bpmn_id, []).append(node.bpmn_id)
    found: set[str] = set()
    todo = list(targets)
    while todo:
        one = todo.pop()
        if one not in found:
            found.add(one)
            todo += before.get(one, ())
    return found


def _moved(here: Marking, out: list[Place], into: list[Place]) -> Marking:
    places = list(here)
    for place in out:
        places.remove(place)
    return _ordered([*places, *into])


def _ordered(places: Any) -> Marking:
    return tuple(sorted(places))
