"""Gateways. Joins count tokens flow by flow, so that none is lost and none invented."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from SpiffWorkflow.bpmn.specs.defaults import (
    EventBasedGateway as SpiffEventBasedGateway,
)
from SpiffWorkflow.bpmn.specs.defaults import (
    ExclusiveGateway as SpiffExclusiveGateway,
)
from SpiffWorkflow.bpmn.specs.defaults import (
    InclusiveGateway as SpiffInclusiveGateway,
)
from SpiffWorkflow.bpmn.specs.defaults import (
    ParallelGateway as SpiffParallelGateway,
)
from SpiffWorkflow.bpmn.specs.event_definitions.multiple import MultipleEventDefinition
from SpiffWorkflow.util.task import TaskState

from engine.runtime.changes import SequenceFlowTaken
from engine.runtime.dialect.model import Branch, Settings
from engine.runtime.specs.node import Node
from engine.runtime.token import Token


class ExclusiveGateway(Node, SpiffExclusiveGateway):  # type: ignore[misc]
    """The first flow whose condition holds, else the default."""

    def choose(self, token: Token) -> list[Branch]:
        """One flow."""
        if len(self.branches) == 1 and self.branches[0].condition is None:
            return list(self.branches)
        default = None
        for branch in self.branches:
            if branch.is_default:
                default = branch
            elif branch.condition is not None and self.holds(token, branch):
                return [branch]
        if default is None:
            raise self.no_way(token)
        return [default]

    def ways(self) -> Iterator[tuple[Branch, ...]]:
        """One flow."""
        return ((branch,) for branch in self.branches)


class _Join(Node):
    """A gateway where tokens may have to wait for others."""

    def arrived(self, token: Token) -> dict[str, Token]:
        """The token that came first on each flow."""
        first: dict[str, Token] = {}
        for other in token.workflow.living():
            if other.task_spec is self and other.has_state(TaskState.WAITING):
                first.setdefault(other.flow, other)
        return first

    def unite(self, token: Token, tokens: dict[str, Token]) -> None:
        """All these tokens become one."""
        for other in tokens.values():
            if other is not token:
                other._set_state(TaskState.COMPLETED)  # noqa: SLF001 - SpiffWorkflow's own protocol
                other.instance.forget(other)


class ParallelGateway(_Join, SpiffParallelGateway):  # type: ignore[misc]
    """Waits for one token from every incoming flow; puts one on every outgoing flow, whatever its condition."""

    def _update_hook(self, my_task: Token) -> bool:
        if not self.joins:
            return True
        my_task._set_state(TaskState.WAITING)  # noqa: SLF001 - SpiffWorkflow's own protocol
        tokens = self.arrived(my_task)
        if len(tokens) < len(self.incoming):
            return False
        self.unite(my_task, tokens)
        return True

    def choose(self, token: Token) -> list[Branch]:  # noqa: ARG002 - the same for every token
        """All flows."""
        return list(self.branches)

    def ways(self) -> Iterator[tuple[Branch, ...]]:
        """All flows."""
        return iter([self.branches])


class InclusiveGateway(_Join, SpiffInclusiveGateway):  # type: ignore[misc]
    """Waits for every token that can still reach it by a flow on which none has come (BPMN 2.0.2, table 13.3)."""

    def __init__(self, wf_spec: Any, settings: Settings, **kwargs: Any) -> None:
        super().__init__(wf_spec, settings, **kwargs)
        self.reaching: dict[str, frozenset[str]] = {}  # flow → names of the specs from which it can be reached

    def _update_hook(self, my_task: Token) -> bool:
        if not self.joins:
            return True
        my_task._set_state(TaskState.WAITING)  # noqa: SLF001 - SpiffWorkflow's own protocol
        return False

    def reconsider(self, token: Token) -> bool:
        """Go on if no token is on its way to a flow that is still empty."""
        if not token.has_state(TaskState.WAITING) or not self.joins:
            return False
        tokens = self.arrived(token)
        for other in token.workflow.working():
            if other.host or (other.task_spec is self and other.has_state(TaskState.WAITING)):
                continue  # what waits for an event counts as being where its host is
            if self.waits_for(other.task_spec.name, tokens):
                return False
        self.unite(token, tokens)
        token._ready()  # noqa: SLF001 - SpiffWorkflow's own protocol
        return True

    def waits_for(self, name: str, came: Collection[str]) -> bool:
        """Whether a token at that spec may still come by a flow that is empty, and by none of those that are not."""
        if any(name in self.reaching[flow] for flow in came):
            return False
        return any(name in self.reaching[flow] for flow in self.incoming if flow not in came)

    def choose(self, token: Token) -> list[Branch]:
        """Every flow whose condition holds, else the default."""
        if len(self.branches) == 1 and self.branches[0].condition is None:
            return list(self.branches)
        return self.choose_all(token, free=True)


class EventBasedGateway(Node, SpiffEventBasedGateway):  # type: ignore[misc]
    """Waits for the first of several events; each has its own subscription or due time."""

    hosts_events = True

    def __init__(self, wf_spec: Any, settings: Settings, **kwargs: Any) -> None:
        super().__init__(wf_spec, settings, event_definition=MultipleEventDefinition(), **kwargs)

    def behave(self, token: Token) -> None:
        """Let all the events wait."""
        specs = token.workflow.spec.task_specs
        for branch in self.branches:
            specs[f"#{branch.target}"].await_for(token, branch.flow_id)

    def decided(self, token: Token, flow_id: str) -> None:
        """One of the events has occurred: the others are withdrawn."""
        token.internal_data["taken"] = flow_id
        token.complete()

    def proceed(self, token: Token) -> None:
        """The token at the event goes on by itself."""
        token.instance.emit(SequenceFlowTaken(token.internal_data["taken"]))

    def ways(self) -> Iterator[tuple[Branch, ...]]:
        """One of the events."""
        return ((branch,) for branch in self.branches)
