"""Beginning a draft: over what is current, or from the files that somebody brought along."""

from __future__ import annotations

from sqlalchemy.orm import Session

from engine import clock
from engine.actor import Actor
from engine.content import Pack
from engine.content.pack import refuse_name
from engine.deployments import current_deployment, files, owners
from engine.drafts import rights
from engine.errors import NotAllowed, Refused
from engine.keys import new_key
from engine.models import Draft, DraftFile
from engine.models.draft import OPEN
from feel.sentences import Sentence

_TITLE_LENGTH = 120


def create(session: Session, actor: Actor, pack: str, title: str) -> Draft:
    """An empty draft of a pack over its current deployment; a pack that is not there yet begins with nothing."""
    if not rights.may_open(actor):
        raise NotAllowed(Sentence("Only process owners and administrators may change procedures."))
    refuse_name(pack)
    base = current_deployment(session, pack)
    now = clock.now()
    draft = Draft(
        key=new_key(),
        pack=pack,
        title=checked_title(title),
        base_key=None if base is None else base.key,
        holder=actor.person,
        created_by=actor.person,
        created_at=now,
        changed_at=now,
        state=OPEN,
    )
    session.add(draft)
    session.flush()
    return draft


def from_pack(session: Session, actor: Actor, pack: Pack, title: str) -> Draft:
    """A draft of everything in which a pack differs from the current one; what a whole pack lacks is taken out.

    Raises :class:`NotAllowed` when it differs in files that are not the actor's to change, :class:`Refused` when it
    differs in nothing.
    """
    draft = create(session, actor, pack.name, title)
    now_there = {} if draft.base_key is None else files.pack(session, draft.base_key).files
    wanted: dict[str, bytes | None] = dict(pack.files)
    if pack.is_whole:
        wanted |= dict.fromkeys(path for path in now_there if path not in pack.files)
    differing = {path: content for path, content in wanted.items() if content != now_there.get(path)}
    if not differing:
        raise Refused(Sentence("These files are the same as those that are published. There is nothing to change."))
    owners.check(session, actor, draft.base_key, differing)
    session.add_all(
        DraftFile(
            draft_key=draft.key,
            path=path,
            content=content,
            revision=1,
            changed_by=actor.person,
            changed_at=draft.created_at,
        )
        for path, content in differing.items()
    )
    session.flush()
    return draft


def checked_title(title: str) -> str:
    """What a draft is called: one line that says what it is about."""
    stripped = " ".join(title.split())
    if not stripped or len(stripped) > _TITLE_LENGTH or not stripped.isprintable():
        raise Refused(Sentence("A title has 1 to {maximum} printable characters.", maximum=_TITLE_LENGTH))
    return stripped
