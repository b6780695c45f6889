"""Start, end, intermediate and boundary events."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from SpiffWorkflow.bpmn.specs.defaults import (
    BoundaryEvent as SpiffBoundaryEvent,
)
from SpiffWorkflow.bpmn.specs.defaults import (
    EndEvent as SpiffEndEvent,
)
from SpiffWorkflow.bpmn.specs.defaults import (
    IntermediateCatchEvent as SpiffCatchEvent,
)
from SpiffWorkflow.bpmn.specs.defaults import (
    IntermediateThrowEvent as SpiffThrowEvent,
)
from SpiffWorkflow.bpmn.specs.defaults import (
    SendTask as SpiffSendTask,
)
from SpiffWorkflow.bpmn.specs.defaults import (
    StartEvent as SpiffStartEvent,
)
from SpiffWorkflow.bpmn.specs.event_definitions import NoneEventDefinition
from SpiffWorkflow.util.task import TaskState

from engine.runtime.changes import MessageThrown, SignalThrown
from engine.runtime.dialect.model import Branch, Event, Settings
from engine.runtime.specs.activities import create_job
from engine.runtime.specs.node import Node
from engine.runtime.throwing import deliver_signal, escalate, throw
from engine.runtime.token import Token
from engine.runtime.waits import OUTSIDE, close_wait, open_wait, repeat_timer, text

_NONE = Event("none")


class _EventNode(Node):
    """What events share. SpiffWorkflow's own event definitions stay empty: ours are :class:`Event`."""

    def __init__(self, wf_spec: Any, settings: Settings, **kwargs: Any) -> None:
        super().__init__(wf_spec, settings, event_definition=NoneEventDefinition(), **kwargs)
        self.catching: Event = settings.event or _NONE
        self.interrupting = settings.interrupting
        self.waits = self.listens = self.catching.kind in OUTSIDE


class StartEvent(_EventNode, SpiffStartEvent):  # type: ignore[misc]
    """A start event: by the time that it runs, whatever it waits for has happened."""

    def __init__(self, wf_spec: Any, settings: Settings) -> None:
        super().__init__(wf_spec, settings)
        self.waits = False


class CatchEvent(_EventNode, SpiffCatchEvent):  # type: ignore[misc]
    """An intermediate catching event or a receive task."""

    def behave(self, token: Token) -> bool | None:
        """Wait, unless the event has occurred already (behind an event-based gateway) or there is none."""
        if token.fired or self.catching.kind in {"none", "link"}:
            return True
        open_wait(token, self.catching, self.bpmn_id, token)
        return None

    def await_for(self, gateway: Token, flow_id: str) -> None:
        """Wait on behalf of an event-based gateway."""
        token = gateway.instance.add(gateway.workflow, self, flow=flow_id, host=gateway.id)
        token._set_state(TaskState.WAITING)  # noqa: SLF001 - SpiffWorkflow's own protocol
        open_wait(token, self.catching, self.bpmn_id, gateway)

    def trigger(self, token: Token, payload: Mapping[str, Any]) -> None:
        """The event has occurred."""
        if not token.host:
            token.payload = payload
            token.complete()
            return
        gateway = token.instance.tokens[token.host]
        if self.waits:
            close_wait(token, self.bpmn_id)
        token.host = ""
        gateway.task_spec.decided(gateway, token.flow)
        token.instance.fire(token, payload)

    def reconsider(self, token: Token) -> bool:
        """Whether the condition that the token waits for holds now."""
        return turned_true(self, token)


class MultipleCatchEvent(CatchEvent):
    """An intermediate event with several definitions: it waits for one of them, or (parallel) for all."""

    hosts_events = True

    def __init__(self, wf_spec: Any, settings: Settings, **kwargs: Any) -> None:
        super().__init__(wf_spec, settings, **kwargs)
        self.listens = True

    def behave(self, token: Token) -> None:
        """Let each part wait."""
        for part in self.catching.parts:
            waiting = token.instance.add(token.workflow, self, host=token.id)
            waiting._set_state(TaskState.WAITING)  # noqa: SLF001 - SpiffWorkflow's own protocol
            open_wait(waiting, part, self.bpmn_id, token)

    def trigger(self, token: Token, payload: Mapping[str, Any]) -> None:
        """One part has occurred."""
        instance = token.instance
        close_wait(token, self.bpmn_id)
        event = instance.tokens[token.host]
        token._set_state(TaskState.COMPLETED)  # noqa: SLF001 - SpiffWorkflow's own protocol
        instance.forget(token)
        event.internal_data["received"] = {**event.internal_data.get("received", {}), **payload}
        left = any(other.host == event.id for other in event.workflow.living())
        if not (left and self.catching.parallel):
            event.payload = event.internal_data["received"]
            event.complete()


class BoundaryEvent(_EventNode, SpiffBoundaryEvent):  # type: ignore[misc]
    """An event at the border of an activity."""

    def __init__(self, wf_spec: Any, settings: Settings) -> None:
        super().__init__(wf_spec, settings, cancel_activity=settings.interrupting)

    def open(self, host: Token) -> None:
        """Wait while the activity is at work."""
        token = host.instance.add(host.workflow, self, host=host.id)
        token._set_state(TaskState.WAITING)  # noqa: SLF001 - SpiffWorkflow's own protocol
        open_wait(token, self.catching, self.bpmn_id, host)

    def trigger(self, token: Token, payload: Mapping[str, Any]) -> None:
        """The event has occurred: end the activity, or go on beside it."""
        instance = token.instance
        if self.interrupting:
            if self.waits:
                close_wait(token, self.bpmn_id)
            host, token.host = instance.tokens[token.host], ""
            host.cancel()
            instance.fire(token, payload)
            return
        beside(token, self.bpmn_id, instance.add(token.workflow, self), payload)

    def reconsider(self, token: Token) -> bool:
        """Whether the condition that the token waits for holds now."""
        return turned_true(self, token)


def beside(waiting: Token, element_id: str, fired: Token, payload: Mapping[str, Any]) -> None:
    """A non-interrupting event: one more token goes on; the wait stays for messages, signals and cycles."""
    instance = waiting.instance
    if waiting.task_spec.catching.kind == "timer":
        close_wait(waiting, element_id)
        if "interval" not in waiting.internal_data or not repeat_timer(waiting, element_id):
            waiting._set_state(TaskState.COMPLETED)  # noqa: SLF001 - its time is over; nothing follows from it
            instance.forget(waiting)
    instance.fire(fired, payload)


def turned_true(spec: Any, token: Token) -> bool:
    """Trigger a conditional event on the change from false to true."""
    if spec.catching.kind != "conditional" or not token.has_state(TaskState.WAITING | TaskState.STARTED):
        return False
    context = token.instance.tokens.get(token.host, token)
    holds = token.instance.script_engine.condition(context, spec.catching.expression, spec.event_id)
    before, token.internal_data["held"] = token.internal_data.get("held", False), holds
    if not holds or before:
        return False
    spec.trigger(token, {})
    return True


def undo_next(token: Token, activity: str | None) -> bool | None:
    """Begin to undo what was completed last (in this scope; of one activity, if named); True when nothing is left."""
    instance, undoable = token.instance, token.workflow.undoable
    for index in range(len(undoable) - 1, -1, -1):
        if activity in (None, undoable[index][0]):
            _activity, handler = undoable.pop(index)
            spec = token.workflow.spec.task_specs[f"#{handler}"]
            instance.arrive(instance.add(token.workflow, spec, parent=token))
            return None
    return True


class _Throwing(_EventNode):
    """An event that does something to others, after it is complete itself."""

    def __init__(self, wf_spec: Any, settings: Settings, **kwargs: Any) -> None:
        super().__init__(wf_spec, settings, **kwargs)
        self.waits = settings.job is not None
        self.throws_signals = any(event.kind == "signal" for event in self.catching.parts or (self.catching,))

    def behave(self, token: Token) -> bool | None:
        """Wait for the job that sends the message, or until all is undone, if the event asks for it."""
        if self.settings.job is not None:
            create_job(token, self.settings)
            return None
        if self.catching.kind == "cancel":
            token.instance.interrupt_scope(token.workflow, sparing=token)
        if self.catching.kind in {"cancel", "compensate"}:
            return undo_next(token, self.catching.activity)
        return True

    def cancel_content(self, token: Token) -> None:
        """Stop what undoes."""
        for child in token.children:
            child.cancel()

    def collect(self, token: Token, child: Token) -> None:
        """What undoes gives nothing but its variables."""

    def child_over(self, token: Token, child: Token) -> None:  # noqa: ARG002 - the same call as for loops
        """One activity is undone: go on to the one before it."""
        if undo_next(token, self.catching.activity):
            token.complete()

    def do_without(self, token: Token, child: Token) -> None:
        """One activity stays as it is: go on to the one before it."""
        self.child_over(token, child)

    def throw(self, token: Token) -> None:
        """Throw what the event throws."""
        for event in self.catching.parts or (self.catching,):
            self._throw(token, event)

    def _throw(self, token: Token, event: Event) -> None:
        instance = token.instance
        if event.kind == "message" and self.settings.job is None:
            name = text(token, event.name, self.bpmn_id)
            key = "" if event.correlation_key is None else text(token, event.correlation_key, self.bpmn_id)
            payload = dict(instance.variables.scopes.get(token.id, {}))
            instance.emit(MessageThrown(self.bpmn_id, token.id, name, key, payload))
        elif event.kind == "signal":
            name = text(token, event.name, self.bpmn_id)
            payload = dict(instance.variables.scopes.get(token.id, {}))
            instance.emit(SignalThrown(self.bpmn_id, token.id, name, payload))
            deliver_signal(instance, name, payload)
        elif event.kind == "escalation":
            escalate(token, event.code, own=False)


class ThrowEvent(_Throwing, SpiffThrowEvent):  # type: ignore[misc]
    """An intermediate throwing event."""

    def proceed(self, token: Token) -> None:
        """Throw; go on if what was thrown has not ended the scope around."""
        scope, before = token.workflow, token.workflow.interruptions
        self.throw(token)
        if not scope.closed and scope.interruptions == before:
            super().proceed(token)


class MessageTask(_Throwing, SpiffSendTask):  # type: ignore[misc]
    """A send task without a topic: the message goes out at once."""

    def behave(self, token: Token) -> bool:
        """Send; a message concerns others only, so this may come before the task's completion."""
        self.throw(token)
        return True


class EndEvent(_Throwing, SpiffEndEvent):  # type: ignore[misc]
    """An end event."""

    def reach_end(self, token: Token) -> None:
        """End as drawn: this path, the scope, or whatever an error or escalation ends."""
        scope, instance, kind = token.workflow, token.instance, self.catching.kind
        if kind == "terminate":
            scope.last_end = (self.bpmn_id, "terminate", None)
            instance.interrupt_scope(scope)
            return
        if kind == "error":
            if not throw(token, kind, self.catching.code, {}, own=False):
                instance.end_all(self.bpmn_id, "error", self.catching.code)
            return
        if kind == "escalation":
            if not escalate(token, self.catching.code, own=False):
                scope.last_end = (self.bpmn_id, "escalation" if scope is instance else "none", self.catching.code)
            return
        if kind == "cancel" and throw(token, "cancel", None, {}, own=False):
            return
        scope.last_end = (self.bpmn_id, "none", None)
        self.throw(token)

    def ways(self) -> Iterator[tuple[Branch, ...]]:
        """Nothing goes on; and where the whole scope ends, nothing in it is left to stand anywhere."""
        return iter([] if self.catching.kind in {"terminate", "error", "cancel"} else [()])
