"""What a step of the runtime did, in order, as plain facts: ``execution`` projects each to rows and history.

Every change names the element (``element_id``, as drawn) and its occurrence (``element_instance_id``, text unique in
the instance, the same after a restore). Nothing here touches a database.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, TypeVar, dataclass_transform

Variables = Mapping[str, Any]
Binding = Literal["latest", "deployment", "versionTag"]

T = TypeVar("T")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def _fact(cls: type[T]) -> type[T]:
    """A dataclass that nothing changes: type checkers see to it, for guarding it at run time doubles its cost."""
    return dataclass(slots=True, unsafe_hash=True)(cls)


@_fact
class ElementChange:
    """The part that all changes of an element share."""

    element_id: str
    element_instance_id: str


@_fact
class ElementActivated(ElementChange):
    """An element began; ``element_type`` is BPMN's name ("userTask"), ``scope_id`` the enclosing occurrence or ""."""

    element_type: str
    scope_id: str = ""


@_fact
class ElementCompleted(ElementChange):
    """An element ended as drawn."""

    element_type: str


@_fact
class ElementTerminated(ElementChange):
    """An element was interrupted; whatever waited there is void."""

    element_type: str


@_fact
class ElementMigrated(ElementChange):
    """An occurrence that goes on belongs to another element now: that of another version of the process."""

    migrated_from: str


@_fact
class UserTaskMigrated(ElementChange):
    """An open user task as the other version draws it; whose it is and until when stays as it was resolved."""

    name: str
    form_id: str | None
    form_binding: Binding
    form_version_tag: str | None
    properties: Mapping[str, str]


@_fact
class SequenceFlowTaken:
    """A token went along this flow."""

    flow_id: str


@_fact
class UserTaskCreated(ElementChange):
    """A person is needed. Expressions are evaluated: ids of people and groups, zone-aware instants."""

    name: str
    form_id: str | None
    form_binding: Binding
    form_version_tag: str | None
    assignees: tuple[str, ...]  # of ``assignment.assignee``: one person, or the persons a function resolved
    resolution: Any  # what the assignee expression gave, unflattened (a resolver's record with its reasons)
    candidate_groups: tuple[str, ...]
    candidate_users: tuple[str, ...]
    due_at: datetime | None
    follow_up_at: datetime | None
    priority: int
    properties: Mapping[str, str]


@_fact
class JobCreated(ElementChange):
    """An element waits for work of a topic; ``variables`` are those visible to it, after its input mappings."""

    topic: str
    retries: int
    headers: Mapping[str, str]
    variables: Variables
    properties: Mapping[str, str]


@_fact
class TimerCreated(ElementChange):
    """An element waits for an instant; ``missed``: how many repetitions passed unnoticed since it fired last."""

    due_at: datetime
    missed: int = 0


@_fact
class SubscriptionOpened(ElementChange):
    """An element waits for a message (with its correlation key as text) or a signal."""

    kind: Literal["message", "signal"]
    name: str
    correlation_key: str


@_fact
class ProcessCalled(ElementChange):
    """A call activity waits for a called process; ``variables`` are what it is given."""

    process_id: str
    binding: Binding
    version_tag: str | None
    variables: Variables


@_fact
class WaitClosed(ElementChange):
    """A wait (user task, job, timer, subscription, call) is over: completed, or withdrawn by an interruption."""

    reason: Literal["completed", "terminated"]


@_fact
class DecisionEvaluated(ElementChange):
    """A business rule task called a decision; ``trace`` and ``definition`` are what the host gave back."""

    decision_id: str
    definition: Any
    value: Any
    trace: Any


@_fact
class VariablesSet:
    """Variables of a scope ("" is the process) got these values."""

    scope_id: str
    variables: Variables


@_fact
class CopyRequested(ElementChange):
    """The element's ``copyTo`` property named these people and groups on its completion (抄送)."""

    people: tuple[str, ...]
    groups: tuple[str, ...]


@_fact
class MessageThrown(ElementChange):
    """A message left this instance."""

    name: str
    correlation_key: str
    variables: Variables = field(default_factory=dict)


@_fact
class SignalThrown(ElementChange):
    """A signal left this instance, for everybody else: what waits for it in the same instance has got it already."""

    name: str
    variables: Variables = field(default_factory=dict)


@_fact
class EscalationThrown(ElementChange):
    """An escalation that nothing in this process catches: it goes to the calling activity, if any."""

    code: str | None


@_fact
class ProcessEnded:
    """The last token is gone. ``end_event_id`` is the end event reached last (of an error end: that one).

    ``kind`` "error" means an error end event on the top level; ``error_code`` goes to the calling activity, if any.
    """

    end_event_id: str
    kind: Literal["none", "terminate", "error", "escalation"]
    error_code: str | None
    variables: Variables


Change = (
    ElementActivated
    | ElementCompleted
    | ElementTerminated
    | ElementMigrated
    | UserTaskMigrated
    | SequenceFlowTaken
    | UserTaskCreated
    | JobCreated
    | TimerCreated
    | SubscriptionOpened
    | ProcessCalled
    | WaitClosed
    | DecisionEvaluated
    | VariablesSet
    | CopyRequested
    | MessageThrown
    | SignalThrown
    | EscalationThrown
    | ProcessEnded
)
