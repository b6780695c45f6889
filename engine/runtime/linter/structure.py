"""Ids, flows and starts: what has to hold before a diagram can be read at all, and before it can be built."""

from __future__ import annotations

from collections import Counter

from engine.runtime.desugar import Node, bpmn, elements, local
from engine.runtime.dialect.findings import Findings
from engine.runtime.dialect.reader import GATEWAYS, NODES
from feel.sentences import Sentence

_SCOPES = {"process", "subProcess", "transaction"}


def check_structure(definitions: Node, findings: Findings) -> None:
    """Every id once, every flow from an element to an element of the same scope, every scope with a start."""
    _ids(definitions, findings)
    processes = [p for p in definitions.iterchildren(bpmn("process")) if p.get("isExecutable", "true") != "false"]
    if not processes:
        findings.error("", "no-process", Sentence("The file has no executable process (isExecutable)."))
    for process in processes:
        if not process.get("id"):
            findings.error("", "no-id", Sentence("A process has no id."))
        for scope in process.iter():
            if local(scope) in _SCOPES:
                _scope(scope, findings)


def _ids(definitions: Node, findings: Findings) -> None:
    ids = Counter(str(node.get("id")) for node in definitions.iter() if node.get("id") and _is_bpmn(node))
    for element_id, count in ids.items():
        if count > 1:
            findings.error(
                element_id, "duplicate-id", Sentence("{count} elements have the id {id}.", count=count, id=element_id)
            )
    for node in definitions.iter():
        if _is_bpmn(node) and (local(node) in NODES or local(node) == "sequenceFlow") and not node.get("id"):
            name = node.get("name", "")
            findings.error(
                "", "no-id", Sentence("An element of type {type} ({name}) has no id.", type=local(node), name=name)
            )


def _is_bpmn(node: Node) -> bool:
    return str(node.tag).startswith(bpmn(""))


def _scope(scope: Node, findings: Findings) -> None:
    nodes = {node.get("id", ""): node for node in elements(scope) if local(node) in NODES}
    flows = list(scope.iterchildren(bpmn("sequenceFlow")))
    for flow in flows:
        _flow(flow, nodes, findings)
    _defaults(nodes, flows, findings)
    _border(nodes, flows, findings)
    _start(scope, nodes, flows, findings)


def _flow(flow: Node, nodes: dict[str, Node], findings: Findings) -> None:
    flow_id = flow.get("id", "")
    for attribute in ("sourceRef", "targetRef"):
        end = nodes.get(flow.get(attribute, ""))
        if end is None:
            findings.error(
                flow_id,
                "flow-to-nowhere",
                Sentence(
                    "The sequence flow leads from or to {id}, which this process or subprocess does not have.",
                    id=flow.get(attribute) or "?",
                ),
            )
    source, target = nodes.get(flow.get("sourceRef", "")), nodes.get(flow.get("targetRef", ""))
    if source is not None and local(source) == "endEvent":
        findings.error(flow_id, "flow-from-end", Sentence("A sequence flow cannot leave an end event."))
    if target is not None and local(target) in {"startEvent", "boundaryEvent"}:
        findings.error(
            flow_id, "flow-to-start", Sentence("A sequence flow cannot lead to a start or boundary event.")
        )


def _defaults(nodes: dict[str, Node], flows: list[Node], findings: Findings) -> None:
    outgoing = {flow.get("id"): flow for flow in flows}
    for element_id, node in nodes.items():
        default = node.get("default")
        if default is None:
            continue
        flow = outgoing.get(default)
        if flow is None or flow.get("sourceRef") != element_id:
            findings.error(
                element_id, "default", Sentence("The default flow {id} does not leave this element.", id=default)
            )


def _border(nodes: dict[str, Node], flows: list[Node], findings: Findings) -> None:
    for element_id, node in nodes.items():
        if local(node) != "boundaryEvent":
            continue
        host = nodes.get(node.get("attachedToRef", ""))
        if host is None or local(host) in GATEWAYS or local(host).endswith("Event"):
            findings.error(element_id, "boundary", Sentence("The boundary event is not attached to an activity."))
        compensates = any(local(child) == "compensateEventDefinition" for child in node)
        if not compensates and not any(flow.get("sourceRef") == element_id for flow in flows):
            findings.warning(element_id, "boundary", Sentence("Nothing follows this boundary event."))


def _start(scope: Node, nodes: dict[str, Node], flows: list[Node], findings: Findings) -> None:
    scope_id = scope.get("id", "")
    targets = {flow.get("targetRef") for flow in flows}
    starts = [node for node in nodes.values() if local(node) == "startEvent"]
    plain = [
        node
        for node in starts
        if not any(local(child).endswith("EventDefinition") or local(child) == "eventDefinitionRef" for child in node)
    ]
    if scope.get("triggeredByEvent") == "true":
        if len(starts) != 1 or plain:
            findings.error(
                scope_id,
                "event-subprocess",
                Sentence("An event subprocess needs exactly one start event, with an event (message, timer, …)."),
            )
        return
    if not nodes:
        if local(scope) == "process":
            findings.error(scope_id, "no-start", Sentence("The process is empty."))
        return
    open_nodes = [
        node
        for element_id, node in nodes.items()
        if element_id not in targets
        and local(node) != "boundaryEvent"
        and node.get("triggeredByEvent") != "true"
        and node.get("isForCompensation") != "true"
    ]
    if not open_nodes:
        findings.error(scope_id, "no-start", Sentence("It starts nowhere: every element has an incoming flow."))
    if len(plain) > 1:
        findings.error(
            scope_id,
            "several-starts",
            Sentence("It has {count} plain start events. Draw one, and a gateway behind it.", count=len(plain)),
        )
    if local(scope) != "process" and starts and not plain:
        findings.error(
            scope_id, "no-start", Sentence("A subprocess starts with a plain start event, not with an event.")
        )
