"""The files of a deployment, byte for byte, and which processes use each of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.content import Pack
from engine.content.imports import imports_of
from engine.content.pack import SCENARIOS
from engine.deployments import lookup
from engine.deployments.cache import Cache
from engine.errors import NotFound
from engine.models import (
    DecisionDefinition,
    Deployment,
    DeploymentBinding,
    FormDefinition,
    ProcessDefinition,
    Resource,
)
from feel.sentences import Sentence

Users = Mapping[str, frozenset[str]]
"""Path → ids of the processes that are drawn in the file, ask it, show it, or are tried by it."""

_users: Cache[int, Users] = Cache(200)


def get(session: Session, deployment_key: int) -> Deployment:
    """A deployment by key; raises :class:`NotFound`."""
    deployment = session.get(Deployment, deployment_key)
    if deployment is None:
        raise NotFound(Sentence("There is no deployment {key}.", key=str(deployment_key)))
    return deployment


def pack(session: Session, deployment_key: int) -> Pack:
    """The whole pack as it was deployed."""
    deployment = get(session, deployment_key)
    rows = session.execute(
        select(Resource.path, Resource.content)
        .join(DeploymentBinding, DeploymentBinding.definition_key == Resource.key)
        .where(DeploymentBinding.deployment_key == deployment_key, DeploymentBinding.kind == "resource")
        .order_by(Resource.path)
    )
    return Pack(deployment.pack, {row.path: row.content for row in rows}, is_whole=True)


def hashes(session: Session, deployment_key: int) -> dict[str, str]:
    """Path → SHA-256 of everything in a deployment."""
    rows = session.execute(
        select(Resource.path, Resource.sha256)
        .join(DeploymentBinding, DeploymentBinding.definition_key == Resource.key)
        .where(DeploymentBinding.deployment_key == deployment_key, DeploymentBinding.kind == "resource")
        .order_by(Resource.path)
    )
    return {row.path: row.sha256 for row in rows}


def users(session: Session, deployment_key: int) -> Users:
    """Which processes use each file of a deployment; a file that none uses is not in it."""
    return _users.get(deployment_key, lambda: _read_users(session, deployment_key))


def _read_users(session: Session, deployment_key: int) -> Users:
    found: defaultdict[str, set[str]] = defaultdict(set)
    paths = {
        (kind, id_): path
        for kind, model in (("decision", DecisionDefinition), ("form", FormDefinition))
        for id_, path in _bound(session, deployment_key, kind, model)
    }
    imports = imports_of(pack(session, deployment_key).of_kind(".dmn"))
    processes = session.execute(
        select(DeploymentBinding.definition_key).where(
            DeploymentBinding.deployment_key == deployment_key, DeploymentBinding.kind == "process"
        )
    )
    for key in processes.scalars():
        process = lookup.process(session, key)
        references = process.references
        named = [("form", id_) for id_ in sorted(references.form_ids)]
        named += [("decision", id_) for id_ in references.decisions.values()]
        for path in (paths[name] for name in named if name in paths):
            for used in (path, *imports.get(path, ())):
                found[used].add(process.process_id)
    for process_id, path in _bound(session, deployment_key, "process", ProcessDefinition):
        found[path].add(process_id)
    for path in hashes(session, deployment_key):
        tried = SCENARIOS.fullmatch(path.rpartition("/")[2])
        if tried is not None:
            found[path].add(tried.group(1))
    return {path: frozenset(ids) for path, ids in found.items()}


def _bound(
    session: Session,
    deployment_key: int,
    kind: str,
    model: type[ProcessDefinition | DecisionDefinition | FormDefinition],
) -> list[tuple[str, str]]:
    """(id, path) of what a deployment binds of one kind."""
    rows = session.execute(
        select(DeploymentBinding.id, Resource.path)
        .join(model, model.key == DeploymentBinding.definition_key)
        .join(Resource, Resource.key == model.resource_key)
        .where(DeploymentBinding.deployment_key == deployment_key, DeploymentBinding.kind == kind)
    )
    return [(row.id, row.path) for row in rows]
