"""What a key names, compiled: rows of definitions never change, so everything here is cached for good."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine import runtime
from engine.content import Labels, read_labels
from engine.content.imports import imports_of
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
from engine.organisation.functions import NAMES
from engine.runtime import Diagram, Process
from engine.task_forms import TaskForm
from feel import decisions as feel_decisions
from feel.decisions import Decisions
from feel.sentences import Sentence


@dataclass(frozen=True, slots=True)
class Definition:
    """One version of a process, as its row has it."""

    key: int
    process_id: str
    version: int
    version_tag: str | None
    name: str
    pack: str
    resource_key: int
    deployment_key: int
    properties: Mapping[str, str]


_definitions: Cache[int, Definition] = Cache(2000)
_diagrams: Cache[int, Diagram] = Cache(200)
_processes: Cache[int, Process] = Cache(200)
_forms: Cache[int, TaskForm] = Cache(1000)
_decisions: Cache[int, Decisions] = Cache(500)
_labels: Cache[tuple[int, str], Labels] = Cache(200)


def definition(session: Session, definition_key: int) -> Definition:
    """A process definition by key; raises :class:`NotFound`."""
    return _definitions.get(definition_key, lambda: _read_definition(session, definition_key))


def diagram(session: Session, definition_key: int) -> Diagram:
    """The diagram that a process definition is drawn in, as it was desugared when it was deployed."""
    resource_key = definition(session, definition_key).resource_key
    return _diagrams.get(resource_key, lambda: _load_diagram(session, resource_key))


def process(session: Session, definition_key: int) -> Process:
    """The executable process of a definition; raises :class:`NotFound`."""
    return _processes.get(definition_key, lambda: _process(session, definition_key))


def _process(session: Session, definition_key: int) -> Process:
    return diagram(session, definition_key).processes[definition(session, definition_key).process_id]


def form(session: Session, form_key: int) -> TaskForm:
    """The form of a form definition; raises :class:`NotFound`."""

    def compiled() -> TaskForm:
        return TaskForm.compile(_content(session, FormDefinition, form_key), functions=NAMES)

    return _forms.get(form_key, compiled)


def form_definition(session: Session, form_key: int) -> FormDefinition:
    """Which form in which version a key names; raises :class:`NotFound`."""
    found = session.get(FormDefinition, form_key)
    if found is None:
        raise NotFound(Sentence("There is no definition {key}.", key=str(form_key)))
    return found


def decisions(session: Session, decision_key: int) -> Decisions:
    """The compiled file of a decision definition, with what it imports; raises :class:`NotFound`."""
    return _decisions.get(decision_key, lambda: _compile_decisions(session, decision_key))


def source(session: Session, definition_key: int) -> bytes:
    """The diagram of a process definition as it was uploaded, byte for byte."""
    return _content(session, ProcessDefinition, definition_key)


def form_source(session: Session, form_key: int) -> bytes:
    """The schema of a form definition as it was uploaded, byte for byte."""
    return _content(session, FormDefinition, form_key)


def decision_source(session: Session, decision_key: int) -> bytes:
    """The file of a decision definition as it was uploaded, byte for byte."""
    return _content(session, DecisionDefinition, decision_key)


def labels(session: Session, pack: str, language: str, deployment_key: int | None = None) -> Labels:
    """The labels of a pack in a language: label as drawn → translation; empty where there is no such file.

    Those of the current deployment, or of the one that a running matter is bound to.
    """
    path = f"bpmn/{pack}/labels.{language}.po"
    if deployment_key is None:
        last = select(func.max(Deployment.key)).where(Deployment.pack == pack)
        deployment_key = session.execute(last).scalar()
    if deployment_key is None:
        return {}
    bound_to = deployment_key
    return _labels.get((bound_to, path), lambda: _read_labels(session, bound_to, path))


def _read_labels(session: Session, deployment_key: int, path: str) -> Labels:
    content = session.execute(
        select(Resource.content)
        .join(DeploymentBinding, DeploymentBinding.definition_key == Resource.key)
        .where(
            DeploymentBinding.deployment_key == deployment_key,
            DeploymentBinding.kind == "resource",
            DeploymentBinding.id == path,
        )
    ).scalar_one_or_none()
    return {} if content is None else read_labels(content)


def _read_definition(session: Session, key: int) -> Definition:
    row = session.get(ProcessDefinition, key)
    if row is None:
        raise NotFound(Sentence("There is no process definition {key}.", key=str(key)))
    return Definition(
        key=row.key,
        process_id=row.process_id,
        version=row.version,
        version_tag=row.version_tag,
        name=row.name,
        pack=row.pack,
        resource_key=row.resource_key,
        deployment_key=row.deployment_key,
        properties=dict(row.properties),
    )


def _load_diagram(session: Session, resource_key: int) -> Diagram:
    compiled = session.execute(select(Resource.compiled).where(Resource.key == resource_key)).scalar_one()
    if compiled is None:
        raise RuntimeError(f"Resource {resource_key} is bound as a diagram and has no compiled form.")
    return runtime.load(compiled)


def _content(
    session: Session, model: type[ProcessDefinition | DecisionDefinition | FormDefinition], key: int
) -> bytes:
    content = session.execute(
        select(Resource.content).join(model, model.resource_key == Resource.key).where(model.key == key)
    ).scalar_one_or_none()
    if content is None:
        raise NotFound(Sentence("There is no definition {key}.", key=str(key)))
    return content


def _compile_decisions(session: Session, key: int) -> Decisions:
    main = session.execute(
        select(Resource.path, Resource.content, DecisionDefinition.deployment_key)
        .join(DecisionDefinition, DecisionDefinition.resource_key == Resource.key)
        .where(DecisionDefinition.key == key)
    ).one_or_none()
    if main is None:
        raise NotFound(Sentence("There is no definition {key}.", key=str(key)))
    # The files beside it when this version was made; a change to one that it imports made a new version.
    rows = session.execute(
        select(Resource.path, Resource.content)
        .join(DeploymentBinding, DeploymentBinding.definition_key == Resource.key)
        .where(
            DeploymentBinding.deployment_key == main.deployment_key,
            DeploymentBinding.kind == "resource",
            DeploymentBinding.id.endswith(".dmn"),
        )
    )
    files = {row.path: row.content for row in rows}
    return feel_decisions.compile(main.content, imports=imports_of(files)[main.path], functions=NAMES)
