"""What a deployment bound of the files that were sent, as clients are told it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session

from engine.models import (
    DecisionDefinition,
    DeploymentBinding,
    FormDefinition,
    ProcessDefinition,
    Resource,
)
from engine.search import definitions
from webapp.api.schema import TENANT, Answer, KeyOut


class DeployedProcess(Answer):
    """A process of the deployment."""

    process_definition_id: str
    process_definition_version: int
    resource_name: str
    tenant_id: str = TENANT
    process_definition_key: KeyOut


class DeployedDecision(Answer):
    """A decision of the deployment."""

    decision_definition_id: str
    version: int
    name: str
    tenant_id: str = TENANT
    decision_requirements_id: str
    decision_definition_key: KeyOut
    decision_requirements_key: KeyOut


class DeployedRequirements(Answer):
    """A file of decisions of the deployment."""

    decision_requirements_id: str
    decision_requirements_name: str
    version: int
    resource_name: str
    tenant_id: str = TENANT
    decision_requirements_key: KeyOut


class DeployedForm(Answer):
    """A form of the deployment."""

    form_id: str
    version: int
    resource_name: str
    tenant_id: str = TENANT
    form_key: KeyOut


class DeployedResource(Answer):
    """Another file of the deployment: translations of labels."""

    resource_id: str
    resource_name: str
    version: int
    tenant_id: str = TENANT
    resource_key: KeyOut


class Deployed(Answer):
    """One thing that was deployed; exactly one of these is not null."""

    process_definition: DeployedProcess | None = None
    decision_definition: DeployedDecision | None = None
    decision_requirements: DeployedRequirements | None = None
    form: DeployedForm | None = None
    resource: DeployedResource | None = None


class DeploymentOut(Answer):
    """What a deployment bound of the files that were sent."""

    deployment_key: KeyOut
    tenant_id: str = TENANT
    deployments: list[Deployed]


def deployed(session: Session, deployment_key: int, paths: set[str]) -> list[Deployed]:
    """What the deployment binds of these files, in the order of the paths."""
    bound = select(DeploymentBinding.definition_key).where(DeploymentBinding.deployment_key == deployment_key)

    def of(kind: str, statement: Select[*tuple[Any, ...]], key: Any) -> Sequence[Row[Any]]:
        mine = key.in_(bound.where(DeploymentBinding.kind == kind))
        return session.execute(statement.where(mine, Resource.path.in_(sorted(paths)))).all()

    forms = select(FormDefinition, Resource.path.label("path")).join(
        Resource, Resource.key == FormDefinition.resource_key
    )
    processes = of("process", definitions.processes_statement(), ProcessDefinition.key)
    decisions = of("decision", definitions.decisions_statement(), DecisionDefinition.key)
    texts = of("resource", select(Resource.key, Resource.path), Resource.key)
    found = [
        *((row.path, Deployed(process_definition=_process(row))) for row in processes),
        *((row.path, Deployed(decision_definition=_decision(row))) for row in decisions),
        # one file of several decisions is one thing
        *{row.path: Deployed(decision_requirements=_requirements(row)) for row in decisions}.items(),
        *((row.path, Deployed(form=_form(row))) for row in of("form", forms, FormDefinition.key)),
        *((row.path, Deployed(resource=_resource(row))) for row in texts if row.path.endswith(".po")),
    ]
    return [deployed for _path, deployed in sorted(found, key=lambda entry: entry[0])]


def _process(row: Any) -> DeployedProcess:
    definition: ProcessDefinition = row.ProcessDefinition
    return DeployedProcess(
        process_definition_id=definition.process_id,
        process_definition_version=definition.version,
        resource_name=file_name(row.path),
        process_definition_key=definition.key,
    )


def _decision(row: Any) -> DeployedDecision:
    definition: DecisionDefinition = row.DecisionDefinition
    return DeployedDecision(
        decision_definition_id=definition.decision_id,
        version=definition.version,
        name=definition.name,
        decision_requirements_id=stem(row.path),
        decision_definition_key=definition.key,
        decision_requirements_key=definition.resource_key,
    )


def _requirements(row: Any) -> DeployedRequirements:
    return DeployedRequirements(
        decision_requirements_id=stem(row.path),
        decision_requirements_name=stem(row.path),
        version=row.file_version,
        resource_name=file_name(row.path),
        decision_requirements_key=row.DecisionDefinition.resource_key,
    )


def _form(row: Any) -> DeployedForm:
    form: FormDefinition = row.FormDefinition
    return DeployedForm(
        form_id=form.form_id, version=form.version, resource_name=file_name(row.path), form_key=form.key
    )


def _resource(row: Any) -> DeployedResource:
    name = file_name(row.path)
    return DeployedResource(resource_id=name, resource_name=name, version=1, resource_key=row.key)


def file_name(path: str) -> str:
    """The name of a file without its folders."""
    return path.rpartition("/")[2]


def stem(path: str) -> str:
    """The name of a file without folders and suffix: what its decisions are known by together."""
    return file_name(path).rpartition(".")[0]
