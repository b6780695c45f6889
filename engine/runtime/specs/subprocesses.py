"""Subprocesses and transactions, each a scope of its own in the same instance, and those that an event starts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from SpiffWorkflow.bpmn.specs.defaults import SubWorkflowTask
from SpiffWorkflow.util.task import TaskState

from engine.runtime.dialect.model import Event, Settings
from engine.runtime.specs.events import beside, turned_true
from engine.runtime.specs.node import Node
from engine.runtime.token import OF_SCOPE, Token
from engine.runtime.waits import OUTSIDE, close_wait, open_wait


class Subprocess(Node, SubWorkflowTask):  # type: ignore[misc]
    """An embedded subprocess or transaction: a scope of its own in the same instance."""

    def __init__(self, wf_spec: Any, settings: Settings, **kwargs: Any) -> None:
        super().__init__(wf_spec, settings, subworkflow_spec=settings.id, **kwargs)

    def behave(self, token: Token) -> None:
        """Open the scope and start in it."""
        scope = token.instance.open_scope(token, self.spec)
        self.start(scope, token)
        token.instance.end_if_empty(scope)  # nothing may be drawn in it

    def wait(self, token: Token) -> None:
        """Go on with a scope that somebody else has opened and filled."""
        token._set_state(TaskState.STARTED)  # noqa: SLF001 - SpiffWorkflow's own protocol
        self.open_boundary(token)

    def start(self, scope: Any, token: Token) -> None:  # noqa: ARG002 - event subprocesses start with their event
        """Arm the event subprocesses, and put tokens at the start."""
        instance = scope.top_workflow
        arm_event_subprocesses(scope)
        for spec in scope.spec.starts:
            instance.arrive(instance.add(scope, spec))

    def cancel_content(self, token: Token) -> None:
        """Cancel the scope, from the inside out."""
        scope = token.instance.get_subprocess(token)
        if scope is not None:
            token.instance.interrupt_scope(scope)
            token.instance.close_scope(token)

    def _update_hook(self, my_task: Token) -> bool:  # noqa: ARG002 - SpiffWorkflow's signature
        return True


class EventSubprocess(Subprocess):
    """A subprocess that an event starts: its trigger waits while the scope around is open."""

    is_event_subprocess = True

    def __init__(self, wf_spec: Any, settings: Settings, start: Settings) -> None:
        super().__init__(wf_spec, settings)
        self.element_type = "eventSubProcess"
        self.start_id = start.id
        self.catching: Event = start.event or Event("none")
        self.interrupting = start.interrupting
        self.waits = False
        self.listens = self.catching.kind in OUTSIDE

    @property
    def event_id(self) -> str:
        """People know the trigger by the start event inside."""
        return self.start_id

    def arm(self, scope: Any) -> None:
        """Wait for the event."""
        if self.catching.kind not in OUTSIDE | {"conditional"}:
            return
        instance = scope.top_workflow
        token = instance.add(scope, self, host=OF_SCOPE)
        token._set_state(TaskState.WAITING)  # noqa: SLF001 - SpiffWorkflow's own protocol
        open_wait(token, self.catching, self.start_id, token)

    def reach_end(self, token: Token) -> None:
        """The end event inside has been remembered already: it says more than the subprocess."""

    def trigger(self, token: Token, payload: Mapping[str, Any]) -> None:
        """The event has occurred: instead of the rest of the scope, or beside it."""
        instance = token.instance
        if self.interrupting:
            if self.listens:
                close_wait(token, self.start_id)
            token.host = ""
            instance.interrupt_scope(token.workflow, sparing=token)
            instance.fire(token, payload)
            return
        beside(token, self.start_id, instance.add(token.workflow, self), payload)

    def start(self, scope: Any, token: Token) -> None:
        """Begin at the start event, with what the event brought."""
        instance = scope.top_workflow
        arm_event_subprocesses(scope)
        first = instance.add(scope, scope.spec.task_specs[f"#{self.start_id}"])
        payload, token.payload = token.payload, {}
        token.fired = False
        instance.fire(first, payload)

    def reconsider(self, token: Token) -> bool:
        """Whether the condition that starts it holds now."""
        return token.host == OF_SCOPE and turned_true(self, token)


def arm_event_subprocesses(scope: Any) -> None:
    """Open the triggers of a scope that begins."""
    for spec in scope.spec.event_subprocesses:
        spec.arm(scope)
