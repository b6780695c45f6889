"""What is current: the last deployment of each pack, and what people may start of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from engine.actor import Actor
from engine.content.references import starter_posts
from engine.deployments import lookup
from engine.deployments.lookup import Definition, definition
from engine.errors import NotFound
from engine.models import Deployment, DeploymentBinding
from engine.organisation import snapshot
from engine.runtime.dialect.references import flatten, literal
from engine.statements import Statement
from feel.sentences import Sentence

_CURRENT = select(DeploymentBinding.definition_key).where(
    DeploymentBinding.kind == bindparam("kind"),
    DeploymentBinding.deployment_key.in_(select(func.max(Deployment.key)).group_by(Deployment.pack)),
)
_CURRENT_ONE = Statement(
    _CURRENT.where(DeploymentBinding.id == bindparam("id")).add_columns(snapshot.REVISION.label("organisation"))
)


@dataclass(frozen=True, slots=True)
class Startable:
    """A process that somebody may start, for the catalogue: ``category`` is its heading there, "" for none."""

    definition_key: int
    process_id: str
    version: int
    name: str
    category: str
    pack: str


def current_deployment(session: Session, pack: str) -> Deployment | None:
    """The last deployment of a pack."""
    return session.execute(
        select(Deployment).where(Deployment.pack == pack).order_by(Deployment.key.desc()).limit(1)
    ).scalar_one_or_none()


def current_deployments(session: Session) -> Sequence[Deployment]:
    """The last deployment of each pack, by name."""
    last = select(func.max(Deployment.key)).group_by(Deployment.pack)
    return (
        session.execute(select(Deployment).where(Deployment.key.in_(last)).order_by(Deployment.pack)).scalars().all()
    )


def packs_with(session: Session, names: Collection[str]) -> tuple[str, ...]:
    """The packs that have a file of one of these names now."""
    last = select(func.max(Deployment.key)).group_by(Deployment.pack)
    paths = session.execute(
        select(DeploymentBinding.id, Deployment.pack)
        .join(Deployment, Deployment.key == DeploymentBinding.deployment_key)
        .where(DeploymentBinding.kind == "resource", DeploymentBinding.deployment_key.in_(last))
    )
    return tuple(sorted({row.pack for row in paths if row.id.rpartition("/")[2] in names}))


def last_by(session: Session, pack: str, person: str) -> Deployment | None:
    """The last deployment of a pack that somebody (or a part of the system) made."""
    mine = (Deployment.pack == pack, Deployment.deployed_by == person)
    return session.execute(
        select(Deployment).where(*mine).order_by(Deployment.key.desc()).limit(1)
    ).scalar_one_or_none()


def current_process(session: Session, process_id: str) -> Definition:
    """The version of a process that starts now. Raises :class:`NotFound` for one that is not, or no more, in use."""
    found = _CURRENT_ONE.one_or_none(session, {"kind": "process", "id": process_id})
    if found is None:
        raise NotFound(Sentence("There is no procedure {process}.", process=process_id))
    snapshot.arrived(session, found.organisation)
    return definition(session, found.definition_key)


def current_processes(session: Session) -> tuple[Definition, ...]:
    """The versions of all processes that are in use now, called ones too, by id."""
    keys = session.execute(_CURRENT, {"kind": "process"}).scalars()
    return tuple(sorted((definition(session, key) for key in keys), key=lambda one: one.process_id))


def current_decision(session: Session, decision_id: str) -> int:
    """The key of the version of a decision that is in use now. Raises :class:`NotFound`."""
    key: int | None = _CURRENT_ONE.scalar(session, {"kind": "decision", "id": decision_id})
    if key is None:
        raise NotFound(Sentence("There is no decision {decision}.", decision=decision_id))
    return key


def independent(session: Session) -> tuple[Definition, ...]:
    """The current processes whose matters have numbers of their own: not those that others only call."""
    found = (definition(session, key) for key in session.execute(_CURRENT, {"kind": "process"}).scalars())
    return tuple(one for one in found if one.properties.get("businessIdPrefix"))


def startable(session: Session, actor: Actor) -> tuple[Startable, ...]:
    """The current processes that a holder of one of the actor's posts may start, by category and name."""
    found = (definition(session, key) for key in session.execute(_CURRENT, {"kind": "process"}).scalars())
    allowed = (
        Startable(
            one.key, one.process_id, one.version, one.name, one.properties.get("category", "").strip(), one.pack
        )
        for one in found
        if may_start(one, actor)
    )
    return tuple(sorted(allowed, key=lambda one: (one.category, one.name, one.process_id)))


def started_by(session: Session, kind: str, name: str) -> tuple[tuple[str, str], ...]:
    """The current processes that a message or signal of this name starts, with the start event of each."""
    found = []
    for key in session.execute(_CURRENT, {"kind": "process"}).scalars():
        one = lookup.process(session, key)
        found += [
            (one.process_id, start.id)
            for start in one.start_events
            if any(event.kind == kind and literal(event.name) == name for event in flatten(start.event))
        ]
    return tuple(sorted(found))


def may_start(process: Definition, actor: Actor) -> bool:
    """Whether the actor holds one of the posts that the process names in ``starterPosts``."""
    return not actor.posts.isdisjoint(starter_posts(process.properties))
