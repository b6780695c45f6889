"""What was deployed: resources byte for byte, and the versions that instances bind to. Rows never change."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engine.models.base import Base, Value


class Deployment(Base):
    """One act of publishing a pack, whole: parts that were not given are taken from the version before."""

    __tablename__ = "deployment"

    key: Mapped[int] = mapped_column(primary_key=True)
    pack: Mapped[str] = mapped_column(index=True)
    deployed_at: Mapped[datetime]
    deployed_by: Mapped[str]
    comment: Mapped[str | None]
    restores: Mapped[int | None]  # the deployment whose content came back with it


class Resource(Base):
    """The bytes of a file, once for each content (``sha256``), with the form that the runtime executes."""

    __tablename__ = "resource"

    key: Mapped[int] = mapped_column(primary_key=True)
    path: Mapped[str]  # "bpmn/chain_store/procurement_request.bpmn"
    sha256: Mapped[str] = mapped_column(index=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    # A diagram as desugared at deployment: an upgrade of the desugaring must not change running matters.
    compiled: Mapped[bytes | None] = mapped_column(LargeBinary)

    __table_args__ = (UniqueConstraint("path", "sha256"),)


class DeploymentBinding(Base):
    """What a deployment binds: kind ("process", "decision", "form", "resource") and id to one version or file."""

    __tablename__ = "deployment_binding"

    deployment_key: Mapped[int] = mapped_column(ForeignKey("deployment.key"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    definition_key: Mapped[int]  # key of a definition row below (kind "resource": of the file, id its path)


class ProcessDefinition(Base):
    """One version of a process. ``binding_sha256`` covers the diagram and all that it binds."""

    __tablename__ = "process_definition"

    key: Mapped[int] = mapped_column(primary_key=True)
    process_id: Mapped[str]
    version: Mapped[int]
    version_tag: Mapped[str | None]
    name: Mapped[str]
    pack: Mapped[str]
    resource_key: Mapped[int] = mapped_column(ForeignKey("resource.key"))
    deployment_key: Mapped[int] = mapped_column(ForeignKey("deployment.key"))
    binding_sha256: Mapped[str]
    properties: Mapped[Any] = mapped_column(Value)  # the process element's plain properties

    __table_args__ = (UniqueConstraint("process_id", "version"),)


class DecisionDefinition(Base):
    """One version of a decision or decision service. ``binding_sha256`` covers its file and all that it imports."""

    __tablename__ = "decision_definition"

    key: Mapped[int] = mapped_column(primary_key=True)
    decision_id: Mapped[str]
    version: Mapped[int]
    version_tag: Mapped[str | None]
    name: Mapped[str]
    pack: Mapped[str]
    resource_key: Mapped[int] = mapped_column(ForeignKey("resource.key"))
    deployment_key: Mapped[int] = mapped_column(ForeignKey("deployment.key"))
    binding_sha256: Mapped[str]

    __table_args__ = (UniqueConstraint("decision_id", "version"),)


class FormDefinition(Base):
    """One version of a form."""

    __tablename__ = "form_definition"

    key: Mapped[int] = mapped_column(primary_key=True)
    form_id: Mapped[str]
    version: Mapped[int]
    version_tag: Mapped[str | None]
    pack: Mapped[str]
    resource_key: Mapped[int] = mapped_column(ForeignKey("resource.key"))
    deployment_key: Mapped[int] = mapped_column(ForeignKey("deployment.key"))
    binding_sha256: Mapped[str]  # of its file

    __table_args__ = (UniqueConstraint("form_id", "version"),)
