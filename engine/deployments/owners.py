"""Who owns which process, and so who may change it and what only it uses.

A process without owners is open to every process owner. A file may be changed by whoever may change every process
that uses it; administrators may change everything.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from engine import clock, history
from engine.actor import Actor
from engine.deployments import files
from engine.errors import NotAllowed, NotFound, Refused
from engine.models import ProcessDefinition, ProcessOwner
from engine.organisation import people, rights
from feel.sentences import Sentence

CHANGED = "process_owner.changed"
"""The event that tells who owns a process from now on."""

Owners = Mapping[str, frozenset[str]]


def all_owners(session: Session) -> Owners:
    """Process id → its owners; one that nobody owns is not in it."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for process_id, person_id in session.execute(select(ProcessOwner.process_id, ProcessOwner.person_id)):
        found[process_id].add(person_id)
    return {process_id: frozenset(owners) for process_id, owners in found.items()}


def set_owners(session: Session, actor: Actor, process_id: str, owners: Collection[str]) -> None:
    """Make exactly these people the owners of a process; none opens it to all process owners. Administrators only.

    Raises :class:`Refused` for somebody who does not hold the post of a process owner today.
    """
    rights.administrator(actor)
    if (
        session.execute(select(ProcessDefinition.key).where(ProcessDefinition.process_id == process_id)).first()
        is None
    ):
        raise NotFound(Sentence("There is no procedure {process}.", process=process_id))
    now = clock.now()
    for person in sorted(set(owners)):
        held = people.actor(session, person, now)
        if not (held.is_process_owner or held.is_administrator):
            name = people.name(session, person)
            raise Refused(Sentence("{person} is no process owner. Give the post first.", person=Sentence(name)))
    before = all_owners(session).get(process_id, frozenset())
    if before == frozenset(owners):
        return
    session.execute(delete(ProcessOwner).where(ProcessOwner.process_id == process_id))
    session.add_all(
        ProcessOwner(process_id=process_id, person_id=person, since=now, given_by=actor.person)
        for person in sorted(set(owners))
    )
    journal = history.journal(session, history.DEPLOYMENTS)
    told = {"process": process_id, "before": sorted(before), "after": sorted(owners)}
    history.record(session, journal, CHANGED, actor, details=told)
    history.flush(session, journal)


def may_change(actor: Actor, process_ids: Iterable[str], owners: Owners) -> bool:
    """Whether the actor may change all of these processes; of none: whether he may change anything at all."""
    if actor.is_administrator or actor.is_system:
        return True
    return actor.is_process_owner and all(
        process_id not in owners or actor.person in owners[process_id] for process_id in process_ids
    )


def refuse_others(session: Session, actor: Actor, process_id: str) -> None:
    """Raise :class:`NotAllowed`, with whom to ask, unless the process is the actor's to look after."""
    owned = all_owners(session)
    if may_change(actor, [process_id], owned):
        return
    if not actor.is_process_owner:
        raise NotAllowed(Sentence("This is for the owners of the procedure {process}.", process=process_id))
    raise NotAllowed(
        Sentence(
            "The procedure {process} is not yours. Ask one of its owners: {owners}.",
            process=process_id,
            owners=", ".join(sorted(owned[process_id])),
        )
    )


def check(session: Session, actor: Actor, deployment_key: int | None, paths: Iterable[str]) -> None:
    """Refuse an actor who may not change all of these files; :class:`NotAllowed` names the first that is not his."""
    if not (actor.is_administrator or actor.is_process_owner or actor.is_system):
        raise NotAllowed(Sentence("Only process owners and administrators may publish procedures."))
    if deployment_key is None:
        return
    users, owners = files.users(session, deployment_key), all_owners(session)
    for path in sorted(paths):
        for process_id in sorted(users.get(path, ())):
            if not may_change(actor, [process_id], owners):
                raise NotAllowed(
                    Sentence(
                        "{file} belongs to the procedure {process}, which you do not own. Ask one of its owners: "
                        "{owners}.",
                        file=path,
                        process=process_id,
                        owners=", ".join(sorted(owners[process_id])),
                    )
                )
