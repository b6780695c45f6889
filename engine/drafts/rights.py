"""Who may open, change and receive a draft."""

from __future__ import annotations

from sqlalchemy.orm import Session

from engine.actor import Actor
from engine.deployments import files, owners
from engine.errors import Conflict, NotAllowed, NotFound
from engine.models import Draft
from engine.models.draft import OPEN
from feel.sentences import Sentence


def may_open(actor: Actor) -> bool:
    """Whether somebody works on procedures at all; whoever does may read every draft."""
    return actor.is_process_owner or actor.is_administrator


def may_edit(session: Session, actor: Actor, draft: Draft, path: str) -> bool:
    """Whether the actor may change this file of an open draft: he holds it, and all that uses the file is his."""
    return draft.state == OPEN and draft.holder == actor.person and owns(session, actor, draft.base_key, path)


def owns(session: Session, actor: Actor, base_key: int | None, path: str) -> bool:
    """Whether every process that uses a file is the actor's to change."""
    used_by = files.users(session, base_key).get(path, frozenset()) if base_key is not None else frozenset()
    return owners.may_change(actor, used_by, owners.all_owners(session))


def opened(session: Session, key: int, actor: Actor) -> Draft:
    """The draft, for somebody who may read it; raises :class:`NotFound` for others too."""
    draft = session.get(Draft, key) if may_open(actor) else None
    if draft is None:
        raise NotFound(Sentence("There is no such draft, or it is not open to you."))
    return draft


def held(session: Session, key: int, actor: Actor) -> Draft:
    """The open draft of its holder, locked for this transaction; raises :class:`NotAllowed` for anybody else."""
    opened(session, key, actor)
    draft = session.get_one(Draft, key, with_for_update=True, populate_existing=True)
    if draft.state != OPEN:
        raise Conflict(Sentence("This draft is closed: it was published or discarded."))
    if draft.holder != actor.person:
        raise NotAllowed(
            Sentence("This draft is in other hands. Ask {person} to give it to you.", person=draft.holder)
        )
    return draft


def changeable(session: Session, key: int, actor: Actor, path: str) -> Draft:
    """The draft in which the actor may change this file; raises :class:`NotAllowed` where it is not his."""
    draft = held(session, key, actor)
    if not owns(session, actor, draft.base_key, path):
        owners.check(session, actor, draft.base_key, [path])  # says whose it is
    return draft
