"""Occurrences of elements in one process instance: what began when, and when and how it ended, out of its history.

No table keeps them: the history of a matter tells each step that it made, and one instance has few enough of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import deployments, history, process_instances
from engine.actor import Actor
from engine.errors import NotFound
from engine.models import Incident, ProcessInstance
from engine.models import process_instance as instance_states
from engine.models.incident import OPEN
from feel.sentences import Sentence

ACTIVE, COMPLETED, TERMINATED = "ACTIVE", "COMPLETED", "TERMINATED"
PROCESS = "process"
_ENDS = {"completed": COMPLETED, "terminated": TERMINATED}


@dataclass(frozen=True, slots=True)
class ElementInstance:
    """One occurrence; ``id`` is its number in the process instance as text, "" of the process itself.

    ``element_type`` is BPMN's name ("userTask"); ``incident_key``: an open incident of the element, if there is one.
    """

    process_instance_key: int
    root_key: int
    definition_key: int
    process_id: str
    id: str
    element_id: str
    element_name: str
    element_type: str
    state: str
    started_at: datetime
    ended_at: datetime | None
    incident_key: int | None = None


def listed(session: Session, process_instance_key: int, actor: Actor) -> Sequence[ElementInstance]:
    """All occurrences in the order in which they began, the process itself first.

    Raises :class:`NotFound` unless the actor may see the matter.
    """
    instance = process_instances.get(session, process_instance_key, actor)
    events = history.timeline(session, instance.root_key)
    itself = _of_process(session, instance)
    found: dict[str, ElementInstance] = {}
    for event in events:
        if event.process_instance_key != process_instance_key:
            continue
        if event.type == "process_instance.advanced":
            _advance(itself, found, event.details, event.occurred_at)
        elif event.type == "process_instance.migrated":
            _rename(found, event.details.get("mapping", {}))
    incidents = _incidents(session, process_instance_key)
    elements = deployments.process(session, instance.definition_key).elements
    occurrences = []
    for one in found.values():
        element = elements.get(one.element_id)
        named = replace(
            one,
            element_name="" if element is None else element.name,
            element_type="" if element is None else element.type,
        )
        if one.state == ACTIVE and instance.ended_at is not None:  # what the end of the whole left open is over too
            named = replace(named, state=TERMINATED, ended_at=instance.ended_at)
        elif one.state == ACTIVE:
            named = replace(named, incident_key=incidents.get(one.element_id))
        occurrences.append(named)
    return [itself, *occurrences]


def active(session: Session, process_instance_key: int, actor: Actor) -> Sequence[ElementInstance]:
    """What is not over in the instance, containers included, without the process itself."""
    return [one for one in listed(session, process_instance_key, actor) if one.id and one.state == ACTIVE]


def get(session: Session, process_instance_key: int, element_instance: str, actor: Actor) -> ElementInstance:
    """One occurrence; raises :class:`NotFound` unless there is one that the actor may see."""
    for one in listed(session, process_instance_key, actor):
        if one.id == element_instance:
            return one
    raise NotFound(Sentence("There is no such step."))


def _of_process(session: Session, instance: ProcessInstance) -> ElementInstance:
    states = {instance_states.ACTIVE: ACTIVE, instance_states.COMPLETED: COMPLETED}
    return ElementInstance(
        process_instance_key=instance.key,
        root_key=instance.root_key,
        definition_key=instance.definition_key,
        process_id=instance.process_id,
        id="",
        element_id=instance.process_id,
        element_name=deployments.definition(session, instance.definition_key).name,
        element_type=PROCESS,
        state=states.get(instance.state, TERMINATED),
        started_at=instance.started_at,
        ended_at=instance.ended_at,
    )


def _advance(
    itself: ElementInstance, found: dict[str, ElementInstance], step: Mapping[str, Any], at: datetime
) -> None:
    numbers: Mapping[str, Any] = step.get("occurrences", {})
    for element_id, number in zip(step.get("activated", ()), numbers.get("activated", ()), strict=False):
        found[str(number)] = replace(
            itself, id=str(number), element_id=element_id, state=ACTIVE, started_at=at, ended_at=None
        )
    for what, state in _ENDS.items():
        for number in numbers.get(what, ()):
            if (one := found.get(str(number))) is not None:
                found[one.id] = replace(one, state=state, ended_at=at)


def _rename(found: dict[str, ElementInstance], mapping: Mapping[str, str]) -> None:
    for one in list(found.values()):
        if one.state == ACTIVE and one.element_id in mapping:
            found[one.id] = replace(one, element_id=mapping[one.element_id])


def _incidents(session: Session, process_instance_key: int) -> dict[str, int]:
    rows = session.execute(
        select(Incident.element_id, Incident.key)
        .where(Incident.process_instance_key == process_instance_key, Incident.state == OPEN)
        .order_by(Incident.key)
    )
    return {row.element_id: row.key for row in rows}
