"""Bring running matters to another version of their process: first a preview of each, then each by itself.

For administrators and the owners of the process; nobody moves a matter that he started. A preview tells of each
instance where it stands and where it would, or why it cannot move; it shows nothing of what a matter is about, so
that any process owner may see it, of drafts as well. An instance moves whole or not at all, and what it called stays
on its own version until that is migrated too.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from engine import deployments
from engine.actor import Actor
from engine.deployments import Definition, owners
from engine.errors import Conflict, NotAllowed, Refused
from engine.execution import Instance, Matter, lock, migration
from engine.execution.instance import COLUMNS
from engine.execution.migration import Move, Obstacle
from engine.models import ProcessInstance
from engine.models.process_instance import ACTIVE
from engine.process_instances.ending import checked_reason
from engine.process_instances.locking import no_such_matter
from feel.sentences import Sentence

MAXIMUM_PREVIEW = 500
"""How many instances one preview looks at; more are asked for by ``after``."""


@dataclass(frozen=True, slots=True)
class Preview:
    """One instance, a matter or a called process of one, and what its migration would do."""

    key: int
    root_key: int
    business_id: str | None  # of the matter; none for a draft
    definition_key: int  # where it is now
    suspended: bool
    move: Move

    @property
    def can_move(self) -> bool:
        """Whether nothing stands in the way, as of now."""
        return not self.move.obstacles


def preview(
    session: Session,
    actor: Actor,
    *,
    definition_key: int,
    mapping: Mapping[str, str] | None = None,
    keys: Collection[int] | None = None,
    from_definition: int | None = None,
    after: int = 0,
    limit: int = MAXIMUM_PREVIEW,
) -> tuple[Preview, ...]:
    """What a migration to ``definition_key`` would do to each running instance; nothing is changed.

    Args:
        session: A reader is enough.
        actor: An administrator or process owner.
        definition_key: The version to go to.
        mapping: Elements that are called otherwise there: id in the version at hand → id in the other one.
        keys: These instances, ended ones among them with the reason why they cannot move.
        from_definition: Only instances of this version; without it and ``keys``, of all other versions.
        after: Only instances with a greater key, for the next page.
        limit: How many at most.
    """
    _refuse_strangers(actor)
    target = deployments.definition(session, definition_key)
    given = _checked_targets(session, target, mapping or {})
    root = aliased(ProcessInstance)
    statement = (
        select(*(getattr(ProcessInstance, name) for name in COLUMNS), root.business_id.label("root_business_id"))
        .join(root, root.key == ProcessInstance.root_key)
        .where(ProcessInstance.key > after)
        .order_by(ProcessInstance.key)
        .limit(max(1, min(limit, MAXIMUM_PREVIEW)))
    )
    if keys is not None:
        statement = statement.where(ProcessInstance.key.in_(sorted(keys)))
    else:
        statement = statement.where(
            ProcessInstance.process_id == target.process_id,
            ProcessInstance.definition_key != definition_key,
            ProcessInstance.state == ACTIVE,
        )
    if from_definition is not None:
        statement = statement.where(ProcessInstance.definition_key == from_definition)
    found = []
    for row in session.execute(statement).all():
        instance = Instance(**{name: getattr(row, name) for name in COLUMNS})
        matter = Matter(session, instance if instance.is_root else _root(session, instance), actor)
        looked_at = Preview(
            key=instance.key,
            root_key=instance.root_key,
            business_id=row.root_business_id,
            definition_key=instance.definition_key,
            suspended=matter.root.suspended,
            move=_move(session, matter, matter.add(instance), target, given),
        )
        found.append(looked_at)
    return tuple(found)


def migrate(
    session: Session,
    key: int,
    actor: Actor,
    reason: str,
    *,
    definition_key: int,
    mapping: Mapping[str, str] | None = None,
) -> None:
    """Bring one instance, a matter or a called process of one, to another version: all of it or nothing.

    A suspended matter stays suspended. Raises :class:`NotAllowed`, :class:`NotFound`, :class:`Conflict` (it has
    ended, or is there already), :class:`Refused` (with what stands in the way), :class:`ExecutionFailed` (an
    expression of the new version fails on its variables).
    """
    _refuse_strangers(actor)
    given = checked_reason(reason)
    locked = lock(session, "instance", key, actor)
    if locked is None:
        raise no_such_matter()
    matter, instance = locked.matter, locked.instance
    if not (instance.is_active and matter.root.is_active):
        raise Conflict(_ended())
    source = deployments.definition(session, instance.definition_key)
    owners.refuse_others(session, actor, source.process_id)
    if actor.person == matter.root.starter:
        raise NotAllowed(Sentence("Nobody directs his own request; it can be withdrawn, or its approvers decide."))
    target = deployments.definition(session, definition_key)
    mapped = _checked(session, source, target, _checked_targets(session, target, mapping or {}))
    details = {
        "reason": given,
        "from": {"definition": source.key, "version": source.version},
        "to": {"definition": target.key, "version": target.version},
        "mapping": dict(mapped),
        "process_instance": instance.key,
    }
    matter.record(instance, "process_instance.migrated", details=details, actor=actor)
    migration.migrate(matter, instance, definition_key, mapped)
    matter.save()


def _move(
    session: Session, matter: Matter, instance: Instance, target: Definition, mapping: Mapping[str, str]
) -> Move:
    if not (instance.is_active and matter.root.is_active):
        return _blocked(_ended())
    source = deployments.definition(session, instance.definition_key)
    try:
        _checked(session, source, target, mapping)
    except (Conflict, Refused) as error:
        return _blocked(error.sentence)
    return migration.move(matter, instance, target.key, mapping)


def _checked_targets(session: Session, target: Definition, mapping: Mapping[str, str]) -> Mapping[str, str]:
    elements = deployments.process(session, target.key).elements
    for element_id in mapping.values():
        if element_id not in elements:
            raise Refused(
                Sentence(
                    "The mapping names {element}, which version {version} does not have.",
                    element=element_id[:80],
                    version=target.version,
                )
            )
    return mapping


def _checked(
    session: Session, source: Definition, target: Definition, mapping: Mapping[str, str]
) -> Mapping[str, str]:
    if source.process_id != target.process_id:
        raise Refused(
            Sentence(
                "A matter of {process} cannot become one of {other}.",
                process=source.name or source.process_id,
                other=target.name or target.process_id,
            )
        )
    if source.key == target.key:
        raise Conflict(Sentence("It is on version {version} already.", version=target.version))
    elements = deployments.process(session, source.key).elements
    for element_id in mapping:
        if element_id not in elements:
            raise Refused(
                Sentence(
                    "The mapping names {element}, which version {version} does not have.",
                    element=element_id[:80],
                    version=source.version,
                )
            )
    return mapping


def _root(session: Session, instance: Instance) -> Instance:
    table = ProcessInstance.__table__
    row = session.execute(select(*(table.c[name] for name in COLUMNS)).where(table.c.key == instance.root_key)).one()
    return Instance(**row._asdict())


def _blocked(sentence: Sentence) -> Move:
    return Move((Obstacle("", sentence),), {})


def _ended() -> Sentence:
    return Sentence("This matter has ended.")


def _refuse_strangers(actor: Actor) -> None:
    if actor.is_auditor or not (actor.is_administrator or actor.is_process_owner or actor.is_system):
        raise NotAllowed(Sentence("Only administrators and process owners may bring matters to another version."))
