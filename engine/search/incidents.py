"""Incidents, for those who look after the system, and for auditors."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from engine.actor import Actor
from engine.errors import NotAllowed
from engine.models import Incident, Job, ProcessInstance
from engine.search.criteria import Column, Mapped
from engine.search.paging import Asked, Catalogue, Found, Rows, find
from feel.sentences import Sentence

INSTANCE = aliased(ProcessInstance, name="instance")
_SORTS: dict[str, Column] = {
    "incident_key": Column(Incident.key),
    "creation_time": Column(Incident.created_at),
    "element_id": Column(Incident.element_id),
    "job_key": Column(Incident.job_key, nullable=True),
    "process_instance_key": Column(Incident.process_instance_key),
    "process_definition_id": Column(INSTANCE.process_id),
    "process_definition_key": Column(INSTANCE.definition_key),
}
CATALOGUE = Catalogue(
    "incidents",
    fields={
        **_SORTS,
        "state": Mapped({"ACTIVE": Incident.state == "OPEN", "RESOLVED": Incident.state == "RESOLVED"}),
        "kind": Column(Incident.kind),
    },
    sorts=_SORTS,
    keys=(Incident.key,),
)


def statement() -> Rows:
    """An incident with its instance and, where it has one, the occurrence of its job."""
    return (
        select(
            Incident,
            INSTANCE.process_id.label("process_id"),
            INSTANCE.definition_key.label("definition_key"),
            Job.element_instance.label("element_instance"),
        )
        .join(INSTANCE, INSTANCE.key == Incident.process_instance_key)
        .outerjoin(Job, Job.key == Incident.job_key)
    )


def search(session: Session, actor: Actor, asked: Asked) -> Found:
    """A page of incidents; the rows have what :func:`statement` selects."""
    if not (actor.is_administrator or actor.is_auditor or actor.is_system):
        raise NotAllowed(Sentence("Only administrators and auditors may see incidents."))
    return find(session, CATALOGUE, statement(), statement(), asked)
