"""Definitions (desugared) → process models: the place where XML ends and typed settings begin."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from engine.runtime.desugar import LINK_FLOW, Node, bpmn, elements, local
from engine.runtime.dialect.events import Events
from engine.runtime.dialect.expressions import Expressions
from engine.runtime.dialect.extensions import Extensions
from engine.runtime.dialect.findings import Findings
from engine.runtime.dialect.model import (
    Branch,
    CalledDecision,
    Element,
    Event,
    Flow,
    Job,
    ProcessModel,
    Scope,
    Script,
    Settings,
    StartEvent,
)
from engine.runtime.dialect.references import references
from feel.sentences import Sentence

SCOPES = frozenset({"subProcess", "transaction"})
TASKS = frozenset(
    {
        "task",
        "manualTask",
        "userTask",
        "serviceTask",
        "sendTask",
        "receiveTask",
        "scriptTask",
        "businessRuleTask",
    }
)
ACTIVITIES = TASKS | SCOPES | {"callActivity"}
GATEWAYS = frozenset(
    {"exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway", "complexGateway"}
)
EVENTS = frozenset({"startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent"})
NODES = ACTIVITIES | GATEWAYS | EVENTS
_MOST_TOKENS = 100
_NAMING = ("resultVariable", "inputElement", "outputCollection", "target")


def read_processes(definitions: Node, findings: Findings, functions: Collection[str]) -> Mapping[str, ProcessModel]:
    """The executable processes of a file by id; what is wrong goes to ``findings``."""
    expressions = Expressions(findings, _declared_names(definitions), functions)
    reader = _Reader(definitions, Extensions(expressions), Events(definitions, expressions), expressions)
    return {
        node.get("id", ""): reader.process(node)
        for node in definitions.iterchildren(bpmn("process"))
        if node.get("isExecutable", "true") != "false"
    }


def _declared_names(definitions: Node) -> set[str]:
    """Names that the diagram itself gives to variables: FEEL has to know those with spaces or signs in them."""
    names = {
        node.get(attribute, "").split(".")[0]
        for node in definitions.iter()
        for attribute in _NAMING
        if node.get(attribute)
    }
    return {name for name in names if name.strip()}


@dataclass(slots=True)
class _Ends:
    """Ids of the flows into and out of each element."""

    incoming: dict[str, list[str]] = field(default_factory=dict)
    outgoing: dict[str, list[str]] = field(default_factory=dict)


class _Reader:
    def __init__(self, definitions: Node, extensions: Extensions, events: Events, expressions: Expressions) -> None:
        self._extensions = extensions
        self._events = events
        self._expressions = expressions
        self._findings = expressions.findings
        self._handlers = {
            node.get("sourceRef", ""): node.get("targetRef", "") for node in definitions.iter(bpmn("association"))
        }

    def process(self, node: Node) -> ProcessModel:
        scope = self._scope(node)
        flows = {flow.id: flow for flow in self._flows(node)}
        ends = _Ends()
        for flow in flows.values():
            ends.incoming.setdefault(flow.target, []).append(flow.id)
            ends.outgoing.setdefault(flow.source, []).append(flow.id)
        drawn = {element.id: element for element in self._elements(node, "", ends)}
        tag = self._extensions.find(node, "versionTag")
        return ProcessModel(
            process_id=node.get("id", ""),
            name=node.get("name", "") or node.get("id", ""),
            version_tag=None if tag is None else tag.get("value"),
            properties=self._extensions.properties(node),
            documentation=_documentation(node),
            elements=drawn,
            flows=flows,
            scope=scope,
            start_events=tuple(self._starts(node, scope)),
            references=references(scope),
        )

    def _elements(self, parent: Node, parent_id: str, ends: _Ends) -> Iterator[Element]:
        for node in elements(parent):
            if local(node) not in NODES:
                continue
            element_id = node.get("id", "")
            yield Element(
                id=element_id,
                name=node.get("name", ""),
                type=local(node),
                documentation=_documentation(node),
                properties=self._extensions.properties(node),
                incoming=tuple(ends.incoming.get(element_id, ())),
                outgoing=tuple(ends.outgoing.get(element_id, ())),
                parent=parent_id,
            )
            yield from self._elements(node, element_id, ends)

    def _flows(self, process: Node) -> Iterator[Flow]:
        defaults = {node.get("default") for node in process.iter() if node.get("default")}
        for node in process.iter(bpmn("sequenceFlow")):
            if node.get(LINK_FLOW):
                continue
            flow_id = node.get("id", "")
            yield Flow(
                id=flow_id,
                name=node.get("name", ""),
                source=node.get("sourceRef", ""),
                target=node.get("targetRef", ""),
                condition=_condition(node),
                is_default=flow_id in defaults,
            )

    def _scope(self, node: Node) -> Scope:
        branches: dict[str, list[Branch]] = {}
        defaults = {child.get("default") for child in elements(node) if child.get("default")}
        for flow in node.iterchildren(bpmn("sequenceFlow")):
            flow_id = flow.get("id", "")
            branches.setdefault(flow.get("sourceRef", ""), []).append(
                Branch(
                    flow_id=flow_id,
                    target=flow.get("targetRef", ""),
                    condition=self._expressions.condition(_condition(flow), flow_id),
                    is_default=flow_id in defaults,
                    drawn=not flow.get(LINK_FLOW),
                )
            )
        nodes = {
            child.get("id", ""): self._settings(child, _in_order(child, branches.get(child.get("id", ""), [])))
            for child in elements(node)
            if local(child) in NODES
        }
        return Scope(
            id=node.get("id", ""),
            nodes=nodes,
            triggered_by_event=node.get("triggeredByEvent") == "true",
            transaction=local(node) == "transaction",
        )

    def _settings(self, node: Node, branches: tuple[Branch, ...]) -> Settings:
        kind, extensions = local(node), self._extensions
        element_id = node.get("id", "")
        interrupting = node.get("cancelActivity" if kind == "boundaryEvent" else "isInterrupting", "true") != "false"
        return Settings(
            id=element_id,
            name=node.get("name", ""),
            type=kind,
            properties=extensions.properties(node),
            branches=branches,
            inputs=extensions.mappings(node, "input"),
            outputs=extensions.mappings(node, "output"),
            copy_to=extensions.copy_to(node),
            user_task=extensions.user_task(node) if kind == "userTask" else None,
            job=self._job(node, kind),
            script=self._script(node, kind),
            decision=self._decision(node, kind),
            call=extensions.call(node) if kind == "callActivity" else None,
            multi_instance=extensions.multi_instance(node),
            loop=extensions.loop(node),
            event=self._event(node, kind),
            attached_to=node.get("attachedToRef"),
            interrupting=interrupting,
            instantiates=node.get("instantiate") == "true",
            for_compensation=node.get("isForCompensation") == "true",
            handler=self._handlers.get(element_id),
            start_quantity=self._quantity(node, "startQuantity"),
            completion_quantity=self._quantity(node, "completionQuantity"),
            scope=self._scope(node) if kind in SCOPES else None,
        )

    def _quantity(self, node: Node, attribute: str) -> int:
        text = node.get(attribute, "1").strip()
        if text.isdigit() and 1 <= int(text) <= _MOST_TOKENS:
            return int(text)
        self._findings.error(
            node.get("id", ""),
            "quantity",
            Sentence("{attribute} must be a whole number from 1 to {most}.", attribute=attribute, most=_MOST_TOKENS),
        )
        return 1

    def _event(self, node: Node, kind: str) -> Event | None:
        if kind in EVENTS:
            return self._events.event(node)
        if kind == "receiveTask" or (kind == "sendTask" and node.get("messageRef")):
            return self._events.message(node, node.get("id", ""))
        return None

    def _job(self, node: Node, kind: str) -> Job | None:
        job = self._extensions.job(node)
        if (
            job is None
            and kind in {"serviceTask", "sendTask"}
            and not (kind == "sendTask" and node.get("messageRef"))
        ):
            self._findings.error(
                node.get("id", ""),
                "topic",
                Sentence("The task names no topic. Give it a task definition (zeebe:taskDefinition type)."),
            )
        return job

    def _script(self, node: Node, kind: str) -> Script | None:
        if kind != "scriptTask":
            return None
        script = self._extensions.script(node)
        if script is None and self._extensions.find(node, "taskDefinition") is None:
            self._findings.error(
                node.get("id", ""),
                "script",
                Sentence("The script task has no FEEL expression. Give it one (zeebe:script), or a topic."),
            )
        return script

    def _decision(self, node: Node, kind: str) -> CalledDecision | None:
        if kind != "businessRuleTask":
            return None
        decision = self._extensions.decision(node)
        if decision is None and self._extensions.find(node, "taskDefinition") is None:
            self._findings.error(
                node.get("id", ""),
                "decision",
                Sentence("The business rule task calls no decision. Link a decision (zeebe:calledDecision)."),
            )
        return decision

    def _starts(self, process: Node, scope: Scope) -> Iterator[StartEvent]:
        for node in elements(process):
            settings = scope.nodes.get(node.get("id", ""))
            if settings is None or settings.event is None:
                continue
            if settings.type != "startEvent" and not settings.instantiates:
                continue
            form = self._extensions.find(node, "formDefinition")
            yield StartEvent(
                settings.id, settings.event.kind, settings.event, None if form is None else form.get("formId")
            )


def _in_order(node: Node, branches: list[Branch]) -> tuple[Branch, ...]:
    """The flows in the order in which the element lists them, which is the order in which they are followed."""
    listed = [(child.text or "").strip() for child in node.iterchildren(bpmn("outgoing"))]
    place = {flow_id: index for index, flow_id in enumerate(listed)}
    return tuple(sorted(branches, key=lambda branch: place.get(branch.flow_id, len(place))))


def _documentation(node: Node) -> str:
    return "\n".join((child.text or "").strip() for child in node.iterchildren(bpmn("documentation")))


def _condition(flow: Node) -> str | None:
    expression = flow.find(bpmn("conditionExpression"))
    text = None if expression is None else expression.text
    return text.strip() if text and text.strip() else None
