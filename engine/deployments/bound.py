"""What a running matter is bound to: by the deployment of its version, by a version tag, or always the latest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.deployments.cache import Cache
from engine.deployments.lookup import decisions, definition
from engine.errors import ExecutionFailed
from engine.models import (
    DecisionDefinition,
    Deployment,
    DeploymentBinding,
    FormDefinition,
    ProcessDefinition,
    Resource,
)
from engine.runtime.changes import Binding
from feel.decisions import Decisions
from feel.sentences import Sentence

_by_deployment: Cache[tuple[int, str, str], int] = Cache(5000)


@dataclass(frozen=True, slots=True)
class BoundDecision:
    """A compiled file of decisions, and which version of which decision of it was asked for, as a plain object."""

    decisions: Decisions
    definition: dict[str, Any]


def bound_form(
    session: Session, definition_key: int, form_id: str, binding: Binding, version_tag: str | None = None
) -> int:
    """The key of the form definition that a process definition binds; :class:`ExecutionFailed` for none."""
    return _resolve(session, definition_key, "form", form_id, binding, version_tag)


def called_process(
    session: Session, definition_key: int, process_id: str, binding: Binding, version_tag: str | None = None
) -> int:
    """The key of the process definition that a call binds; :class:`ExecutionFailed` for none."""
    return _resolve(session, definition_key, "process", process_id, binding, version_tag)


def decision(
    session: Session, definition_key: int, decision_id: str, binding: Binding, version_tag: str | None = None
) -> BoundDecision:
    """The decision that a business rule task binds; :class:`ExecutionFailed` for none."""
    key = _resolve(session, definition_key, "decision", decision_id, binding, version_tag)
    return _bound_decisions.get(key, lambda: read_decision(session, key))


def read_decision(session: Session, key: int) -> BoundDecision:
    """A decision definition, compiled, with what identifies its version."""
    compiled = decisions(session, key)
    row = session.execute(
        select(DecisionDefinition.decision_id, DecisionDefinition.name, DecisionDefinition.version, Resource.sha256)
        .join(Resource, DecisionDefinition.resource_key == Resource.key)
        .where(DecisionDefinition.key == key)
    ).one()
    identified = {
        "key": key,
        "id": row.decision_id,
        "name": row.name,
        "version": row.version,
        "sha256": row.sha256,
    }
    return BoundDecision(compiled, identified)


_bound_decisions: Cache[int, BoundDecision] = Cache(500)


def _resolve(
    session: Session, definition_key: int, kind: str, id_: str, binding: Binding, version_tag: str | None
) -> int:
    key: int | None
    if binding == "deployment":
        deployment_key = definition(session, definition_key).deployment_key
        key = _by_deployment.get(
            (deployment_key, kind, id_), lambda: _in_deployment(session, deployment_key, kind, id_)
        )
    elif binding == "versionTag":
        key = _by_tag(session, kind, id_, version_tag)
    else:
        key = _latest(session, kind, id_)
    if not key:
        raise _nothing_bound(kind, id_, version_tag)
    return key


def _in_deployment(session: Session, deployment_key: int, kind: str, id_: str) -> int:
    """0 for none, which the cache may keep too: a deployment never changes."""
    found = session.execute(
        select(DeploymentBinding.definition_key).where(
            DeploymentBinding.deployment_key == deployment_key,
            DeploymentBinding.kind == kind,
            DeploymentBinding.id == id_,
        )
    ).scalar_one_or_none()
    return found or 0


def _latest(session: Session, kind: str, id_: str) -> int | None:
    return session.execute(
        select(DeploymentBinding.definition_key)
        .join(Deployment, Deployment.key == DeploymentBinding.deployment_key)
        .where(DeploymentBinding.kind == kind, DeploymentBinding.id == id_)
        .order_by(Deployment.key.desc())
        .limit(1)
    ).scalar_one_or_none()


def _by_tag(session: Session, kind: str, id_: str, version_tag: str | None) -> int | None:
    key, id_column, tag, version = _TAGGED[kind]
    return session.execute(
        select(key).where(id_column == id_, tag == version_tag).order_by(version.desc()).limit(1)
    ).scalar_one_or_none()


def _columns(model: Any, id_column: Any) -> tuple[Any, ...]:
    return model.key, id_column, model.version_tag, model.version


_TAGGED = {
    "process": _columns(ProcessDefinition, ProcessDefinition.process_id),
    "decision": _columns(DecisionDefinition, DecisionDefinition.decision_id),
    "form": _columns(FormDefinition, FormDefinition.form_id),
}


def _nothing_bound(kind: str, id_: str, version_tag: str | None) -> ExecutionFailed:
    tagged = "" if version_tag is None else f" ({version_tag})"
    sentences = {
        "process": Sentence("No process {id} is deployed that this diagram could call.", id=f"{id_}{tagged}"),
        "decision": Sentence("No decision {id} is deployed that this diagram could ask.", id=f"{id_}{tagged}"),
        "form": Sentence("No form {id} is deployed that this task could show.", id=f"{id_}{tagged}"),
    }
    kinds = {"process": "error", "decision": "decision", "form": "error"}
    return ExecutionFailed(sentences[kind], element_id="", kind=kinds[kind])
