"""Process instances: matters and the processes that they called, of the matters that the actor may see."""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, literal, not_, select
from sqlalchemy.orm import Session, aliased

from engine.actor import Actor
from engine.models import Incident, ProcessDefinition, ProcessInstance
from engine.models import process_instance as states
from engine.models.incident import OPEN
from engine.process_instances import of_matter
from engine.search.criteria import Column, Computed, Mapped
from engine.search.paging import Asked, Catalogue, Found, Rows, find
from engine.search.variables import with_values
from engine.search.visible import Matter, visible

ROOT = aliased(ProcessInstance, name="root")
_NUMBER = "business_id"
ACTIVE, SUSPENDED, COMPLETED, TERMINATED = "ACTIVE", "SUSPENDED", "COMPLETED", "TERMINATED"

_MATTER_OF_INSTANCE = ROOT.key == ProcessInstance.root_key
INSTANCES_OF_MATTER = and_(ROOT.parent_key.is_(None), of_matter(ROOT.key))
"""The same, for who comes from the matters: no index has the matter of every instance."""

_running = ProcessInstance.state == states.ACTIVE
_incidents = select(Incident.process_instance_key).where(Incident.state == OPEN)
HAS_INCIDENT = (
    select(literal(1)).where(Incident.process_instance_key == ProcessInstance.key, Incident.state == OPEN).exists()
)
_SORTS: dict[str, Column] = {
    "process_instance_key": Column(ProcessInstance.key),
    "process_definition_id": Column(ProcessInstance.process_id),
    "process_definition_name": Column(ProcessDefinition.name),
    "process_definition_version": Column(ProcessDefinition.version),
    "process_definition_version_tag": Column(ProcessDefinition.version_tag, nullable=True),
    "process_definition_key": Column(ProcessInstance.definition_key),
    "parent_process_instance_key": Column(ProcessInstance.parent_key, nullable=True),
    "start_date": Column(ProcessInstance.started_at),
    "end_date": Column(ProcessInstance.ended_at, nullable=True),
    _NUMBER: Column(ROOT.business_id, nullable=True),
}
CATALOGUE = Catalogue(
    "process_instances",
    fields={
        **_SORTS,
        "state": Mapped(
            {
                ACTIVE: and_(_running, ROOT.suspended.is_(False)),
                SUSPENDED: and_(_running, ROOT.suspended.is_(True)),
                COMPLETED: ProcessInstance.state == states.COMPLETED,
                TERMINATED: ProcessInstance.state == states.CANCELED,
            }
        ),
        "has_incident": Mapped(
            {True: ProcessInstance.key.in_(_incidents), False: not_(ProcessInstance.key.in_(_incidents))}
        ),
        "parent_element_instance": Column(ProcessInstance.parent_element_instance, nullable=True),
        "variables": Computed("eq", lambda wanted: with_values(ProcessInstance.key, wanted)),
    },
    sorts=_SORTS,
    keys=(ProcessInstance.key,),
)


def statement(joined: Any = _MATTER_OF_INSTANCE) -> Rows:
    """An instance with its matter and the version of its process."""
    return (
        select(
            ProcessInstance.key,
            ProcessInstance.definition_key,
            ProcessInstance.process_id,
            ProcessInstance.root_key,
            ProcessInstance.parent_key,
            ProcessInstance.parent_element_instance,
            ProcessInstance.state,
            ProcessInstance.started_at,
            ProcessInstance.ended_at,
            ROOT.suspended.label("suspended"),
            ROOT.business_id.label("business_id"),
            ProcessDefinition.name.label("process_name"),
            ProcessDefinition.version.label("version"),
            ProcessDefinition.version_tag.label("version_tag"),
            HAS_INCIDENT.label("has_incident"),
        )
        .join(ROOT, joined)
        .join(ProcessDefinition, ProcessDefinition.key == ProcessInstance.definition_key)
    )


def search(session: Session, actor: Actor, asked: Asked) -> Found:
    """A page of instances; the rows have what :func:`statement` selects."""
    joined = INSTANCES_OF_MATTER if _is_by_number(asked, actor) else _MATTER_OF_INSTANCE
    readable = visible(session, actor, statement(joined), Matter.of(ROOT))
    return find(session, CATALOGUE, statement(), readable, asked)


def _is_by_number(asked: Asked, actor: Actor) -> bool:
    """Whether the numbers of matters lead to the rows.

    They do where they are asked for. In their order PostgreSQL would compare each matter with every one that somebody
    may see; so it goes that way for those alone who may see all.
    """
    if any({"eq", "in"} & one.get(_NUMBER, {}).keys() for one in asked.all_of):
        return True
    sees_all = actor.is_system or actor.is_administrator or actor.is_auditor
    return sees_all and any(entry.name == _NUMBER for entry in asked.order)


def state_of(row: Any) -> str:
    """The state as the outside knows it: a suspended matter suspends what it called."""
    if row.state == states.ACTIVE:
        return SUSPENDED if row.suspended else ACTIVE
    return COMPLETED if row.state == states.COMPLETED else TERMINATED
