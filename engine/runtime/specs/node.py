"""What all elements share: activation, input and output mappings, waiting events at the border, the way on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Any

from SpiffWorkflow.bpmn.specs.mixins.bpmn_spec_mixin import BpmnSpecMixin

from engine.errors import ExecutionFailed
from engine.runtime.changes import (
    CopyRequested,
    ElementActivated,
    ElementCompleted,
    ElementTerminated,
    WaitClosed,
)
from engine.runtime.dialect.model import Branch, Mapping_, Settings
from engine.runtime.specs.people import people_of
from engine.runtime.token import Token
from engine.runtime.variables import set_path
from feel.sentences import Sentence

from SpiffWorkflow.util.task import TaskState  # isort: skip

CHILD = " [child]"


class Node(BpmnSpecMixin):  # type: ignore[misc]
    """An element of a scope.

    SpiffWorkflow calls ``_update_hook`` when a token arrives, ``_run_hook`` when it is ready, ``_on_complete_hook``
    when it is done, ``_on_cancel`` when it is interrupted. Subclasses say in :meth:`behave` what the element does.
    """

    waits: bool = False  # whether others know of its waiting: a task, a job, a timer, a subscription
    listens: bool = False  # whether a token at its border or trigger waits for somebody outside
    joins: bool = False
    is_event_subprocess: bool = False
    hosts_events: bool = False  # besides those of its boundary
    throws_signals: bool = False
    undone_by: str = ""  # id of the compensation activity

    def __init__(self, wf_spec: Any, settings: Settings, *, child: bool = False, **kwargs: Any) -> None:
        super().__init__(wf_spec, f"#{settings.id}{CHILD if child else ''}", **kwargs)
        self.bpmn_id = settings.id
        self.bpmn_name = settings.name
        self.settings = settings
        self.element_type: str = settings.type
        self.child = child or settings.for_compensation  # its completion concerns the token that began it
        self.joins = settings.start_quantity > 1
        self.inputs_mapped: tuple[Mapping_, ...] = settings.inputs
        self.outputs_mapped: tuple[Mapping_, ...] = settings.outputs
        self.branches: tuple[Branch, ...] = settings.branches
        self.boundary: tuple[Any, ...] = ()  # specs of boundary events that wait, set when all specs exist
        self.catchers: tuple[Any, ...] = ()  # specs of boundary events for errors, escalations and cancellation
        self.incoming: tuple[str, ...] = ()  # ids of the flows that lead here

    # SpiffWorkflow's hooks

    def test(self) -> None:
        """The linter has tested the diagram."""

    def _predict(self, my_task: Token, seen: Any = None, looked_ahead: int = 0, mask: int = 0) -> None:
        """No future is predicted: what may come is read from the diagram when it is asked for."""

    def _update(self, my_task: Token) -> None:
        if self._update_hook(my_task):  # there are no predictions that would have to be renewed before
            my_task._ready()  # noqa: SLF001 - SpiffWorkflow's own protocol

    def _update_hook(self, my_task: Token) -> bool:
        wanted = self.settings.start_quantity
        if wanted == 1:
            return True
        my_task._set_state(TaskState.WAITING)  # noqa: SLF001 - SpiffWorkflow's own protocol
        here = [t for t in my_task.workflow.living() if t.task_spec is self and t.has_state(TaskState.WAITING)]
        if len(here) < wanted:
            return False
        for other in here[: wanted - 1]:  # my_task came last
            other._set_state(TaskState.COMPLETED)  # noqa: SLF001 - SpiffWorkflow's own protocol
            other.instance.forget(other)
        return True

    def _on_ready(self, my_task: Token) -> None:
        (my_task.instance.late if self.throws_signals else my_task.instance.queue).append(my_task)

    def _run_hook(self, my_task: Token) -> bool | None:
        self.begin(my_task)
        result = self.behave(my_task)
        if result is None and self.boundary and my_task.live:
            self.open_boundary(my_task)
        return result

    def _run(self, my_task: Token) -> bool | None:
        return self._run_hook(my_task)  # an exception ends the step; the state of this object is thrown away

    def _on_complete(self, my_task: Token) -> None:
        self._on_complete_hook(my_task)
        my_task.workflow._task_completed_notify(my_task)  # noqa: SLF001 - SpiffWorkflow's own protocol

    def _on_complete_hook(self, my_task: Token) -> None:
        instance = my_task.instance
        if self.waits and not my_task.fired:
            instance.emit(WaitClosed(self.bpmn_id, my_task.id, "completed"))
        if self.boundary or self.hosts_events:
            self.close_hosted(my_task)
        self.map_outputs(my_task, my_task.payload)
        if self.settings.copy_to is not None:
            self.send_copies(my_task)
        body = my_task.body if self.child else None
        if body is not None:
            body.task_spec.collect(body, my_task)
        instance.emit(ElementCompleted(self.bpmn_id, my_task.id, self.element_type))
        if body is not None:
            body.task_spec.child_over(body, my_task)
        else:
            if self.undone_by:
                my_task.workflow.undoable.append((self.bpmn_id, self.undone_by))
            self.proceed(my_task)

    def _on_cancel(self, my_task: Token) -> None:
        instance, activated = my_task.instance, my_task.has_state(TaskState.STARTED)
        my_task._set_state(TaskState.CANCELLED)  # noqa: SLF001 - SpiffWorkflow's own protocol
        self.cancel_content(my_task)
        if self.boundary or self.hosts_events:
            self.close_hosted(my_task)
        if activated:
            if self.waits:
                instance.emit(WaitClosed(self.bpmn_id, my_task.id, "terminated"))
            instance.emit(ElementTerminated(self.bpmn_id, my_task.id, self.element_type))
        elif my_task.host and self.listens:
            instance.emit(WaitClosed(self.event_id, my_task.id, "terminated"))
        instance.forget(my_task)

    def send_copies(self, token: Token) -> None:
        """Whoever ``copyTo`` names gets a copy (抄送), if anybody, with what the element left behind in view."""
        copied = people_of(token, self.settings.copy_to, self.bpmn_id, several=True)
        if copied.people or copied.groups:
            token.instance.emit(CopyRequested(self.bpmn_id, token.id, copied.people, copied.groups))

    @property
    def event_id(self) -> str:
        """The id under which this element's event waits."""
        return str(self.bpmn_id)

    def begin(self, token: Token) -> None:
        """Tell, and map the inputs."""
        token.instance.emit(ElementActivated(self.bpmn_id, token.id, self.element_type, token.scope_id))
        if self.inputs_mapped:
            token.instance.set_local(token.id, self.map_inputs(token))

    def open_boundary(self, token: Token) -> None:
        """Let the events at the border wait."""
        for spec in self.boundary:
            spec.open(token)

    # what elements do differently

    def behave(self, token: Token) -> bool | None:  # noqa: ARG002 - an element may ignore its token
        """Do what the element is for: True when it is done, None when it waits."""
        return True

    def cancel_content(self, token: Token) -> None:
        """Cancel what is inside."""

    def instance_cancelled(self, token: Token) -> bool:  # noqa: ARG002 - bodies that count need it
        """Somebody ended what runs inside from outside; whether this goes on all the same."""
        return False

    def do_without(self, token: Token, child: Token) -> None:  # noqa: ARG002 - whoever undoes needs the child
        """The last of what ran inside was skipped: this is done."""
        token.complete()

    def reconsider(self, token: Token) -> bool:  # noqa: ARG002 - an element may ignore its token
        """When nothing else moves: whether this token could go on now, and did."""
        return False

    def proceed(self, token: Token) -> None:
        """Go on by the outgoing flows."""
        if not self.branches:
            self.reach_end(token)
        else:
            token.instance.follow(token, self.choose(token))

    def reach_end(self, token: Token) -> None:
        """The token ends here; remember where, for whoever asks how the process ended."""
        token.workflow.last_end = (self.bpmn_id, "none", None)

    def choose(self, token: Token) -> list[Branch]:
        """The flows of an activity or event: those without a condition or whose condition holds, or the default."""
        if len(self.branches) == 1 and self.branches[0].condition is None:
            return list(self.branches)
        return self.choose_all(token, free=True)

    def choose_all(self, token: Token, *, free: bool) -> list[Branch]:
        """Every flow whose condition holds, else the default; ``free``: flows without a condition too."""
        held = [b for b in self.branches if b.condition is not None and not b.is_default and self.holds(token, b)]
        chosen = held or [branch for branch in self.branches if branch.is_default]
        if free:
            chosen += [b for b in self.branches if b.condition is None and not b.is_default]
        if not chosen:
            raise self.no_way(token)
        return chosen

    def ways(self) -> Iterator[tuple[Branch, ...]]:
        """Every choice of flows that some values of the variables would make; none: nothing goes on from here."""
        chosen_always = tuple(b for b in self.branches if b.condition is None and not b.is_default)
        conditional = [b for b in self.branches if b.condition is not None and not b.is_default]
        default = tuple(branch for branch in self.branches if branch.is_default)
        for number in range(len(conditional) + 1):
            for held in combinations(conditional, number):
                chosen = (*(held or default), *chosen_always)
                if chosen or not self.branches:
                    yield chosen

    def holds(self, token: Token, branch: Branch) -> bool:
        """Whether the condition of a flow holds."""
        condition = branch.condition
        if condition is None:
            return True
        return bool(token.instance.script_engine.condition(token, condition, branch.flow_id))

    def no_way(self, token: Token) -> ExecutionFailed:
        """The failure of an element none of whose flows can be taken, with the values that its conditions saw."""
        names = {name for b in self.branches if b.condition is not None for name in b.condition.expression.free}
        return ExecutionFailed(
            Sentence(
                "No flow out of {element} can be taken: no condition holds, and there is no default flow.",
                element=self.bpmn_name or self.bpmn_id,
            ),
            element_id=self.bpmn_id,
            kind="gateway",
            values=token.instance.variables.select(token.chain(), sorted(names)),
        )

    # variables

    def map_inputs(self, token: Token) -> dict[str, Any]:
        """The local variables that the input mappings give."""
        values: dict[str, Any] = {}
        for mapping in self.inputs_mapped:
            value = token.instance.script_engine.evaluate(token, mapping.source, values)
            set_path(values, mapping.target, value, {})
        return values

    def map_outputs(self, token: Token, payload: Mapping[str, Any]) -> None:
        """Variables that leave the element: those that its output mappings make, or else all of the payload."""
        instance = token.instance
        if not self.outputs_mapped:
            if payload:
                instance.set_variables(token.chain(), payload)
            return
        if payload:
            instance.variables.set_local(token.id, payload)
        outer = token.chain()[1:]
        values: dict[str, Any] = {}
        for mapping in self.outputs_mapped:
            value = token.instance.script_engine.evaluate(token, mapping.source)
            existing = instance.variables.select(outer, mapping.target[:1]) if len(mapping.target) > 1 else {}
            set_path(values, mapping.target, value, existing)
        instance.set_variables(outer, values)

    # waiting events of this element

    def close_hosted(self, token: Token) -> None:
        """Withdraw the events that wait on behalf of this occurrence."""
        for other in token.workflow.living():
            if other.host == token.id:
                other.cancel()
