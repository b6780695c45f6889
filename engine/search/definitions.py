"""Deployed definitions, in all their versions.

Who owns processes, administers or audits sees all of them; everybody else the processes that he may start, and those
of the matters that he may see.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, false, func, not_, or_, select, true
from sqlalchemy.orm import Session, aliased

from engine import deployments
from engine.actor import Actor
from engine.models import DecisionDefinition, ProcessDefinition, ProcessInstance, Resource
from engine.search.criteria import Column, Mapped
from engine.search.paging import Asked, Catalogue, Found, Rows, find
from engine.search.visible import Matter, visible


def _latest(model: Any, id_column: Any) -> ColumnElement[bool]:
    other = aliased(model)
    newest = select(func.max(other.version)).where(getattr(other, id_column.key) == id_column)
    return model.version == newest.scalar_subquery()  # type: ignore[no-any-return] # a comparison of columns


def _flag(condition: ColumnElement[bool]) -> Mapped:
    return Mapped({True: condition, False: not_(condition)})


_PROCESS_SORTS: dict[str, Column] = {
    "name": Column(ProcessDefinition.name),
    "resource_name": Column(Resource.path),
    "version": Column(ProcessDefinition.version),
    "version_tag": Column(ProcessDefinition.version_tag, nullable=True),
    "process_definition_id": Column(ProcessDefinition.process_id),
    "process_definition_key": Column(ProcessDefinition.key),
}
PROCESSES = Catalogue(
    "process_definitions",
    fields={**_PROCESS_SORTS, "is_latest_version": _flag(_latest(ProcessDefinition, ProcessDefinition.process_id))},
    sorts=_PROCESS_SORTS,
    keys=(ProcessDefinition.key,),
)
_DECISION_SORTS: dict[str, Column] = {
    "decision_definition_id": Column(DecisionDefinition.decision_id),
    "decision_definition_key": Column(DecisionDefinition.key),
    "name": Column(DecisionDefinition.name),
    "version": Column(DecisionDefinition.version),
    "decision_requirements_key": Column(DecisionDefinition.resource_key),
}
DECISIONS = Catalogue(
    "decision_definitions",
    fields={
        **_DECISION_SORTS,
        "is_latest_version": _flag(_latest(DecisionDefinition, DecisionDefinition.decision_id)),
    },
    sorts=_DECISION_SORTS,
    keys=(DecisionDefinition.key,),
)


def processes_statement() -> Rows:
    """A process definition with the path of its file."""
    return select(ProcessDefinition, Resource.path.label("path")).join(
        Resource, Resource.key == ProcessDefinition.resource_key
    )


def decisions_statement() -> Rows:
    """A decision definition with the path of its file, and how many contents that file has had until then."""
    earlier = aliased(Resource)
    number = select(func.count()).where(earlier.path == Resource.path, earlier.key <= Resource.key).scalar_subquery()
    return select(DecisionDefinition, Resource.path.label("path"), number.label("file_version")).join(
        Resource, Resource.key == DecisionDefinition.resource_key
    )


def search_processes(session: Session, actor: Actor, asked: Asked) -> Found:
    """A page of process definitions; each row has ``ProcessDefinition`` and ``path``."""
    readable = processes_statement().where(readable_process(session, actor))
    return find(session, PROCESSES, processes_statement(), readable, asked)


def search_decisions(session: Session, actor: Actor, asked: Asked) -> Found:
    """A page of decision definitions; each row has ``DecisionDefinition``, ``path`` and ``file_version``."""
    readable = decisions_statement().where(readable_decision(actor))
    return find(session, DECISIONS, decisions_statement(), readable, asked)


def readable_process(session: Session, actor: Actor) -> ColumnElement[bool]:
    """Whether the actor may read the definition."""
    if _reads_all(actor):
        return true()
    startable = [one.definition_key for one in deployments.startable(session, actor)]
    root = aliased(ProcessInstance)
    called = select(ProcessInstance.definition_key).join(root, root.key == ProcessInstance.root_key)
    taken_part_in = visible(session, actor, called, Matter.of(root))
    return or_(ProcessDefinition.key.in_(startable), ProcessDefinition.key.in_(taken_part_in))


def readable_decision(actor: Actor) -> ColumnElement[bool]:
    """Whether the actor may read decisions: tables say who decides up to which amount."""
    return true() if _reads_all(actor) else false()


def _reads_all(actor: Actor) -> bool:
    return actor.is_system or actor.is_administrator or actor.is_process_owner or actor.is_auditor
