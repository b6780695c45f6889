"""What is published, as the workshop's pages show it: versions with who, when and why; files with their names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup
from sqlalchemy import func, select

from engine import deployments
from engine.deployments import files, owners
from engine.errors import NotFound
from engine.models import (
    DecisionDefinition,
    Deployment,
    DeploymentBinding,
    FormDefinition,
    ProcessDefinition,
    ProcessInstance,
    Resource,
)
from engine.models.process_instance import ACTIVE
from feel.sentences import Sentence
from webapp import glossary
from webapp.formats import exact, listed
from webapp.people import person_name
from webapp.surroundings import actor, reading
from webapp.workshop.room import file_name, kind_name, kind_of


@dataclass(frozen=True, slots=True)
class Publication:
    """One deployment: who published it, when, with which comment, and what it brought back."""

    key: int
    pack: str
    person: str
    moment: Markup
    comment: str
    restored: Markup | None
    is_current: bool


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a process with its publication; ``running`` are the matters that still follow it."""

    definition_key: int
    number: int
    tag: str
    publication: Publication
    running: int


@dataclass(frozen=True, slots=True)
class Procedure:
    """A process of the current deployment."""

    process_id: str
    name: str
    category: str
    pack: str
    version: int
    tag: str
    owners: str
    is_mine: bool
    running: int
    publication: Publication


@dataclass(frozen=True, slots=True)
class PublishedFile:
    """A file of the current deployment, with what people call it and who uses it."""

    path: str
    name: str
    kind: str
    kind_name: str
    title: str
    used_by: str
    is_mine: bool


def packs() -> Sequence[str]:
    """The packs that were ever published, by name."""
    return reading().scalars(select(Deployment.pack).distinct().order_by(Deployment.pack)).all()


def current(pack: str) -> Deployment:
    """The current deployment of a pack; raises :class:`NotFound`."""
    found = deployments.current_deployment(reading(), pack)
    if found is None:
        raise NotFound(Sentence("There is no pack {pack}.", pack=pack))
    return found


def publication(deployment: Deployment, current_key: int | None = None) -> Publication:
    """A deployment in words."""
    restored = None
    if deployment.restores is not None:
        old = reading().get(Deployment, deployment.restores)
        restored = exact(old.deployed_at) if old is not None else None
    return Publication(
        deployment.key,
        deployment.pack,
        person_name(deployment.deployed_by),
        exact(deployment.deployed_at),
        deployment.comment or "",
        restored,
        deployment.key == current_key,
    )


def publications(pack: str) -> Sequence[Publication]:
    """All deployments of a pack, the latest first."""
    now = current(pack).key
    rows = reading().scalars(select(Deployment).where(Deployment.pack == pack).order_by(Deployment.key.desc()))
    return [publication(row, now) for row in rows]


def procedures(pack: str) -> Sequence[Procedure]:
    """The processes of the current deployment of a pack, by category and name."""
    session = reading()
    now = current(pack)
    rows = session.execute(
        select(ProcessDefinition, Deployment)
        .join(DeploymentBinding, DeploymentBinding.definition_key == ProcessDefinition.key)
        .join(Deployment, Deployment.key == ProcessDefinition.deployment_key)
        .where(DeploymentBinding.deployment_key == now.key, DeploymentBinding.kind == "process")
    ).all()
    owned = owners.all_owners(session)
    running = _running_by_process()
    found = [_procedure(definition, deployment, owned, running, now.key) for definition, deployment in rows]
    return sorted(found, key=lambda one: (one.category == "", one.category, one.name))


def _procedure(
    definition: ProcessDefinition,
    deployment: Deployment,
    owned: owners.Owners,
    running: Mapping[str, int],
    now: int,
) -> Procedure:
    category = str(definition.properties.get("category", "")).strip()
    return Procedure(
        definition.process_id,
        glossary.translated(definition.name, definition.pack),
        glossary.translated(category, definition.pack) if category else "",
        definition.pack,
        definition.version,
        definition.version_tag or "",
        owner_names(definition.process_id, owned),
        owners.may_change(actor(), [definition.process_id], owned),
        running.get(definition.process_id, 0),
        publication(deployment, now),
    )


def owner_names(process_id: str, owned: owners.Owners) -> str:
    """The owners of a process in words; "" for one that is open to all process owners."""
    return listed(person_name(person) for person in sorted(owned.get(process_id, ())))


def versions(process_id: str) -> Sequence[Version]:
    """Every version of a process, the latest first; raises :class:`NotFound`."""
    session = reading()
    rows = session.execute(
        select(ProcessDefinition, Deployment)
        .join(Deployment, Deployment.key == ProcessDefinition.deployment_key)
        .where(ProcessDefinition.process_id == process_id)
        .order_by(ProcessDefinition.version.desc())
    ).all()
    if not rows:
        raise NotFound(Sentence("There is no procedure {process}.", process=process_id))
    counts = session.execute(
        select(ProcessInstance.definition_key, func.count())
        .where(ProcessInstance.process_id == process_id, ProcessInstance.state == ACTIVE)
        .group_by(ProcessInstance.definition_key)
    ).all()
    running = {row[0]: row[1] for row in counts}
    now = _bound(current(rows[0][0].pack).key, "process")
    return [
        Version(
            definition.key,
            definition.version,
            definition.version_tag or "",
            publication(deployment, deployment.key if definition.key in now else None),
            running.get(definition.key, 0),
        )
        for definition, deployment in rows
    ]


def _bound(deployment_key: int, kind: str) -> frozenset[int]:
    rows = reading().scalars(
        select(DeploymentBinding.definition_key).where(
            DeploymentBinding.deployment_key == deployment_key, DeploymentBinding.kind == kind
        )
    )
    return frozenset(rows)


def _running_by_process() -> Mapping[str, int]:
    rows = reading().execute(
        select(ProcessInstance.process_id, func.count())
        .where(ProcessInstance.state == ACTIVE)
        .group_by(ProcessInstance.process_id)
    )
    return {row[0]: row[1] for row in rows}


def files_of(pack: str) -> Sequence[PublishedFile]:
    """The files of the current deployment of a pack, by kind and title."""
    session = reading()
    now = current(pack)
    titles, used = titles_of(now.key), files.users(session, now.key)
    owned = owners.all_owners(session)
    names = {one.process_id: one.name for one in procedures(pack)}
    found = []
    for path in files.hashes(session, now.key):
        ids = sorted(used.get(path, ()))
        kind = kind_of(path)
        found.append(
            PublishedFile(
                path,
                file_name(path),
                kind,
                kind_name(kind),
                glossary.translated(titles.get(path, ""), pack),
                listed(names.get(process_id, process_id) for process_id in ids),
                owners.may_change(actor(), ids, owned),
            )
        )
    order = {kind: place for place, kind in enumerate(("diagram", "table", "form", "scenarios", "labels"))}
    return sorted(found, key=lambda one: (order.get(one.kind, 9), one.name))


def titles_of(deployment_key: int) -> Mapping[str, str]:
    """What diagrams and tables are called by people, by path; forms have no name of their own."""
    session = reading()
    found: dict[str, str] = {}
    for model in (ProcessDefinition, DecisionDefinition):
        rows = session.execute(
            select(Resource.path, model.name)
            .join(model, model.resource_key == Resource.key)
            .join(DeploymentBinding, DeploymentBinding.definition_key == model.key)
            .where(DeploymentBinding.deployment_key == deployment_key)
            .order_by(model.key)
        )
        for path, name in rows:
            found.setdefault(path, name)
    return found


def forms_of(deployment_key: int) -> Mapping[str, str]:
    """Form id → path of its file in a deployment."""
    rows = reading().execute(
        select(FormDefinition.form_id, Resource.path)
        .join(Resource, Resource.key == FormDefinition.resource_key)
        .join(DeploymentBinding, DeploymentBinding.definition_key == FormDefinition.key)
        .where(DeploymentBinding.deployment_key == deployment_key, DeploymentBinding.kind == "form")
    )
    return {row[0]: row[1] for row in rows}
