"""What a scenario file says, checked and immutable: who does what, what waits, and where the matter must end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from feel.sentences import Sentence

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands, for messages: "…scenarios.yaml:42"."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Absence:
    """Somebody is away; both days inclusive."""

    person: str
    starts_on: date
    ends_on: date
    reason: str | None


@dataclass(frozen=True, slots=True)
class Delegation:
    """``owner`` lets ``delegate`` act for him; both days inclusive, ``procedures`` None means all."""

    owner: str
    delegate: str
    starts_on: date
    ends_on: date
    reason: str
    procedures: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Do:
    """A person completes a task; a task of a queue is claimed first. ``task`` is a step code or an element id."""

    person: str
    task: str
    values: Values


@dataclass(frozen=True, slots=True)
class Each:
    """Everybody who has an open task of that step code completes it, all with the same values."""

    task: str
    values: Values


@dataclass(frozen=True, slots=True)
class Waits:
    """Exactly these tasks are open: step code → who has or may claim it, once for each task of that code."""

    tasks: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Pass:
    """Time passes; what becomes due meanwhile is done when it is due."""

    duration: timedelta | None
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Start:
    """Another matter is started and becomes the one that the following steps are about."""

    person: str
    store: str | None
    name: str


@dataclass(frozen=True, slots=True)
class Turn:
    """The following steps are about this matter."""

    name: str


@dataclass(frozen=True, slots=True)
class Linked:
    """The following steps are about the matter of that process that the current one started."""

    process: str
    name: str


@dataclass(frozen=True, slots=True)
class Receive:
    """A message comes from outside, for whoever waits for its name and correlation key."""

    message: str
    key: str


@dataclass(frozen=True, slots=True)
class Withdraw:
    """The applicant takes the request back."""

    person: str
    reason: str


@dataclass(frozen=True, slots=True)
class Discard:
    """The starter throws the draft away."""

    person: str


@dataclass(frozen=True, slots=True)
class Cancel:
    """An administrator ends the matter."""

    person: str
    reason: str


@dataclass(frozen=True, slots=True)
class Assign:
    """Somebody with the right to do so gives an open task to another person."""

    task: str
    person: str
    to: str
    reason: str


@dataclass(frozen=True, slots=True)
class TakeOver:
    """A superior takes over a task that waited twice its time."""

    task: str
    person: str


@dataclass(frozen=True, slots=True)
class Fires:
    """Time passes until a timer start event fires; the matter it starts (for that store) is the one that follows."""

    element: str
    store: str | None
    name: str


@dataclass(frozen=True, slots=True)
class Deploy:
    """One file of the pack is changed and deployed alone: each text of ``replace`` must occur in it exactly once."""

    file: str
    replace: Mapping[str, str]


Action = (
    Do
    | Each
    | Waits
    | Pass
    | Start
    | Turn
    | Linked
    | Receive
    | Withdraw
    | Discard
    | Cancel
    | Assign
    | TakeOver
    | Fires
    | Deploy
    | Absence
    | Delegation
)


@dataclass(frozen=True, slots=True)
class Step:
    """One action; ``refused`` says that it must be refused: at these fields, or with these words, or just at all."""

    place: Place
    number: int
    text: str
    action: Action
    refused: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class DecisionMade:
    """A table was evaluated: some of its inputs and outputs by name."""

    decision: str
    values: Values


@dataclass(frozen=True, slots=True)
class EventHeld:
    """History holds an event of this type with at least these columns and details."""

    type: str
    columns: Mapping[str, Any]
    details: Values


@dataclass(frozen=True, slots=True)
class Expectation:
    """What must be true of a matter when all steps are done.

    ``decisions`` are all evaluations, in order, of the tables that it names. ``events`` occur in this order.
    ``copies`` are all people and groups that copies went to. None: not asked.
    """

    end: str | None = None
    decisions: tuple[DecisionMade, ...] | None = None
    events: tuple[EventHeld, ...] = ()
    copies: frozenset[str] | None = None
    variables: Values = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Scenario:
    """One course of events. Its name is the sentence that it proves.

    ``variables``, without a person: it is started as another procedure starts it, with these.
    ``values`` are laid over the file's defaults: step code → values. ``effects`` are what outside topics answer.
    ``expected`` is by the name of the matter; "" is the one that ``person`` starts.
    """

    place: Place
    name: str
    id: str
    on: datetime
    person: str | None
    store: str | None
    variables: Values | None
    values: Mapping[str, Values]
    absences: tuple[Absence, ...]
    delegations: tuple[Delegation, ...]
    steps: tuple[Step, ...]
    expected: Mapping[str, Expectation]
    effects: Mapping[str, Values]


@dataclass(frozen=True, slots=True)
class ScenarioFile:
    """A file: its process, the values that forms get when a step says nothing, and the scenarios.

    ``unreachable`` names what of the pack no scenario can reach (flow, event, rule) with the reason.
    """

    path: str
    process: str
    defaults: Mapping[str, Values]
    scenarios: tuple[Scenario, ...]
    unreachable: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong in a scenario file, or a scenario that turned out otherwise: where, and in words."""

    place: Place
    scenario: str
    step: str
    sentence: Sentence


class ScenarioFileRefused(Exception):  # noqa: N818 - reads as what it is, like the errors of the engine
    """A file cannot be read; ``faults`` holds every reason."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("\n".join(f"{fault.place} {fault.scenario}: {fault.sentence}" for fault in faults))
        self.faults = faults


class Unmet(Exception):  # noqa: N818
    """A step or expectation of a scenario was not met."""

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(str(sentence))
        self.sentence = sentence
