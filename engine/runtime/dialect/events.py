"""Event definitions: message, timer, signal, error, escalation, condition, terminate, link … into typed events."""

from __future__ import annotations

from collections.abc import Mapping

from engine.runtime.desugar import Node, bpmn, elements, local, zeebe
from engine.runtime.dialect.expressions import Expressions
from engine.runtime.dialect.model import Event, EventKind, TimerKind, Value
from feel.sentences import Sentence

_KINDS: Mapping[str, EventKind] = {
    "messageEventDefinition": "message",
    "timerEventDefinition": "timer",
    "signalEventDefinition": "signal",
    "errorEventDefinition": "error",
    "escalationEventDefinition": "escalation",
    "conditionalEventDefinition": "conditional",
    "terminateEventDefinition": "terminate",
    "cancelEventDefinition": "cancel",
    "linkEventDefinition": "link",
    "compensateEventDefinition": "compensate",
}
_NAMES: Mapping[str, Sentence] = {
    "message": Sentence("message"),
    "signal": Sentence("signal"),
    "error": Sentence("error"),
    "escalation": Sentence("escalation"),
}
_TIMERS: Mapping[str, TimerKind] = {"timeDate": "date", "timeDuration": "duration", "timeCycle": "cycle"}


class Events:
    """Reads the event definitions of one file; messages, signals, errors and escalations are looked up by id."""

    def __init__(self, definitions: Node, expressions: Expressions) -> None:
        self._expressions = expressions
        self._findings = expressions.findings
        self._named = {
            node.get("id", ""): node
            for tag in ("message", "signal", "error", "escalation")
            for node in definitions.iterchildren(bpmn(tag))
        }

    def event(self, node: Node) -> Event:
        """The event of an event element; several definitions make one of kind "multiple"."""
        parts = tuple(
            self._definition(child, node) for child in elements(node) if local(child).endswith("EventDefinition")
        )
        if not parts:
            return Event("none")
        if len(parts) == 1:
            return parts[0]
        return Event("multiple", parts=parts, parallel=node.get("parallelMultiple") == "true")

    def message(self, node: Node, element_id: str) -> Event:
        """The message that ``messageRef`` of a node names, with its correlation key."""
        message = self._lookup(node, "messageRef", "message", element_id)
        if message is None:
            return Event("message")
        name = self._expressions.value(message.get("name"), element_id)
        if name is None:
            self._findings.error(
                element_id, "message", Sentence("The message {id} has no name.", id=message.get("id", ""))
            )
        subscription = message.find(f"{bpmn('extensionElements')}/{zeebe('subscription')}")
        key = None
        if subscription is not None:
            key = self._expressions.value(subscription.get("correlationKey"), element_id)
        return Event("message", name=name, correlation_key=key)

    def _definition(self, definition: Node, node: Node) -> Event:
        element_id = node.get("id", "")
        kind = _KINDS.get(local(definition))
        if kind is None:
            self._findings.error(
                element_id,
                "unsupported",
                Sentence("The event definition {name} is not supported.", name=local(definition)),
            )
            return Event("none")
        throws = local(node) in {"endEvent", "intermediateThrowEvent"}
        if kind == "message":
            return self.message(definition, element_id)
        if kind == "timer":
            return self._timer(definition, element_id)
        if kind == "signal":
            signal = self._lookup(definition, "signalRef", "signal", element_id)
            return Event(kind, name=self._name(signal, element_id, "signal"))
        if kind in {"error", "escalation"}:
            return self._coded(definition, kind, element_id, throws=throws)
        if kind == "conditional":
            condition = definition.find(bpmn("condition"))
            text = None if condition is None else condition.text
            expression = self._expressions.condition(text, element_id)
            if expression is None:
                self._findings.error(element_id, "condition", Sentence("The conditional event has no condition."))
            return Event(kind, expression=expression)
        if kind == "link":
            return Event(kind, name=Value(definition.get("name", "")))
        return Event(kind, activity=definition.get("activityRef"))

    def _timer(self, definition: Node, element_id: str) -> Event:
        found = [child for child in elements(definition) if local(child) in _TIMERS]
        text = found[0].text if len(found) == 1 else None
        value = self._expressions.value(text, element_id)
        if value is None:
            self._findings.error(
                element_id,
                "timer",
                Sentence("The timer needs exactly one date, duration or cycle, in ISO 8601 or FEEL."),
            )
            return Event("timer", timer="duration")
        return Event("timer", timer=_TIMERS[local(found[0])], expression=value)

    def _coded(self, definition: Node, kind: EventKind, element_id: str, *, throws: bool) -> Event:
        if definition.get(f"{kind}Ref") is None:
            if throws:
                self._findings.error(
                    element_id,
                    kind,
                    Sentence("The event throws no named {kind}. Refer to one that has a code.", kind=_NAMES[kind]),
                )
            return Event(kind)
        found = self._lookup(definition, f"{kind}Ref", kind, element_id)
        if found is None:
            return Event(kind)
        code = found.get("errorCode" if kind == "error" else "escalationCode")
        if not code and throws:
            self._findings.error(
                element_id,
                kind,
                Sentence(
                    "The {kind} {id} has no code, so nothing can catch it.", kind=_NAMES[kind], id=found.get("id", "")
                ),
            )
        return Event(kind, code=code or None)

    def _name(self, node: Node | None, element_id: str, what: str) -> Value | None:
        if node is None:
            return None
        name = self._expressions.value(node.get("name"), element_id)
        if name is None:
            self._findings.error(
                element_id, what, Sentence("The {what} {id} has no name.", what=_NAMES[what], id=node.get("id", ""))
            )
        return name

    def _lookup(self, node: Node, attribute: str, what: str, element_id: str) -> Node | None:
        reference = (node.get(attribute) or "").rpartition(":")[2]
        found = self._named.get(reference)
        if found is None or local(found) != what:
            self._findings.error(
                element_id,
                what,
                Sentence(
                    "The event names the {what} {id}, which the file does not have.", what=_NAMES[what], id=reference
                )
                if reference
                else Sentence("The event names no {what}.", what=_NAMES[what]),
            )
            return None
        return found
