"""Start a matter: a draft while only its starter has something to do in it, else submitted at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from engine import clock, deployments
from engine.actor import Actor
from engine.errors import NotAllowed, Refused
from engine.execution import Matter, calls, open_matter, presentation
from engine.execution.instance import Instance
from engine.execution.work import SERVICE
from engine.keys import new_key
from engine.models.user_task import CREATED
from engine.organisation import people, snapshot
from engine.process_instances.links import Origin, link
from engine.process_instances.rights import may_start
from feel.sentences import Sentence

RESERVED = frozenset({"starter", "store"})


def start(  # noqa: PLR0913 - what is started, by whom, where, and why
    session: Session,
    process_id: str,
    actor: Actor,
    variables: Mapping[str, Any] | None = None,
    store: str | None = None,
    start_element: str | None = None,
    *,
    starter: str | None = None,
    origin: Origin | None = None,
    scheduled: Mapping[str, Any] | None = None,
    expected: int | None = None,
) -> Instance:
    """Start the latest version of a process; its variables ``starter`` and ``store`` come from the actor's post.

    ``store``: the unit it belongs to, one in which the actor holds a post (None: the first that lets him start).
    ``variables``: from the system and administrators only; what people have to say, they say in the first form.
    ``starter``: the person for whom the system starts it; ``origin``: the step of another matter that asked for it.
    ``scheduled``: of a start by the clock, what history tells about it. ``expected``: the key of the version that is
    meant; one that is not in use any more is refused.
    Raises :class:`NotFound`, :class:`NotAllowed`, :class:`Refused`.
    """
    current = deployments.current_process(session, process_id)
    definition_key = current.key
    if expected not in (None, definition_key):
        raise Refused(Sentence("Only the version in use can be started: {version}.", version=current.version))
    process = deployments.process(session, definition_key)
    if not may_start(actor, process.properties):
        raise NotAllowed(Sentence("You may not start {process}.", process=process.name or process_id))
    given = _checked_variables(actor, variables or {})
    begun_by = _starter(session, actor, starter)
    matter = open_matter(
        session,
        actor,
        key=new_key(),
        definition_key=definition_key,
        process_id=process_id,
        starter=begun_by,
        store=_store(session, actor, process.properties, store),
        started_at=clock.now(),
    )
    root = matter.root
    matter.record(
        root,
        "process_instance.started",
        details={
            "process_id": process_id,
            "definition": definition_key,
            "store": root.store,
            **({} if scheduled is None else {"scheduled": dict(scheduled)}),
        },
        actor=actor,
    )
    if origin is not None:
        link(matter, origin, actor)
    given |= {"starter": root.starter, "store": root.store}
    calls.start(matter, root, given, start_element)
    matter.settle()
    if root.is_active and not _is_draft(matter):
        presentation.submit(matter)
    matter.save()
    return root


def _starter(session: Session, actor: Actor, starter: str | None) -> str:
    """Who started it: the actor himself, or the person for whom the system acts."""
    if starter is None or starter == actor.person:
        return actor.person
    if not actor.is_system:
        raise NotAllowed(Sentence("You can start a matter for yourself only."))
    if not starter.startswith("system:") and not snapshot.of(session).is_active(starter):
        raise Refused(Sentence("Nobody with the id {person} works here.", person=starter[:80]))
    return starter


def _checked_variables(actor: Actor, variables: Mapping[str, Any]) -> dict[str, Any]:
    if not variables:
        return {}
    if not (actor.is_system or actor.is_administrator):
        raise NotAllowed(Sentence("Only an administrator may start a matter with variables of his own."))
    reserved = RESERVED & set(variables)
    if reserved:
        raise Refused(Sentence("The variable {name} is set by the system.", name=min(reserved)))
    return dict(variables)


def _store(session: Session, actor: Actor, properties: Mapping[str, str], store: str | None) -> str | None:
    """The unit that the matter belongs to: that of the post which lets the actor start it."""
    if actor.is_system:
        return store
    now = clock.now()
    posts = {name.strip() for name in properties.get("starterPosts", "").split(",")} - {""}
    units = people.units_of(session, actor.person, now, posts) or people.units_of(session, actor.person, now)
    if store is None:
        return units[0] if units else None
    if store not in units and not actor.is_administrator:
        raise NotAllowed(Sentence("You hold no post in {unit}.", unit=store))
    return store


def _is_draft(matter: Matter) -> bool:
    """Whether nobody but the starter has been asked for anything yet."""
    tasks = [row for row in matter.rows.tasks.values() if row["state"] == CREATED]
    mine = all(row["assignee"] == matter.root.starter for row in tasks)
    asked = len(matter.instances) > 1 or any(row["kind"] == SERVICE for row in matter.rows.jobs.values())
    return bool(tasks) and mine and not asked
