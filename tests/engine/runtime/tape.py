"""A tape of what the runtime did in the product: every step with the answers it got, so that it can be played again.

While a tape records, the engine's workflows are :class:`Taped`. What it holds is a tree: states, and from each the
commands of one transaction that led to another state or to the end.
"""

from __future__ import annotations

import functools
from collections import defaultdict, deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar

from engine import values
from engine.execution import calls, matter
from engine.organisation import functions
from engine.runtime import Decided, Workflow
from engine.runtime.changes import ProcessEnded

COMMANDS = ("complete", "throw_error", "trigger", "signal", "update_variables", "modify", "jump", "skip", "cancel")
AT_AN_ELEMENT = frozenset({"complete", "throw_error", "trigger", "skip"})


@dataclass
class Command:
    """One call: the first argument of some is where it waits, as (element, which of those that wait there)."""

    name: str
    arguments: list[Any]
    named: dict[str, Any]
    now: str
    at: tuple[str, int] | None = None
    answers: dict[str, list[Any]] = field(default_factory=lambda: defaultdict(list))  # by function, in order
    decisions: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class Ended:
    """How a process ended."""

    end_event_id: str
    variables: str


@dataclass
class Edge:
    """What one transaction did from a state (None: nothing was there before)."""

    commands: list[Command]
    state: bytes | None = None
    waits: tuple[str, ...] = ()
    ended: Ended | None = None


class Tape:
    """All that was recorded, by process."""

    def __init__(self) -> None:
        self.edges: dict[tuple[int, bytes | None], list[Edge]] = defaultdict(list)
        self.processes: dict[int, Any] = {}  # by identity, which the engine's cache keeps while we do

    @contextmanager
    def recording(self) -> Iterator[None]:
        """Within the block, whatever the engine runs is recorded."""
        taped = type("OnThisTape", (Taped,), {"tape": self})
        before = matter.Workflow, calls.Workflow
        matter.Workflow = calls.Workflow = taped
        try:
            yield
        finally:
            matter.Workflow, calls.Workflow = before

    def add(self, process: Any, origin: bytes | None, edge: Edge) -> None:
        """One more edge; the same one may be added again."""
        self.processes[id(process)] = process
        self.edges[id(process), origin].append(edge)

    def states(self, process: Any) -> dict[bytes, tuple[str, ...]]:
        """Every state of a process, in order, with the elements that wait in it."""
        found = {}
        for (key, _origin), edges in self.edges.items():
            if key == id(process):
                found.update((edge.state, edge.waits) for edge in edges if edge.state is not None)
        return found

    def way_to_the_end(self, process: Any, state: bytes) -> list[Edge]:
        """The shortest way that was taken from a state to an end of the process; empty if it was cancelled."""
        todo: deque[tuple[bytes, list[Edge]]] = deque([(state, [])])
        seen = {state}
        while todo:
            here, way = todo.popleft()
            for edge in self.edges.get((id(process), here), ()):
                if edge.ended is not None:
                    return [*way, edge]
                if edge.state is not None and edge.state not in seen:
                    seen.add(edge.state)
                    todo.append((edge.state, [*way, edge]))
        return []

    def courses(self, process: Any) -> Iterator[list[Edge]]:
        """Every way from a start, as far as it was gone; each state once."""
        seen: set[bytes] = set()
        todo = [[edge] for edge in self.edges.get((id(process), None), ())]
        while todo:
            way = todo.pop()
            state = way[-1].state
            following = [] if state is None or state in seen else self.edges.get((id(process), state), ())
            if state is not None:
                seen.add(state)
            if not following:
                yield way
            todo += ([*way, edge] for edge in following)


class Taped(Workflow):
    """A workflow that tells a tape."""

    tape: ClassVar[Tape]

    @classmethod
    def start(cls, process, variables, host, **named):
        asked = _Asked(host)
        asked.begin(Command("start", [dict(variables)], dict(named), host.now.isoformat()))
        taped = super().start(process, variables, asked, **named)
        taped._begun(None, asked)
        return taped

    @classmethod
    def restore(cls, process, state, host, **named):
        asked = _Asked(host)
        taped = super().restore(process, state, asked, **named)
        taped._begun(state, asked)
        return taped

    def _begun(self, origin: bytes | None, asked: _Asked) -> None:
        self.origin, self.asked = origin, asked
        self._note_end()

    def command(self, name: str, arguments: list[Any], named: dict[str, Any]) -> Any:
        told = Command(name, arguments, named, self.asked.now.isoformat())
        if name in AT_AN_ELEMENT:
            (element_instance_id, *told.arguments) = arguments
            told.at = place_of(self, element_instance_id)
        self.asked.begin(told)
        result = getattr(super(), name)(*arguments, **named)
        self._note_end()
        return result

    def save(self) -> bytes:
        state = super().save()
        if self.asked.commands:
            waits = tuple(sorted({wait.element_id for wait in self.waiting}))
            self.tape.add(self.process, self.origin, Edge(self.asked.commands, state, waits))
            self.origin, self.asked.commands = state, []
        return state

    def _note_end(self) -> None:
        ended = [change for change in self._instance.changes if isinstance(change, ProcessEnded)]
        if ended:
            end = Ended(ended[0].end_event_id, values.dumps(ended[0].variables))
            self.tape.add(self.process, self.origin, Edge(self.asked.commands, ended=end))


def _forward(name: str) -> Any:
    def forward(self: Taped, *arguments: Any, **named: Any) -> Any:
        return self.command(name, list(arguments), named)

    return forward


for _name in COMMANDS:
    setattr(Taped, _name, _forward(_name))


def place_of(workflow: Workflow, element_instance_id: str) -> tuple[str, int]:
    """Where an occurrence waits, in words that do not depend on its id."""
    element_id = next(w.element_id for w in workflow.waiting if w.element_instance_id == element_instance_id)
    same = [w.element_instance_id for w in workflow.waiting if w.element_id == element_id]
    return element_id, sorted(same, key=int).index(element_instance_id)


class _Asked:
    """The host of a recorded step: it asks the real one, and notes the answers."""

    def __init__(self, host: Any) -> None:
        self._host = host
        self.commands: list[Command] = []

    def begin(self, command: Command) -> None:
        self.commands.append(command)

    @property
    def now(self) -> datetime:
        return self._host.now

    @property
    def functions(self) -> Mapping[str, Any]:
        return {name: self._noted(name, function) for name, function in self._host.functions.items()}

    def _noted(self, name: str, function: Any) -> Any:
        @functools.wraps(function)
        def noted(*arguments: Any, **named: Any) -> Any:
            answer = function(*arguments, **named)
            self.commands[-1].answers[name].append(answer)
            return answer

        return noted

    def decide(self, decision_id: str, *how: Any) -> Decided:
        decided = self._host.decide(decision_id, *how)
        self.commands[-1].decisions.append({"id": decision_id, "value": decided.value})
        return decided


class Answering:
    """The host of a step that is played again: it answers as the tape says."""

    def __init__(self, command: Command) -> None:
        self.now = datetime.fromisoformat(command.now)
        self._answers = {name: deque(answers) for name, answers in command.answers.items()}
        self._decisions = deque(command.decisions)

    @property
    def functions(self) -> Mapping[str, Any]:
        real = functions.bound(None, at=self.now)  # for their signatures only: nothing is read before a call
        return {name: self._answering(name, function) for name, function in real.items()}

    def _answering(self, name: str, function: Any) -> Any:
        return functools.wraps(function)(lambda *_arguments, **_named: self._answers[name].popleft())

    def decide(self, decision_id: str, *_how: Any) -> Decided:
        answer = self._decisions.popleft()
        assert answer["id"] == decision_id
        return Decided(answer["value"], None, None)


def play(workflow: Workflow, command: Command) -> None:
    """One recorded command again."""
    workflow._instance.host = Answering(command)
    arguments = list(command.arguments)
    if command.at is not None:
        element_id, rank = command.at
        same = [w.element_instance_id for w in workflow.waiting if w.element_id == element_id]
        arguments.insert(0, sorted(same, key=int)[rank])
    getattr(workflow, command.name)(*arguments, **command.named)
