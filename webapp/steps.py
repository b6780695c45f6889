"""Where a matter stands in its diagrams: the state of every element, and the same as a list of steps in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from engine import clock, deployments
from engine.history import Event
from engine.models import ProcessInstance, UserTask
from engine.models.process_instance import ACTIVE
from engine.runtime import Process
from webapp import glossary
from webapp.languages import gettext as _
from webapp.surroundings import reading

RETURNING = "return"
"""The value of ``decision`` in the forms of approvals that sends a matter back."""


@dataclass(frozen=True, slots=True)
class State:
    """A state by its kind (done, active, late, returned, skipped) and in words."""

    kind: str
    words: str


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a procedure in words."""

    element_id: str
    name: str
    kind: str
    next: str
    state: State | None


@dataclass(slots=True)
class Standing:
    """What history says of one instance's elements and flows."""

    activated: Counter[str] = field(default_factory=Counter)
    ended: Counter[str] = field(default_factory=Counter)
    completed: Counter[str] = field(default_factory=Counter)
    returned: set[str] = field(default_factory=set)
    taken: set[str] = field(default_factory=set)


def words_of(kind: str) -> str:
    """A kind of state in words."""
    return {
        "done": _("done"),
        "active": _("in progress"),
        "late": _("overdue"),
        "returned": _("returned"),
        "skipped": _("skipped"),
    }[kind]


def element_name(instance: ProcessInstance, element_id: str) -> str:
    """The name of an element in the reader's language, its id where it has none."""
    definition = deployments.definition(reading(), instance.definition_key)
    element = deployments.process(reading(), instance.definition_key).elements.get(element_id)
    return glossary.translated((element.name if element else "") or element_id, definition.pack)


def standings(events: Iterable[Event]) -> dict[int, Standing]:
    """For each instance of a matter, what its elements and flows went through."""
    found: dict[int, Standing] = {}
    for event in events:
        standing = found.setdefault(event.process_instance_key, Standing())
        if event.type == "process_instance.advanced":
            standing.activated.update(event.details.get("activated", ()))
            standing.completed.update(event.details.get("completed", ()))
            standing.ended.update(event.details.get("completed", ()))
            standing.ended.update(event.details.get("terminated", ()))
            standing.taken.update(event.details.get("flows", ()))
        elif event.type == "user_task.completed" and event.element_id:
            decided = decision_in(event)
            if decided == RETURNING:
                standing.returned.add(event.element_id)
            else:
                standing.returned.discard(event.element_id)
    return found


def decision_in(event: Event) -> str | None:
    """What an approval decided (approve, return, reject), by the value of ``decision`` that it set."""
    change = event.details.get("changes", {}).get("decision")
    decided = change.get("after") if isinstance(change, Mapping) else None
    return decided if isinstance(decided, str) else None


def states(
    instance: ProcessInstance, process: Process, standing: Standing, tasks: Collection[UserTask]
) -> dict[str, State]:
    """The state of every element that has one."""
    now = clock.now()
    late = {
        task.element_id
        for task in tasks
        if task.process_instance_key == instance.key and task.due_at is not None and task.due_at < now
    }
    waiting = {task.element_id for task in tasks if task.process_instance_key == instance.key}
    running = instance.state == ACTIVE
    found: dict[str, State] = {}
    for element_id in process.elements:
        kind = ""
        if running and (element_id in waiting or standing.activated[element_id] > standing.ended[element_id]):
            kind = "late" if element_id in late else "active"
        elif element_id in standing.returned:
            kind = "returned"
        elif standing.completed[element_id]:
            kind = "done"
        elif not running or standing.activated[element_id]:
            kind = "skipped"
        if kind:
            found[element_id] = State(kind, words_of(kind))
    return found


def in_words(process: Process, found: Mapping[str, State], translate: Callable[[str], str]) -> Sequence[Step]:
    """The steps of a procedure in the order in which they follow one another."""
    steps = []
    for element_id in _in_order(process):
        element = process.elements[element_id]
        kind = _kind(element.type)
        if not kind or not element.name:
            continue
        steps.append(
            Step(
                element_id,
                translate(element.name),
                kind,
                _next(process, element_id, translate),
                found.get(element_id),
            )
        )
    return steps


def _kind(element_type: str) -> str:
    return {
        "userTask": _("task for a person"),
        "manualTask": _("task by hand"),
        "serviceTask": _("work of the system"),
        "sendTask": _("message out"),
        "receiveTask": _("waits for a message"),
        "scriptTask": _("calculation"),
        "businessRuleTask": _("decision table"),
        "callActivity": _("procedure of its own"),
        "subProcess": _("part of the procedure"),
        "exclusiveGateway": _("fork: one way"),
        "inclusiveGateway": _("fork: one or more ways"),
        "parallelGateway": _("fork: all ways"),
        "eventBasedGateway": _("waits for what comes first"),
        "startEvent": _("beginning"),
        "endEvent": _("end"),
        "boundaryEvent": _("may interrupt"),
        "intermediateCatchEvent": _("waits"),
        "intermediateThrowEvent": _("event"),
        "task": _("step"),
    }.get(element_type, "")


def _in_order(process: Process) -> Sequence[str]:
    """Along the flows from the start; what is inside a part right behind it; then whatever is left."""
    elements = process.elements
    targets: dict[str, list[str]] = {}
    for flow in process.flows.values():
        targets.setdefault(flow.source, []).append(flow.target)
    starts: dict[str | None, list[str]] = {}
    for element in elements.values():
        if element.type == "startEvent":
            starts.setdefault(element.parent or None, []).append(element.id)
    order: list[str] = []
    waiting = [*starts.get(None, [])]
    while waiting:
        element_id = waiting.pop(0)
        if element_id in order or element_id not in elements:
            continue
        order.append(element_id)
        inside = starts.get(element_id, [])
        waiting = [*inside, *waiting, *targets.get(element_id, [])]
    return [*order, *(element_id for element_id in elements if element_id not in order)]


def _next(process: Process, element_id: str, translate: Callable[[str], str]) -> str:
    ways = []
    for flow in process.flows.values():
        if flow.source != element_id or flow.target not in process.elements:
            continue
        target = _named(process, flow.target, translate)
        if target:
            ways.append(f"{translate(flow.name)}: {target}" if flow.name else target)
    return _("then %(ways)s", ways="; ".join(dict.fromkeys(ways))) if ways else ""


def _named(process: Process, element_id: str, translate: Callable[[str], str]) -> str:
    """The name of an element, or of the first named one behind it."""
    seen = set()
    while element_id not in seen:
        seen.add(element_id)
        element = process.elements[element_id]
        if element.name:
            return translate(element.name)
        onward = [flow.target for flow in process.flows.values() if flow.source == element_id]
        if len(onward) != 1 or onward[0] not in process.elements:
            return ""
        element_id = onward[0]
    return ""
