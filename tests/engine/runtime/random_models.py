"""Random diagrams: blocks in blocks, and wild graphs without loops; as a model of their own, and drawn as BPMN."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from tests.engine.runtime.drawing import element, escape, user_task

VALUES = (1, 2, 3)
ACTIVITIES = {"task", "call", "mi", "sub"}
BLOCKS = ["task", "call", "sequence", "sequence", "and", "xor", "or", "loop", "sub", "mi"]


@dataclass
class Flow:
    """A flow; ``when`` is (variable, value): it is taken if the variable, a list, contains the value."""

    id: str
    source: str
    target: str
    when: tuple[str, int] | None = None
    default: bool = False


@dataclass
class Node:
    """A node; ``inner`` of a subprocess, ``host`` of a boundary event, ``sequential`` of a multi-instance task."""

    id: str
    type: str
    inner: Graph | None = None
    host: str = ""
    interrupting: bool = True
    sequential: bool = False


@dataclass
class Graph:
    """One scope."""

    is_block: bool = True  # blocks in blocks, rather than a wild graph
    nodes: dict[str, Node] = field(default_factory=dict)
    flows: list[Flow] = field(default_factory=list)

    def activities(self) -> list[str]:
        """Everything that can be begun by hand, those within subprocesses included."""
        found = [node.id for node in self.nodes.values() if node.type in ACTIVITIES]
        return found + [one for node in self.nodes.values() if node.inner for one in node.inner.activities()]

    def beside(self) -> set[str]:
        """The tasks that an event begins beside its host, as often as it occurs."""
        events = {node.id for node in self.nodes.values() if node.host and not node.interrupting}
        found = {flow.target for flow in self.flows if flow.source in events}
        return found.union(*(node.inner.beside() for node in self.nodes.values() if node.inner))


class Builder:
    """Draws at random; the same seed draws the same."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)  # noqa: S311 - models, not secrets
        self.count = 0
        self.variables: list[str] = []

    def model(self) -> Graph:
        """A process."""
        return self.wild() if self.random.random() < 0.35 else self.scope(3)

    def values(self) -> dict[str, list[int]]:
        """New values for every decision."""
        return {name: [v for v in VALUES if self.random.random() < 0.45] for name in self.variables}

    def new(self, graph: Graph, kind: str, **more) -> str:
        self.count += 1
        node = Node(f"{kind}{self.count}", kind, **more)
        graph.nodes[node.id] = node
        return node.id

    def join(self, graph: Graph, source: str, target: str, when=None, *, default: bool = False) -> None:
        self.count += 1
        graph.flows.append(Flow(f"f{self.count}", source, target, when, default))

    def variable(self) -> str:
        self.variables.append(f"d{len(self.variables)}")
        return self.variables[-1]

    def scope(self, depth: int) -> Graph:
        graph = Graph()
        start, end = self.new(graph, "start"), self.new(graph, "end")
        first, last = self.block(graph, depth)
        self.join(graph, start, first)
        self.join(graph, last, end)
        return graph

    def block(self, graph: Graph, depth: int) -> tuple[str, str]:
        """A block; gives its first and last node."""
        kinds = ["task", "call"] if depth <= 0 else BLOCKS
        kind = self.random.choice(kinds)
        if kind in ACTIVITIES:
            return self.activity(graph, kind, depth)
        if kind == "sequence":
            first, middle = self.block(graph, depth - 1)
            after, last = self.block(graph, depth - 1)
            self.join(graph, middle, after)
            return first, last
        if kind == "loop":
            merge, task, split = self.new(graph, "xor"), self.new(graph, "task"), self.new(graph, "xor")
            first, last = self.block(graph, depth - 1)
            for source, target in ((merge, task), (task, first), (last, split)):
                self.join(graph, source, target)
            self.join(graph, split, merge, (self.variable(), 1))
            out = self.new(graph, "task")
            self.join(graph, split, out, default=True)
            return merge, out
        return self.branches(graph, kind, depth)

    def branches(self, graph: Graph, kind: str, depth: int) -> tuple[str, str]:
        split, merge = self.new(graph, kind), self.new(graph, kind)
        variable = self.variable()
        number = self.random.choice((2, 2, 3))
        for index in range(number):
            first, last = self.block(graph, depth - 1)
            default = kind != "and" and index == number - 1
            when = None if kind == "and" or default else (variable, VALUES[index])
            self.join(graph, split, first, when, default=default)
            self.join(graph, last, merge)
        return split, merge

    def activity(self, graph: Graph, kind: str, depth: int) -> tuple[str, str]:
        inner = self.scope(depth - 1) if kind == "sub" else None
        node = self.new(graph, kind, inner=inner, sequential=self.random.random() < 0.5)
        if self.random.random() < 0.3:
            event = self.new(graph, "event", host=node, interrupting=self.random.random() < 0.6)
            task = self.new(graph, "task")
            self.join(graph, event, task)
            self.join(graph, task, self.new(graph, "end"))
        return node, node

    def wild(self) -> Graph:
        """Nodes in a row, flows forward only; joins and splits as it happens."""
        graph = Graph(is_block=False)
        row = [self.new(graph, "start")]
        row += [
            self.new(graph, self.random.choice(("task", "task", "xor", "and", "or")))
            for _ in range(self.random.randint(3, 9))
        ]
        row.append(self.new(graph, "end"))
        pairs = {(self.random.randrange(index), index) for index in range(1, len(row))}
        for _ in range(self.random.randint(1, 6)):
            low = self.random.randrange(len(row) - 1)
            pairs.add((low, self.random.randrange(low + 1, len(row))))
        targets: dict[int, list[int]] = {}
        for low, high in sorted(pairs):
            targets.setdefault(low, []).append(high)
        for low in range(len(row) - 1):
            self.wild_flows(graph, row, low, targets.get(low, [len(row) - 1]))
        return graph

    def wild_flows(self, graph: Graph, row: list[str], low: int, highs: list[int]) -> None:
        kind = graph.nodes[row[low]].type
        if kind in {"start", "task"}:
            highs = highs[:2]
        choice = kind in {"xor", "or"} and len(highs) > 1
        variable = self.variable() if choice else ""
        for index, high in enumerate(highs):
            default = choice and index == len(highs) - 1
            when = (variable, VALUES[index % 3]) if choice and not default else None
            self.join(graph, row[low], row[high], when, default=default)


_TAGS = {
    "xor": "exclusiveGateway",
    "and": "parallelGateway",
    "or": "inclusiveGateway",
    "start": "startEvent",
    "end": "endEvent",
}


def draw(graph: Graph) -> str:
    """BPMN of a scope."""
    return "".join(_node(graph, node) for node in graph.nodes.values()) + "".join(_flow(flow) for flow in graph.flows)


def _node(graph: Graph, node: Node) -> str:
    defaults = {flow.source: flow.id for flow in graph.flows if flow.default}
    more = {"default": defaults[node.id]} if node.id in defaults else {}
    if node.type == "task":
        return user_task(node.id, **more)
    if node.type == "call":
        return element("callActivity", node.id, extensions='<zeebe:calledElement processId="other"/>', **more)
    if node.type == "mi":
        loop = '<zeebe:loopCharacteristics inputCollection="=items" inputElement="item"/>'
        inner = (
            f'<bpmn:multiInstanceLoopCharacteristics isSequential="{str(node.sequential).lower()}">'
            f"<bpmn:extensionElements>{loop}</bpmn:extensionElements></bpmn:multiInstanceLoopCharacteristics>"
        )
        return user_task(node.id, inner)
    if node.type == "sub":
        return element("subProcess", node.id, draw(node.inner), **more)
    if node.type == "event":
        return element(
            "boundaryEvent",
            node.id,
            '<bpmn:messageEventDefinition messageRef="m"/>',
            attachedToRef=node.host,
            cancelActivity=str(node.interrupting).lower(),
        )
    return element(_TAGS[node.type], node.id, **more)


def _flow(flow: Flow) -> str:
    condition = ""
    if flow.when is not None:
        text = escape(f"=list contains({flow.when[0]}, {flow.when[1]})")
        condition = f"<bpmn:conditionExpression>{text}</bpmn:conditionExpression>"
    return (
        f'<bpmn:sequenceFlow id="{flow.id}" sourceRef="{flow.source}" targetRef="{flow.target}">{condition}'
        "</bpmn:sequenceFlow>"
    )
