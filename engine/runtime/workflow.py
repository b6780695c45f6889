"""One process instance: start it, complete what it waits for, interrupt, change, save, restore.

Every command runs to the next wait states. ``take_changes`` tells what happened, in order. A command that raises
leaves the object unusable: the caller throws it away and keeps the last saved state.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from SpiffWorkflow.util.task import TaskState

from engine.errors import Conflict, ExecutionFailed, Refused
from engine.runtime import state as codec
from engine.runtime.changes import Change, ElementChange
from engine.runtime.diagram import Process
from engine.runtime.host import Host
from engine.runtime.instance import Instance
from engine.runtime.jumps import jump, skip
from engine.runtime.migration import Blocked, migrate, preview
from engine.runtime.modification import Activation, modify
from engine.runtime.specs.subprocesses import arm_event_subprocesses
from engine.runtime.throwing import deliver_signal, escalate, throw
from engine.runtime.token import Token
from engine.runtime.variables import ROOT
from feel.sentences import Sentence


class Workflow:
    """A process instance in memory. Not for two threads at a time; its process is."""

    def __init__(self, process: Process, instance: Instance) -> None:
        self.process = process
        self._instance = instance

    @classmethod
    def start(
        cls,
        process: Process,
        variables: Mapping[str, Any],
        host: Host,
        *,
        start_element: str | None = None,
        keep_history: bool = False,
    ) -> Workflow:
        """A new instance, run to its first wait states.

        Args:
            process: What to run.
            variables: The variables of the process.
            host: The surroundings of this step.
            start_element: Id of the start event (of a message or timer, say) that starts it; without it, the
                plain start, or the only start event there is.
            keep_history: Whether finished tokens stay in memory, for tests that compare.
        """
        instance = Instance(process.plan, host, keep_history=keep_history)
        workflow = cls(process, instance)
        instance.set_local(ROOT, variables)
        arm_event_subprocesses(instance)
        for spec in workflow._starts(start_element):
            token = instance.add(instance, spec)
            if start_element is not None or spec.settings.instantiates:
                instance.fire(token, {})
            else:
                instance.arrive(token)
        return workflow._run()

    @classmethod
    def restore(cls, process: Process, state: bytes, host: Host, *, keep_history: bool = False) -> Workflow:
        """The instance that :meth:`save` saved, for one more step."""
        instance = Instance(process.plan, host, keep_history=keep_history)
        codec.restore(instance, state)
        return cls(process, instance)

    def save(self) -> bytes:
        """The state at rest."""
        return codec.save(self._instance)

    def complete(self, element_instance_id: str, variables: Mapping[str, Any] | None = None) -> None:
        """A user task, job or called process is done and gave these variables."""
        token = self._waiting(element_instance_id)
        token.payload = dict(variables or {})
        token.complete()
        self._run()

    def throw_error(
        self, element_instance_id: str, code: str, message: str = "", variables: Mapping[str, Any] | None = None
    ) -> None:
        """A BPMN error in a job, task or called process.

        Raises:
            ExecutionFailed: (kind "error") when nothing in this process catches it.
        """
        token = self._waiting(element_instance_id)
        if not throw(token, "error", code, dict(variables or {}), own=True):
            raise ExecutionFailed(
                Sentence("Nothing catches the error {code}: {message}", code=code, message=message or "–"),
                element_id=token.task_spec.bpmn_id,
                kind="error",
                values={"code": code, "message": message},
            )
        self._run()

    def throw_escalation(self, element_instance_id: str, code: str | None) -> None:
        """A called process threw an escalation that nothing in it caught; if nothing here does, it goes outwards."""
        escalate(self._waiting(element_instance_id), code, own=True)
        self._run()

    def trigger(self, element_instance_id: str, variables: Mapping[str, Any] | None = None) -> None:
        """A timer is due, or a message or signal has come: the id is that of TimerCreated or SubscriptionOpened."""
        token = self._find(element_instance_id)
        if not hasattr(token.task_spec, "trigger") or not token.has_state(TaskState.WAITING | TaskState.STARTED):
            raise _over()
        token.task_spec.trigger(token, dict(variables or {}))
        self._run()

    def signal(self, name: str, variables: Mapping[str, Any] | None = None) -> None:
        """A signal that was thrown elsewhere; whatever waits for it in this instance goes on."""
        deliver_signal(self._instance, name, dict(variables or {}))
        self._run()

    def update_variables(self, scope_id: str, variables: Mapping[str, Any]) -> None:
        """Set variables in a scope ("" is the process), and go on where a condition waited for them."""
        if scope_id != ROOT:
            self._find(scope_id)
        self._instance.set_local(scope_id, dict(variables))
        self._run()

    def modify(self, *, terminate: Sequence[str] = (), activate: Sequence[Activation] = ()) -> None:
        """Begin these elements, then end those occurrences, and run on.

        Raises:
            Refused: Nothing would be left, or an element cannot be begun.
            NotFound: The process has no such element.
            Conflict: An occurrence is over already.
        """
        modify(self._instance, terminate, activate)
        self._run()

    def jump(self, ending: Sequence[str], to: str, variables: Mapping[str, Any] | None = None) -> list[str]:
        """End these occurrences, and all that ``to`` leads to again, and begin ``to``; gives the ids of what ended.

        Raises:
            Refused: Something would be done twice, or a join would wait for ever.
            NotFound: The process has no such element.
            Conflict: An occurrence is over already.
        """
        ended = jump(self._instance, ending, to, variables or {})
        self._run()
        return ended

    def skip(self, element_instance_id: str, variables: Mapping[str, Any] | None = None) -> None:
        """Go on behind a wait without it: by its flows, with these variables."""
        skip(self._instance, element_instance_id, variables or {})
        self._run()

    def migration_preview(self, target: Process, mapping: Mapping[str, str] | None = None) -> tuple[Blocked, ...]:
        """What stands in the way of another version; ``mapping`` names elements that are called otherwise."""
        return preview(self._instance, target.plan, mapping or {})

    def migrate(self, target: Process, mapping: Mapping[str, str] | None = None) -> None:
        """Go to another version of the process: all of the instance, or (:class:`Refused`) nothing."""
        self._instance = migrate(self._instance, target.plan, mapping or {})
        self.process = target
        self._run()

    def cancel(self) -> None:
        """Interrupt everything. The changes tell what is void; there is no ProcessEnded, for no end was reached."""
        self._instance.interrupt_scope(self._instance)
        self._instance.completed = True

    def take_changes(self) -> list[Change]:
        """What happened since this was last asked, in causal order."""
        changes, self._instance.changes = self._instance.changes, []
        return changes

    @property
    def ended(self) -> bool:
        """Whether the last token is gone."""
        return bool(self._instance.completed)

    def variables(self, scope_id: str = ROOT) -> dict[str, Any]:
        """The variables that are visible in a scope ("" is the process)."""
        if scope_id == ROOT:
            return dict(self._instance.variables.scopes[ROOT])
        return self._instance.variables.visible(self._find(scope_id).chain())

    @property
    def active(self) -> tuple[ElementChange, ...]:
        """Every occurrence that is not over, containers and tokens waiting at joins included."""
        return tuple(
            ElementChange(token.task_spec.bpmn_id, token.id)
            for token in self._instance.tokens.values()
            if token.live and not token.host
        )

    @property
    def waiting(self) -> tuple[ElementChange, ...]:
        """The occurrences that wait, by element id and id; boundary events and triggers among them."""
        return tuple(self._waits())

    def _waits(self) -> Iterator[ElementChange]:
        for token in self._instance.tokens.values():
            spec = token.task_spec
            if spec.waits and token.has_state(TaskState.STARTED):
                yield ElementChange(spec.bpmn_id, token.id)
            elif token.host and spec.listens and token.has_state(TaskState.WAITING):
                yield ElementChange(spec.event_id, token.id)

    def _starts(self, start_element: str | None) -> Sequence[Any]:
        spec = self._instance.spec
        if start_element is not None:
            found = spec.task_specs.get(f"#{start_element}")
            if found is None or not any(start.id == start_element for start in self.process.start_events):
                raise Refused(Sentence("The process has no start event {id}.", id=start_element))
            return [found]
        if spec.starts:
            return list(spec.starts)
        if len(self.process.start_events) == 1:
            return [spec.task_specs[f"#{self.process.start_events[0].id}"]]
        raise Refused(Sentence("The process starts by an event; say which one."))

    def _find(self, element_instance_id: str) -> Token:
        token = self._instance.tokens.get(element_instance_id)
        if token is None or not token.live:
            raise _over()
        return token

    def _waiting(self, element_instance_id: str) -> Token:
        token = self._find(element_instance_id)
        if not token.has_state(TaskState.STARTED) or not token.task_spec.waits:
            raise _over()
        return token

    def _run(self) -> Workflow:
        self._instance.run_to_wait()
        return self


def _over() -> Conflict:
    return Conflict(Sentence("This step is over already."))
