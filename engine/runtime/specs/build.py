"""Settings → SpiffWorkflow specifications: one per scope, built once for a definition and shared by its instances.

The specifications are built from the typed settings rather than by SpiffWorkflow's parser: that one follows the flows
recursively (a long diagram exceeds Python's stack) and passes over in silence what it does not know.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec

from engine.runtime.dialect.model import Scope, Settings
from engine.runtime.specs.activities import (
    CallActivity,
    DecisionTask,
    FeelScriptTask,
    JobTask,
    PassThroughTask,
    PersonTask,
)
from engine.runtime.specs.events import (
    BoundaryEvent,
    CatchEvent,
    EndEvent,
    MessageTask,
    MultipleCatchEvent,
    StartEvent,
    ThrowEvent,
)
from engine.runtime.specs.gateways import EventBasedGateway, ExclusiveGateway, InclusiveGateway, ParallelGateway
from engine.runtime.specs.loops import LoopBody, ParallelBody, SequentialBody
from engine.runtime.specs.node import CHILD, Node
from engine.runtime.specs.subprocesses import EventSubprocess, Subprocess
from engine.runtime.waits import OUTSIDE

_SPECS: dict[str, type[Node]] = {
    "task": PassThroughTask,
    "manualTask": PassThroughTask,
    "userTask": PersonTask,
    "serviceTask": JobTask,
    "sendTask": JobTask,
    "receiveTask": CatchEvent,
    "callActivity": CallActivity,
    "subProcess": Subprocess,
    "transaction": Subprocess,
    "startEvent": StartEvent,
    "endEvent": EndEvent,
    "intermediateCatchEvent": CatchEvent,
    "intermediateThrowEvent": ThrowEvent,
    "boundaryEvent": BoundaryEvent,
    "exclusiveGateway": ExclusiveGateway,
    "parallelGateway": ParallelGateway,
    "inclusiveGateway": InclusiveGateway,
    "eventBasedGateway": EventBasedGateway,
    "complexGateway": InclusiveGateway,  # one that only splits: the linter sees to it
}


@dataclass(slots=True)
class Plan:
    """The specifications of a process. Nothing changes them after they are built, so threads may share them."""

    spec: Any
    subprocess_specs: dict[str, Any] = field(default_factory=dict)
    reconsiders: bool = False  # whether there are inclusive joins or conditional events
    joins: bool = False


class ScopeSpec(BpmnProcessSpec):  # type: ignore[misc]
    """The specification of a scope, with what is looked up when it begins or something is thrown in it."""

    def __init__(self, name: str) -> None:
        super().__init__(name=name)
        self.starts: tuple[Node, ...] = ()
        self.event_subprocesses: tuple[EventSubprocess, ...] = ()
        self.error_subprocesses: tuple[EventSubprocess, ...] = ()


def build(scope: Scope) -> Plan:
    """The specifications of a process and all its subprocesses."""
    plan = Plan(None)
    plan.spec = _build(scope, plan)
    for spec in (plan.spec, *plan.subprocess_specs.values()):
        nodes = [node for node in spec.task_specs.values() if isinstance(node, Node)]
        plan.joins = plan.joins or any(node.joins for node in nodes)
        plan.reconsiders = plan.reconsiders or any(_reconsiders(node) for node in nodes)
    return plan


def _reconsiders(node: Node) -> bool:
    event = node.catching if isinstance(node, EventSubprocess) else node.settings.event
    return isinstance(node, InclusiveGateway) or (event is not None and event.kind == "conditional")


def _build(scope: Scope, plan: Plan) -> ScopeSpec:
    spec = ScopeSpec(scope.id)
    for settings in scope.nodes.values():
        if settings.scope is not None:
            plan.subprocess_specs[settings.id] = _build(settings.scope, plan)
        _node(spec, settings)
    nodes: dict[str, Node] = {
        s.bpmn_id: s for s in spec.task_specs.values() if isinstance(s, Node) and not s.name.endswith(CHILD)
    }
    for node in nodes.values():
        for branch in node.branches:
            target = nodes[branch.target]
            node._outputs.append(target.name)  # noqa: SLF001 - some classes' connect() keeps conditions of its own
            target._inputs.append(node.name)  # noqa: SLF001 - the same
            target.incoming = (*target.incoming, branch.flow_id)
    for node in nodes.values():
        if isinstance(node, ParallelGateway | InclusiveGateway):
            node.joins = len(node.incoming) > 1
    boundary = [node for node in nodes.values() if isinstance(node, BoundaryEvent)]
    for node in boundary:
        host = nodes[node.settings.attached_to or ""]
        if node.catching.kind == "compensate":
            host.undone_by = node.settings.handler or ""
        elif node.catching.kind in OUTSIDE | {"conditional"}:
            host.boundary = (*host.boundary, node)
        else:
            host.catchers = (*host.catchers, node)
    subprocesses = tuple(node for node in nodes.values() if isinstance(node, EventSubprocess))
    spec.event_subprocesses = subprocesses
    spec.error_subprocesses = tuple(n for n in subprocesses if n.catching.kind in {"error", "escalation"})
    spec.starts = tuple(_starts(nodes))
    for node in nodes.values():
        if isinstance(node, InclusiveGateway):
            node.reaching = _reaching(node, nodes)
    return spec


def _node(spec: ScopeSpec, settings: Settings) -> None:
    child = settings.multi_instance is not None or settings.loop is not None
    if settings.multi_instance is not None:
        (SequentialBody if settings.multi_instance.sequential else ParallelBody)(spec, settings)
    elif settings.loop is not None:
        LoopBody(spec, settings)
    if settings.scope is not None and settings.scope.triggered_by_event:
        start = next(node for node in settings.scope.nodes.values() if node.type == "startEvent")
        EventSubprocess(spec, settings, start)
        return
    if settings.type == "scriptTask":
        cls: type[Node] = FeelScriptTask if settings.script is not None else JobTask
    elif settings.type == "businessRuleTask":
        cls = DecisionTask if settings.decision is not None else JobTask
    elif settings.type == "sendTask" and settings.job is None:
        cls = MessageTask
    elif (
        settings.event is not None and settings.event.kind == "multiple" and settings.type == "intermediateCatchEvent"
    ):
        cls = MultipleCatchEvent
    else:
        cls = _SPECS[settings.type]
    if child:
        made = cls(spec, settings, child=True)
        made.branches = ()
    else:
        cls(spec, settings)


def _starts(nodes: dict[str, Node]) -> Iterator[Node]:
    """Where a scope begins: its plain start event, else every element that no flow leads to."""
    events = [node for node in nodes.values() if isinstance(node, StartEvent)]
    if events:
        yield from (node for node in events if node.catching.kind == "none")
        return
    for node in nodes.values():
        undoes = node.settings.for_compensation
        if not (node.incoming or undoes or isinstance(node, BoundaryEvent | EventSubprocess)):
            yield node


def _reaching(gateway: InclusiveGateway, nodes: dict[str, Node]) -> dict[str, frozenset[str]]:
    """For each incoming flow, the elements from which a path leads over it without passing the gateway."""
    before: dict[str, set[str]] = {}
    for node in nodes.values():
        for branch in node.branches:
            before.setdefault(branch.target, set()).add(node.bpmn_id)
        if isinstance(node, BoundaryEvent):
            before.setdefault(node.bpmn_id, set()).add(node.settings.attached_to or "")
    reaching = {}
    for node in nodes.values():
        for branch in node.branches:
            if branch.target == gateway.bpmn_id:
                reaching[branch.flow_id] = frozenset(
                    nodes[one].name for one in _ancestors(node.bpmn_id, before, gateway.bpmn_id)
                )
    return reaching


def _ancestors(start: str, before: dict[str, set[str]], gateway: str) -> set[str]:
    found: set[str] = set()
    todo = [start]
    while todo:
        one = todo.pop()
        if one in found or one == gateway:
            continue
        found.add(one)
        todo += before.get(one, ())
    return found
