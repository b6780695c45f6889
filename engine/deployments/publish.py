"""Publishing a pack: all or nothing, in versions that never change, told in the journal of deployments.

A part of a pack is completed with the other resources that are current. What is the same keeps its version; what
changed, and whatever binds it, gets the next one, so that a changed table reaches the matters that start from now on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine import clock, history
from engine.actor import Actor
from engine.content import Content, Pack, compile_pack
from engine.content.pack import sha256
from engine.deployments import files, owners, scheduling
from engine.deployments.binding import Bindings
from engine.deployments.current import current_deployment
from engine.errors import DeploymentRefused, NotAllowed, Problem
from engine.history.deployed_files import DEPLOYED, told_of
from engine.keys import new_key
from engine.models import (
    DecisionDefinition,
    Deployment,
    DeploymentBinding,
    FormDefinition,
    Post,
    ProcessDefinition,
    Resource,
)
from feel.sentences import Sentence

Definition = ProcessDefinition | DecisionDefinition | FormDefinition


def deploy(session: Session, pack: Pack, actor: Actor, comment: str | None = None) -> Deployment:
    """Publish a pack, or a part of one, as it came from outside: for administrators and the system alone.

    Process owners publish in the workshop, where scenarios and a second person stand between a draft and everybody's
    work; files that come by themselves have passed neither. Otherwise as :func:`publish_pack`.
    """
    owners.check(session, actor, None, ())
    if not (actor.is_administrator or actor.is_system):
        raise NotAllowed(
            Sentence(
                "From outside, only administrators publish. Import the files in the workshop: they become a draft, "
                "whose scenarios are run and to which a second person agrees where that is asked for."
            )
        )
    return publish_pack(session, pack, actor, comment)


def publish_pack(
    session: Session,
    pack: Pack,
    actor: Actor,
    comment: str | None = None,
    *,
    restores: int | None = None,
    approved_by: Sequence[str] = (),
) -> Deployment:
    """Publish a pack, or a part of one; gives the new deployment, or the current one when nothing differs from it.

    The caller answers for what stands before it: that the draft was tried, or that this was published once before.
    ``restores`` is the deployment whose content comes back with it, ``approved_by`` who agreed beside the actor.
    Raises :class:`NotAllowed` unless the actor may change every file that differs, and :class:`DeploymentRefused`
    with every problem of the whole pack.
    """
    owners.check(session, actor, None, ())
    journal = history.journal(session, history.DEPLOYMENTS)  # its lock puts deployments one after the other
    before = current_deployment(session, pack.name)
    pack = _completed(session, pack, before)
    if before is not None:
        differing = changed_paths(files.hashes(session, before.key), hashes_of(pack))
        if not differing:
            return before
        owners.check(session, actor, before.key, differing)
    content, problems = examined(session, pack)
    if any(problem.severity == "error" for problem in problems):
        raise DeploymentRefused(problems)
    publication = _Publication(session, content, before, actor, comment, restores, tuple(approved_by))
    publication.publish()
    scheduling.renew(session, content, publication.processes)
    history.record(session, journal, DEPLOYED, actor, details=publication.told())
    history.flush(session, journal)
    session.flush()
    return publication.deployment


def examined(session: Session, pack: Pack) -> tuple[Content, Sequence[Problem]]:
    """A whole pack compiled, with everything that stands against publishing it in this installation."""
    posts = session.execute(select(Post.code)).scalars().all()
    # before the organisation is set up there is nothing to hold the groups against
    content = compile_pack(pack, groups=posts or None)
    return content, [
        *content.problems,
        *_taken_by_other_packs(session, content),
        *scheduling.problems(session, content),
    ]


def hashes_of(pack: Pack) -> dict[str, str]:
    """Path → SHA-256 of the files of a pack."""
    return {path: sha256(content) for path, content in pack.files.items()}


def changed_paths(before: Mapping[str, str], after: Mapping[str, str]) -> frozenset[str]:
    """The paths that are new, gone, or have another hash."""
    return frozenset(path for path in {*before, *after} if before.get(path) != after.get(path))


def _completed(session: Session, pack: Pack, before: Deployment | None) -> Pack:
    if pack.is_whole or before is None:
        return pack
    completed = {**files.pack(session, before.key).files, **pack.files}
    return Pack(pack.name, dict(sorted(completed.items())), is_whole=True)


def _taken_by_other_packs(session: Session, content: Content) -> Iterator[Problem]:
    """An id names one thing in the whole installation, or a caller could not say which it means."""
    named: list[tuple[str, str, type[Definition]]] = [
        *((path, id_, ProcessDefinition) for path, d in content.diagrams.items() for id_ in d.processes),
        *((path, id_, DecisionDefinition) for path, d in content.decisions.items() for id_ in d.decisions),
        *((path, form.id, FormDefinition) for path, form in content.forms.items()),
    ]
    for path, id_, model in named:
        other = session.execute(
            select(model.pack).where(_id_column(model) == id_, model.pack != content.pack.name).limit(1)
        ).scalar()
        if other is not None:
            sentence = Sentence("The id {id} belongs to the pack {pack}. Choose another one.", id=id_, pack=other)
            yield Problem("error", path, id_, sentence, "taken_by_other_pack")


def _id_column(model: type[Definition]) -> Any:
    return {
        ProcessDefinition: ProcessDefinition.process_id,
        DecisionDefinition: DecisionDefinition.decision_id,
        FormDefinition: FormDefinition.form_id,
    }[model]


@dataclass
class _Publication:
    """One act of publishing: rows for what is new, bindings for everything."""

    session: Session
    content: Content
    before: Deployment | None
    actor: Actor
    comment: str | None
    restores: int | None
    approved_by: tuple[str, ...]
    new: list[dict[str, Any]] = field(default_factory=list)
    files: list[dict[str, Any]] = field(default_factory=list)
    processes: dict[str, int] = field(default_factory=dict)  # by id, the definition that is bound now

    def publish(self) -> None:
        """Add every row."""
        self.deployment = Deployment(
            # "current" is the largest key: the clock of another server must not put a later deployment first
            key=max(new_key(), 0 if self.before is None else self.before.key + 1),
            pack=self.content.pack.name,
            deployed_at=clock.now(),
            deployed_by=self.actor.person,
            comment=self.comment,
            restores=self.restores,
        )
        self.session.add(self.deployment)
        self.session.flush()
        self._bindings = Bindings(self.content)
        self._bound_before = self._read_bindings()
        self._resources = self._keep_resources()
        self._publish_decisions()
        self._publish_forms()
        self._publish_processes()
        self.session.flush()

    def told(self) -> dict[str, Any]:
        """What the journal tells: all files with their hashes, and the versions that are new."""
        return {
            "deployment": self.deployment.key,
            "pack": self.content.pack.name,
            "comment": self.comment,
            "files": self.files,
            "new": self.new,
            **({} if self.restores is None else {"restores": self.restores}),
            **({"approved_by": list(self.approved_by)} if self.approved_by else {}),
        }

    def _read_bindings(self) -> dict[tuple[str, str], int]:
        if self.before is None:
            return {}
        rows = self.session.execute(
            select(DeploymentBinding.kind, DeploymentBinding.id, DeploymentBinding.definition_key).where(
                DeploymentBinding.deployment_key == self.before.key
            )
        )
        return {(row.kind, row.id): row.definition_key for row in rows}

    def _keep_resources(self) -> dict[str, int]:
        """Path → key of every file: the row that has those bytes already, or a new one."""
        hashes = hashes_of(self.content.pack)
        stored = self.session.scalars(select(Resource).where(Resource.sha256.in_(hashes.values())))
        known = {(resource.path, resource.sha256): resource for resource in stored}
        keys = {}
        for path, content in self.content.pack.files.items():
            resource = known.get((path, hashes[path]))
            if resource is None:
                diagram = self.content.diagrams.get(path)
                compiled = None if diagram is None else diagram.compiled
                resource = Resource(key=new_key(), path=path, sha256=hashes[path], content=content, compiled=compiled)
                self.session.add(resource)
            self.files.append(told_of(path, resource.content, resource.compiled))
            self._bind("resource", path, resource.key)
            keys[path] = resource.key
        self.session.flush()  # before the definitions that point to them
        return keys

    def _publish_decisions(self) -> None:
        for path, found in self.content.decisions.items():
            names = {decision_id: decision.name for decision_id, decision in found.decisions.items()}
            names |= {service_id: name for name, service_id in found.services.items()}
            tags = {decision_id: decision.version_tag for decision_id, decision in found.decisions.items()}
            for decision_id, name in names.items():
                new = DecisionDefinition(
                    decision_id=decision_id,
                    name=name,
                    version_tag=tags.get(decision_id),
                    binding_sha256=self._bindings.decisions[decision_id],
                )
                self._publish("decision", decision_id, path, new)

    def _publish_forms(self) -> None:
        for path, form in self.content.forms.items():
            new = FormDefinition(
                form_id=form.id, version_tag=form.version_tag, binding_sha256=self._bindings.forms[form.id]
            )
            self._publish("form", form.id, path, new)

    def _publish_processes(self) -> None:
        for path, diagram in self.content.diagrams.items():
            for process_id, process in diagram.processes.items():
                new = ProcessDefinition(
                    process_id=process_id,
                    version_tag=process.version_tag,
                    name=process.name or process_id,
                    binding_sha256=self._bindings.of_process(process_id),
                    properties=dict(process.properties),
                )
                self._publish("process", process_id, path, new)

    def _publish(self, kind: str, id_: str, path: str, new: Definition) -> None:
        """Bind the version that is current if it is the same, else add ``new`` as the next version."""
        model: type[Definition] = type(new)
        known = self._bound_before.get((kind, id_))
        if known is not None:
            same = select(model.key).where(model.key == known, model.binding_sha256 == new.binding_sha256)
            if self.session.execute(same).scalar_one_or_none() is not None:
                self._bind(kind, id_, known)
                return
        last = self.session.execute(select(func.max(model.version)).where(_id_column(model) == id_)).scalar()
        new.key, new.version = new_key(), (last or 0) + 1
        new.pack = self.content.pack.name
        new.resource_key, new.deployment_key = self._resources[path], self.deployment.key
        self.session.add(new)
        self._bind(kind, id_, new.key)
        self.new.append({"kind": kind, "id": id_, "version": new.version, "definition": new.key})

    def _bind(self, kind: str, id_: str, key: int) -> None:
        if kind == "process":
            self.processes[id_] = key
        binding = DeploymentBinding(deployment_key=self.deployment.key, kind=kind, id=id_, definition_key=key)
        self.session.add(binding)
