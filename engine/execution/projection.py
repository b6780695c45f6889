"""What the runtime reports, made into rows and history: one function for each kind of change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from engine import deployments
from engine.execution import assignment, calls, correlation, deadlines, failures, migration, work
from engine.execution.instance import Instance
from engine.history import Personal
from engine.keys import new_key
from engine.models import user_task as task_states
from engine.models.process_instance import COMPLETED
from engine.organisation.resolution import Resolution
from engine.runtime import changes
from feel.sentences import Sentence

if TYPE_CHECKING:
    from engine.execution.matter import Matter

PERSON_TYPES = frozenset({"userTask", "manualTask"})


@dataclass(slots=True)
class Path:
    """Which elements and flows a step passed, by instance: the diagram is coloured by it.

    ``occurrences`` tells, beside each list of elements, the numbers of their occurrences in the instance.
    """

    steps: dict[int, dict[str, Any]] = field(default_factory=dict)
    created_tasks: list[dict[str, Any]] = field(default_factory=list)

    def add(self, instance: Instance, what: str, element_id: str, element_instance_id: str | None = None) -> None:
        """Remember one element or flow."""
        step = self.steps.setdefault(instance.key, {})
        step.setdefault(what, []).append(element_id)
        if element_instance_id is not None:
            step.setdefault("occurrences", {}).setdefault(what, []).append(int(element_instance_id))

    def record(self, matter: Matter) -> None:
        """One event an instance, in the order of the step."""
        for key, step in self.steps.items():
            matter.record(matter.instances[key], "process_instance.advanced", details=step)
        self.steps = {}


def project(matter: Matter, instance: Instance, change: changes.Change) -> None:
    """Make one change of an instance into rows and history."""
    _PROJECTIONS[type(change)](matter, instance, change)


def _activated(matter: Matter, instance: Instance, change: changes.ElementActivated) -> None:
    matter.path.add(instance, "activated", change.element_id, change.element_instance_id)


def _completed(matter: Matter, instance: Instance, change: changes.ElementCompleted) -> None:
    matter.path.add(instance, "completed", change.element_id, change.element_instance_id)


def _terminated(matter: Matter, instance: Instance, change: changes.ElementTerminated) -> None:
    matter.path.add(instance, "terminated", change.element_id, change.element_instance_id)


def _flow_taken(matter: Matter, instance: Instance, change: changes.SequenceFlowTaken) -> None:
    matter.path.add(instance, "flows", change.flow_id)


def _user_task(matter: Matter, instance: Instance, change: changes.UserTaskCreated) -> None:
    found = assignment.resolve(matter, change)
    key = new_key()
    form_key = None
    if change.form_id is not None:
        form_key = deployments.bound_form(
            matter.session, instance.definition_key, change.form_id, change.form_binding, change.form_version_tag
        )
    row = {
        "key": key,
        "process_instance_key": instance.key,
        "root_key": matter.root.key,
        "definition_key": instance.definition_key,
        "process_id": instance.process_id,
        "element_id": change.element_id,
        "element_instance": change.element_instance_id,
        "name": change.name or change.element_id,
        "form_key": form_key,
        "state": task_states.CREATED,
        "assignee": found.assignee,
        "on_behalf_of": found.owner,
        "resolution": found.as_json(),
        "priority": change.priority,
        "created_at": matter.now,
        "claimed_at": None,
        "begun_at": None,
        "due_at": _utc(change.due_at),
        "take_over_from": None,
        "follow_up_at": change.follow_up_at,
        "completed_at": None,
        "completed_by": None,
        "draft": None,
        "properties": dict(change.properties),
        "starter": matter.root.starter,
        "store": matter.root.store,
        # what presentation fills in once the step has settled
        "business_id": None,
        "title": None,
        "summary": [],
    }
    matter.rows.add_task((instance.key, change.element_instance_id), row, candidate_rows(key, found))
    if row["due_at"] is not None:
        deadlines.begin(matter, instance, row)
    matter.path.created_tasks.append(row)
    details = {
        "task": key,
        "name": row["name"],
        "assignee": found.assignee,
        "owner": found.owner,
        "persons": list(found.persons),
        "groups": list(found.groups),
        "due_at": row["due_at"],
        "rules": [rule.as_json() for rule in found.rules],
    }
    matter.record(instance, "user_task.created", element_id=change.element_id, details=details)
    if found.exceptional:
        _assignment_incident(matter, instance, change, found)


def _utc(instant: datetime | None) -> datetime | None:
    return None if instant is None else instant.astimezone(UTC)


def candidate_rows(task_key: int, found: Resolution) -> list[dict[str, Any]]:
    """Who may claim the task, and who may not though he is in a group that may.

    An assignee keeps the groups, so that the task can be released to them.
    """
    kinds = {"group": found.groups, "person": found.persons, "excluded": found.excluded if found.groups else ()}
    return [{"user_task_key": task_key, "kind": kind, "id": name} for kind, ids in kinds.items() for name in ids]


def _assignment_incident(
    matter: Matter, instance: Instance, change: changes.UserTaskCreated, found: Resolution
) -> None:
    sentence = Sentence(
        "Nobody could be found for the task {task}; it waits in the queue of the administrators.",
        task=change.name or change.element_id,
    )
    attempt = {"element_instance": change.element_instance_id}
    rules = {"rules": [rule.as_json() for rule in found.rules]}
    failures.open_incident(
        matter,
        instance,
        element_id=change.element_id,
        kind="assignment",
        sentence=sentence,
        values=rules,
        attempt=attempt,
    )


def _wait_closed(matter: Matter, instance: Instance, change: changes.WaitClosed) -> None:
    element = matter.process(instance).elements.get(change.element_id)
    kind = element.type if element is not None else ""
    completed = change.reason == "completed"
    wait = (instance.key, change.element_instance_id)
    if kind == "callActivity" and not completed:
        matter.later(lambda: calls.cancel_called(matter, instance, change.element_instance_id))
    if kind in PERSON_TYPES and not completed:
        details = {"element_instance": change.element_instance_id}
        matter.record(instance, "user_task.canceled", element_id=change.element_id, details=details)
    matter.rows.close(wait, is_task=kind in PERSON_TYPES, is_call=kind == "callActivity", completed=completed)


def _decision(matter: Matter, instance: Instance, change: changes.DecisionEvaluated) -> None:
    trace, value = change.trace, change.value
    if matter.personal_names:  # what a table saw may be personal, under whatever name it saw it
        trace, value = Personal(trace), Personal(value)
    details = {"decision": change.decision_id, "definition": change.definition, "value": value, "trace": trace}
    matter.record(instance, "decision.evaluated", element_id=change.element_id, details=details)


def _copy(matter: Matter, instance: Instance, change: changes.CopyRequested) -> None:
    work.copy(matter, instance, change)


def _ended(matter: Matter, instance: Instance, change: changes.ProcessEnded) -> None:
    instance.state = COMPLETED
    instance.outcome = change.end_event_id
    instance.ended_at = matter.now
    matter.rows.end_instance(instance.key, interrupted=False)
    details = {"outcome": change.end_event_id, "kind": change.kind, "error_code": change.error_code}
    if instance.is_root:
        matter.record(instance, "process_instance.completed", element_id=change.end_event_id, details=details)
    else:
        calls.end_called(matter, instance, change)


_PROJECTIONS: dict[type, Callable[[Matter, Instance, Any], None]] = {
    changes.ElementActivated: _activated,
    changes.ElementCompleted: _completed,
    changes.ElementTerminated: _terminated,
    changes.ElementMigrated: migration.renamed,
    changes.UserTaskMigrated: migration.task_redrawn,
    changes.SequenceFlowTaken: _flow_taken,
    changes.UserTaskCreated: _user_task,
    changes.JobCreated: work.create_job,
    changes.TimerCreated: work.create_timer,
    changes.SubscriptionOpened: correlation.subscribe,
    changes.ProcessCalled: calls.call,
    changes.WaitClosed: _wait_closed,
    changes.DecisionEvaluated: _decision,
    changes.CopyRequested: _copy,
    changes.MessageThrown: correlation.throw_message,
    changes.SignalThrown: correlation.throw_signal,
    changes.EscalationThrown: calls.escalate,
    changes.ProcessEnded: _ended,
}
