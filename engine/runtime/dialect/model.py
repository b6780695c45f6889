"""A diagram as typed, immutable settings: what each element is drawn as, and what it is to do.

``Element`` and ``Flow`` show the diagram to people (ids, names, places); ``Settings`` tell the runtime. Expressions
are compiled. Nothing here executes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from engine.runtime.changes import Binding

EventKind = Literal[
    "none",
    "message",
    "timer",
    "signal",
    "error",
    "escalation",
    "conditional",
    "terminate",
    "cancel",
    "link",
    "compensate",
    "multiple",
]
TimerKind = Literal["date", "duration", "cycle"]


@dataclass(frozen=True, slots=True)
class Value:
    """A text that stands for itself, or a compiled FEEL expression (written with a leading "=")."""

    text: str
    expression: Any = None  # feel.Expression

    @property
    def is_expression(self) -> bool:
        """Whether the value has to be evaluated."""
        return self.expression is not None


@dataclass(frozen=True, slots=True)
class Mapping_:  # noqa: N801 - "Mapping" is Python's
    """One input or output of ``zeebe:ioMapping``: a value to a variable, or a key path in one ("order.total")."""

    source: Value
    target: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Flow:
    """A sequence flow as drawn."""

    id: str
    name: str
    source: str
    target: str
    condition: str | None
    is_default: bool


@dataclass(frozen=True, slots=True)
class Element:
    """A flow node as drawn. ``parent`` is the id of the enclosing subprocess or "" on the top level."""

    id: str
    name: str
    type: str
    documentation: str
    properties: Mapping[str, str]
    incoming: tuple[str, ...]
    outgoing: tuple[str, ...]
    parent: str


@dataclass(frozen=True, slots=True)
class UserTask:
    """Who does it, with which form, until when."""

    form_id: Value | None = None
    forms: tuple[str, ...] = ()  # one of these it is
    form_binding: Binding = "latest"
    form_version_tag: str | None = None
    assignee: Value | None = None
    candidate_groups: Value | None = None
    candidate_users: Value | None = None
    due_at: Value | None = None
    follow_up_at: Value | None = None
    priority: Value | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """Work for a topic."""

    topic: Value
    retries: Value
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Script:
    """A FEEL expression whose value goes to a variable."""

    expression: Value
    result_variable: str


@dataclass(frozen=True, slots=True)
class CalledDecision:
    """A DMN decision whose value goes to a variable."""

    decision_id: Value
    result_variable: str
    binding: Binding
    version_tag: str | None


@dataclass(frozen=True, slots=True)
class CalledElement:
    """A called process and what goes in and out."""

    process_id: Value
    binding: Binding
    version_tag: str | None
    propagate_all_child_variables: bool
    propagate_all_parent_variables: bool


@dataclass(frozen=True, slots=True)
class MultiInstance:
    """One instance an item of a collection (or ``cardinality`` times), together or one after another."""

    sequential: bool
    input_collection: Value | None
    input_element: str | None
    output_collection: str | None
    output_element: Value | None
    completion_condition: Value | None
    cardinality: Value | None


@dataclass(frozen=True, slots=True)
class StandardLoop:
    """Again and again while the condition holds, ``maximum`` times at most."""

    condition: Value | None
    maximum: int | None
    test_before: bool


@dataclass(frozen=True, slots=True)
class Event:
    """One event definition. ``name`` is a message's or signal's name; ``code`` an error's or escalation's."""

    kind: EventKind
    name: Value | None = None
    correlation_key: Value | None = None
    timer: TimerKind | None = None
    expression: Value | None = None
    code: str | None = None
    activity: str | None = None
    parts: tuple[Event, ...] = ()
    parallel: bool = False


@dataclass(frozen=True, slots=True)
class Branch:
    """An outgoing flow to be executed. ``drawn`` is false for what a link event pair stands for."""

    flow_id: str
    target: str
    condition: Value | None
    is_default: bool
    drawn: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What one flow node is to do."""

    id: str
    name: str
    type: str
    properties: Mapping[str, str] = field(default_factory=dict)
    branches: tuple[Branch, ...] = ()
    inputs: tuple[Mapping_, ...] = ()
    outputs: tuple[Mapping_, ...] = ()
    copy_to: Value | None = None  # who gets a copy when the element is completed (抄送)
    user_task: UserTask | None = None
    job: Job | None = None
    script: Script | None = None
    decision: CalledDecision | None = None
    call: CalledElement | None = None
    multi_instance: MultiInstance | None = None
    loop: StandardLoop | None = None
    event: Event | None = None
    attached_to: str | None = None
    interrupting: bool = True
    instantiates: bool = False
    for_compensation: bool = False
    handler: str | None = None  # of a compensation event at a border: the activity that undoes
    start_quantity: int = 1
    completion_quantity: int = 1
    scope: Scope | None = None  # of a subprocess, transaction or event subprocess


@dataclass(frozen=True, slots=True)
class Scope:
    """The content of a process or subprocess. ``triggered_by_event`` makes it an event subprocess."""

    id: str
    nodes: Mapping[str, Settings]
    triggered_by_event: bool = False
    transaction: bool = False


@dataclass(frozen=True, slots=True)
class StartEvent:
    """A way to start a process: its id, kind, and what the scheduler or the message table needs to know."""

    id: str
    kind: EventKind
    event: Event
    form_id: str | None = None


@dataclass(frozen=True, slots=True)
class References:
    """What a process names outside of itself; expressions are not listed, only names that are written out."""

    forms: Mapping[str, tuple[str, ...]]  # of each user task, all that it may show
    decisions: Mapping[str, str]
    called: Mapping[str, str]
    topics: Mapping[str, str]
    external: frozenset[str]
    headers: Mapping[str, Mapping[str, str]]  # of each task with a topic
    groups: Mapping[str, tuple[str, ...]]
    messages: frozenset[str]
    signals: frozenset[str]
    timer_starts: Mapping[str, Event]

    @property
    def form_ids(self) -> frozenset[str]:
        """Every form that one of its user tasks may show."""
        return frozenset(form_id for forms in self.forms.values() for form_id in forms)


@dataclass(frozen=True, slots=True)
class ProcessModel:
    """One executable process of a file, read."""

    process_id: str
    name: str
    version_tag: str | None
    properties: Mapping[str, str]
    documentation: str
    elements: Mapping[str, Element]
    flows: Mapping[str, Flow]
    scope: Scope
    start_events: tuple[StartEvent, ...]
    references: References
