"""Jobs of elements, for those who look after the system, and for auditors."""

from __future__ import annotations

from sqlalchemy import and_, select
from sqlalchemy.orm import Session, aliased

from engine.actor import Actor
from engine.errors import NotAllowed
from engine.models import Job, ProcessInstance
from engine.search.criteria import Column, Mapped
from engine.search.paging import Asked, Catalogue, Found, Rows, find
from feel.sentences import Sentence

INSTANCE = aliased(ProcessInstance, name="instance")
ROOT = aliased(ProcessInstance, name="root")
_RETRIED = and_(Job.state == "CREATED", Job.error.is_not(None))
_SORTS: dict[str, Column] = {
    "job_key": Column(Job.key),
    "type": Column(Job.topic),
    "worker": Column(Job.worker, nullable=True),
    "retries": Column(Job.retries),
    "element_id": Column(Job.element_id, nullable=True),
    "error_message": Column(Job.error, nullable=True),
    "deadline": Column(Job.locked_until, nullable=True),
    "creation_time": Column(Job.created_at),
    "end_time": Column(Job.ended_at, nullable=True),
    "process_instance_key": Column(Job.process_instance_key, nullable=True),
    "process_definition_id": Column(INSTANCE.process_id),
    "process_definition_key": Column(INSTANCE.definition_key),
}
CATALOGUE = Catalogue(
    "jobs",
    fields={
        **_SORTS,
        "state": Mapped({state: Job.state == state for state in ("CREATED", "COMPLETED", "FAILED", "CANCELED")}),
        "has_failed_with_retries_left": Mapped({True: _RETRIED, False: ~_RETRIED}),
    },
    sorts=_SORTS,
    keys=(Job.key,),
)


def statement() -> Rows:
    """A job that an element waits for, with its instance and matter."""
    return (
        select(
            Job,
            INSTANCE.process_id.label("process_id"),
            INSTANCE.definition_key.label("definition_key"),
            ROOT.business_id.label("business_id"),
        )
        .join(INSTANCE, INSTANCE.key == Job.process_instance_key)
        .join(ROOT, ROOT.key == INSTANCE.root_key)
        .where(Job.kind == "service")
    )


def search(session: Session, actor: Actor, asked: Asked) -> Found:
    """A page of jobs; the rows have what :func:`statement` selects."""
    if not (actor.is_administrator or actor.is_auditor or actor.is_system):
        raise NotAllowed(Sentence("Only administrators and auditors may see jobs."))
    return find(session, CATALOGUE, statement(), statement(), asked)
