"""A running process instance on SpiffWorkflow: scopes, tokens, the queue of what is ready, and the changes of a step.

SpiffWorkflow's tree iteration, its predictions and its search for waiting tasks are replaced: each scope holds its
living tokens only, and what becomes ready is queued. A token that can go no further is never dropped silently.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Literal

from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

from engine.errors import ExecutionFailed
from engine.runtime.changes import Change, ProcessEnded, SequenceFlowTaken, VariablesSet
from engine.runtime.host import Host
from engine.runtime.scripting import FeelScriptEngine
from engine.runtime.token import OF_SCOPE, Token
from engine.runtime.variables import ROOT, Variables
from feel.sentences import Sentence

if TYPE_CHECKING:
    from engine.runtime.dialect.model import Branch
    from engine.runtime.specs.build import Plan
    from engine.runtime.specs.node import Node

MAXIMUM_RUNS = 20_000
EndKind = Literal["none", "terminate", "error", "escalation"]
_ENGINE = FeelScriptEngine()
_LIVING = TaskState.NOT_FINISHED_MASK


class _Scope:
    """What the process and its subprocesses share: living tokens, the end reached last, no logging."""

    tasks: dict[str, Token]
    task_tree: Token
    parent_task_id: str | None
    top_workflow: Instance
    last_end: tuple[str, EndKind, str | None]
    closed: bool
    interruptions: int
    undoable: list[tuple[str, str]]  # (activity that is complete, the activity that undoes it), oldest first

    def begin(self) -> None:
        """Make the root: SpiffWorkflow wants one, and it is over at once."""
        self.last_end = ("", "none", None)
        self.closed = False
        self.interruptions = 0
        self.undoable = []
        self.task_tree = Token(self, self.spec.start, None, TaskState.COMPLETED, f"/{self.parent_task_id or ''}")  # type: ignore[attr-defined]

    def living(self) -> list[Token]:
        """The tokens that are not over, triggers of the scope included, in the order they came."""
        return [token for token in self.tasks.values() if token._state & _LIVING]  # noqa: SLF001 - our own class

    def working(self) -> Iterator[Token]:
        """The tokens that keep the scope from ending."""
        return (token for token in self.tasks.values() if token.live and token.host != OF_SCOPE)

    @property
    def is_working(self) -> bool:
        """Whether anything keeps the scope from ending."""
        for token in self.tasks.values():  # noqa: SIM110 - asked at every step of every token; a generator costs more
            if token._state & _LIVING and token.host != OF_SCOPE:  # noqa: SLF001 - our own class
                return True
        return False

    def _task_completed_notify(self, task: Token) -> None:
        self.top_workflow.forget(task)
        self.top_workflow.end_if_empty(self)

    def collect_log_extras(self, dct: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Nothing is logged."""
        return dict(dct or {})


class SubScope(_Scope, BpmnSubWorkflow):  # type: ignore[misc]
    """An open subprocess."""

    depth = 0  # nothing asks for it, and counting walks the tree

    def __init__(self, spec: Any, token: Token) -> None:
        # What SpiffWorkflow's constructors set, without the events that nothing of ours listens to.
        self.spec = spec
        self.tasks = {}
        self.completed = False
        self.parent_task_id = token.id
        self.top_workflow = token.instance
        self.begin()


class Instance(_Scope, BpmnWorkflow):  # type: ignore[misc]
    """The process instance."""

    script_engine = _ENGINE  # SpiffWorkflow would keep one an instance
    parent_task_id = None

    def __init__(self, plan: Plan, host: Host, *, keep_history: bool = False) -> None:
        self.plan = plan
        self.host = host
        self.keep_history = keep_history
        self.variables = Variables()
        self.changes: list[Change] = []
        self.tokens: dict[str, Token] = {}
        self.queue: deque[Token] = deque()
        self.late: deque[Token] = deque()
        self.last_id = 0
        self.runs = 0
        # What SpiffWorkflow's constructors set, without the events that nothing of ours listens to.
        self.spec = plan.spec
        self.subprocess_specs = plan.subprocess_specs
        self.subprocesses: dict[str, SubScope] = {}
        self.tasks = {}
        self.completed = False
        self.begin()

    # ids and tokens

    def next_id(self) -> str:
        """A number that no element instance of this process instance had before."""
        self.last_id += 1
        return str(self.last_id)

    def add(self, scope: Any, spec: Node, *, flow: str = "", host: str = "", parent: Token | None = None) -> Token:
        """A new token in a scope; nothing runs yet."""
        token = Token(scope, spec, parent or scope.task_tree, TaskState.FUTURE)
        token.flow, token.host = flow, host
        self.tokens[token.id] = token
        return token

    def arrive(self, token: Token) -> None:
        """Let the element decide whether it can run now."""
        token.task_spec._update(token)  # noqa: SLF001 - SpiffWorkflow's own protocol

    def fire(self, token: Token, payload: Mapping[str, Any], *, fired: bool = True) -> None:
        """The event that the token stands for has occurred; ``fired=False``: begin the element as it is."""
        token.payload, token.fired, token.host = payload, fired, ""
        token._ready()  # noqa: SLF001 - SpiffWorkflow's own protocol

    def forget(self, token: Token) -> None:
        """Take a token that is over out of the tree: history lives elsewhere."""
        self.variables.drop(token.id)
        self.tokens.pop(token.id, None)
        if self.keep_history:
            return
        parent = token.body or token.workflow.task_tree
        parent._children.remove(token.id)  # noqa: SLF001 - SpiffWorkflow has no public way to remove one task
        token.workflow.tasks.pop(token.id, None)

    # changes

    def emit(self, change: Change) -> None:
        """Tell what happened."""
        self.changes.append(change)

    def set_variables(self, chain: list[str], values: Mapping[str, Any]) -> None:
        """Propagate variables outwards from a scope, and tell."""
        for scope, changed in self.variables.propagate(chain, values).items():
            self.emit(VariablesSet(scope, changed))

    def set_local(self, scope: str, values: Mapping[str, Any]) -> None:
        """Set variables in one scope, and tell."""
        if values:
            self.variables.set_local(scope, values)
            self.emit(VariablesSet(scope, dict(values)))

    # scopes

    def open_scope(self, token: Token, spec_name: str) -> SubScope:
        """Open the subprocess that a token stands for."""
        scope = self.subprocesses[token.id] = SubScope(self.subprocess_specs[spec_name], token)
        return scope

    def scopes(self) -> Iterator[Any]:
        """The process and its open subprocesses."""
        yield self
        yield from list(self.subprocesses.values())

    def follow(self, token: Token, branches: list[Branch]) -> None:
        """Put a token behind each of these flows."""
        scope = token.workflow
        specs, quantity = scope.spec.task_specs, token.task_spec.settings.completion_quantity
        for branch in branches if quantity == 1 else branches * quantity:
            if branch.drawn:
                self.changes.append(SequenceFlowTaken(branch.flow_id))
            self.arrive(self.add(scope, specs[f"#{branch.target}"], flow=branch.flow_id))

    def interrupt_scope(self, scope: Any, *, sparing: Token | None = None) -> None:
        """Cancel everything in a scope, except one token."""
        scope.interruptions += 1
        for token in scope.living():
            if token is not sparing:
                token.cancel()

    def close_scope(self, token: Token) -> None:
        """Forget the subprocess of a token, after its content is gone."""
        scope = self.subprocesses.pop(token.id, None)
        if scope is not None:
            scope.closed = True

    def end_if_empty(self, scope: Any) -> None:
        """End a scope when its last working token is gone."""
        if scope.closed or scope.is_working:
            return
        self.interrupt_scope(scope)  # the triggers of its event subprocesses
        scope.closed = True
        if scope is self:
            element_id, kind, code = self.last_end
            self.completed = True
            self.emit(ProcessEnded(element_id, kind, code, dict(self.variables.scopes[ROOT])))
            return
        token = self.tokens[scope.parent_task_id]
        self.subprocesses.pop(token.id)
        if token.task_spec.is_event_subprocess:
            token.workflow.last_end = scope.last_end
        token.complete()

    def end_all(self, element_id: str, kind: EndKind, code: str | None) -> None:
        """An error or escalation that nothing in this process catches: everything else stops."""
        self.last_end = (element_id, kind, code)
        self.interrupt_scope(self)
        self.end_if_empty(self)

    # running

    def run_to_wait(self) -> None:
        """Run whatever is ready, until every token waits for something outside."""
        while True:
            while self.queue or self.late:
                # Signals are thrown after all else has moved, so that a wait on a parallel branch is open by then.
                token = self.queue.popleft() if self.queue else self.late.popleft()
                if token.has_state(TaskState.READY):
                    self._count(token)
                    token.run()
            if not (self.plan.reconsiders and self._continue()):
                break
        if self.plan.joins:
            self._refuse_stuck_tokens()

    def _continue(self) -> bool:
        """What can only be decided when nothing else moves: OR joins, conditional events."""
        for scope in self.scopes():
            for token in scope.living():
                if token.task_spec.reconsider(token):
                    return True
        return False

    def _count(self, token: Token) -> None:
        self.runs += 1
        if self.runs > MAXIMUM_RUNS:
            raise ExecutionFailed(
                Sentence("The diagram runs in a circle: {limit} steps without a wait.", limit=MAXIMUM_RUNS),
                element_id=token.task_spec.bpmn_id,
                kind="token",
            )

    def _refuse_stuck_tokens(self) -> None:
        """A scope whose tokens all wait at joins would wait for ever."""
        for scope in self.scopes():
            tokens = list(scope.working())
            if tokens and all(token.task_spec.joins and token.has_state(TaskState.WAITING) for token in tokens):
                raise ExecutionFailed(
                    Sentence(
                        "The gateway waits for a flow on which nothing can come any more. "
                        "A parallel join needs one token from each of its incoming flows."
                    ),
                    element_id=tokens[0].task_spec.bpmn_id,
                    kind="token",
                    values={"arrived": [token.flow for token in tokens]},
                )
