"""One occurrence of an element: SpiffWorkflow's task, without what we do not need of it.

Variables live in scopes of our own, so nothing is inherited from a parent; ids are small numbers that the instance
counts and its state keeps; nothing is logged. The tree of a scope is its root and the tokens that live in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

if TYPE_CHECKING:
    from engine.runtime.instance import Instance

_OVER = TaskState.COMPLETED | TaskState.CANCELLED
OF_SCOPE = "*"  # the host of a trigger that belongs to the scope itself (event subprocess)


class Token(Task):  # type: ignore[misc]
    """A token at an element.

    ``flow`` is the sequence flow it came by; ``host`` the occurrence whose waiting event it is (a boundary event's
    activity, an event-based gateway), :data:`OF_SCOPE` for an event subprocess; ``payload`` what came with its
    completion; ``fired`` that its event has occurred. The last two live within one step only. ``instance`` is the
    process instance, ``body`` the loop or multi-instance body that this token is an instance of.
    """

    flow: str = ""
    host: str = ""
    payload: Mapping[str, Any] = MappingProxyType({})
    fired = False
    # SpiffWorkflow's own, which are the same for every token of ours.
    triggered = False
    thread_id = 0
    data: Mapping[str, Any] = MappingProxyType({})
    last_state_change = 0.0

    def __init__(
        self,
        workflow: Any,
        task_spec: Any,
        parent: Token | None = None,
        state: int = TaskState.MAYBE,
        token_id: str = "",
    ) -> None:
        # What SpiffWorkflow's constructor sets, without its random ids and clock readings.
        self.id = token_id or workflow.top_workflow.next_id()
        workflow.tasks[self.id] = self
        self.workflow = workflow
        self.instance: Instance = workflow.top_workflow
        self.task_spec = task_spec
        self._parent = None if parent is None else parent.id
        self.body = None if parent is None or parent is workflow.task_tree else parent
        self._children: list[str] = []
        self._state = state
        self.internal_data: dict[str, Any] = {}
        if parent is not None:
            parent._children.append(self.id)  # noqa: SLF001 - the same class

    @property
    def live(self) -> bool:
        """Whether the token is not over."""
        return bool(self._state & TaskState.NOT_FINISHED_MASK)

    @property
    def scope_id(self) -> str:
        """The occurrence around this one: a loop's body, a subprocess, or "" for the process."""
        body = self.body
        if body is not None:
            return str(body.id)
        return str(self.workflow.parent_task_id or "")

    def chain(self) -> list[str]:
        """The ids of the scopes around, from this token's own to the process."""
        chain, token = [], self
        while True:
            chain.append(token.id)
            body = token.body
            if body is not None:
                chain.append(body.id)
            around = token.workflow.parent_task_id
            if around is None:
                chain.append("")
                return chain
            token = token.instance.tokens[around]

    def _add_child(self, task_spec: Any, state: int = TaskState.MAYBE) -> Token:
        return Token(self.workflow, task_spec, self, state)

    def _ready(self) -> None:
        if not self._state & _OVER:
            self._state = TaskState.READY
            self.task_spec._on_ready(self)  # noqa: SLF001 - SpiffWorkflow's own protocol

    def _set_state(self, value: int) -> None:
        self._state = value

    def _inherit_data(self) -> None:
        """Variables are in scopes, not in tokens."""

    def run(self) -> bool | None:
        """Run; an event that the run itself threw may have ended this token already."""
        result: bool | None = self.task_spec._run(self)  # noqa: SLF001 - SpiffWorkflow's own protocol
        if self.live:
            if result is None:
                self._set_state(TaskState.STARTED)
            else:
                self.complete()
        return result

    def cancel(self) -> None:
        """Interrupt it with all that is in it."""
        if self.live:
            self.task_spec._on_cancel(self)  # noqa: SLF001 - SpiffWorkflow's own protocol
