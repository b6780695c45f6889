"""Somebody published meanwhile: which files that touches, and how a draft is brought onto the new version.

Files that only one side changed take care of themselves. Where both did, the holder says whose stays; if any of his
own goes, the draft as it was is kept beside.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy.orm import Session

from engine import clock
from engine.actor import Actor
from engine.deployments import current_deployment, files
from engine.drafts import rights
from engine.drafts.editing import copied, drop_files
from engine.drafts.reading import view
from engine.errors import Conflict
from engine.models import Deployment, Draft
from feel.sentences import Sentence


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """What was published since a draft began: ``theirs`` are changed files, ``both`` those that it changes too."""

    deployment: Deployment
    theirs: tuple[str, ...]
    both: tuple[str, ...]


def meanwhile(session: Session, draft: Draft) -> Meanwhile | None:
    """What was published since the draft began; None while its base is the current version."""
    current = current_deployment(session, draft.pack)
    if current is None or current.key == draft.base_key:
        return None
    found = view(session, draft)
    now = files.pack(session, current.key).files
    theirs = {path for path in {*found.base, *now} if found.base.get(path) != now.get(path)}
    mine = {path: file.content for path, file in found.changes.items()}
    both = {path for path in theirs & set(mine) if mine[path] != now.get(path)}
    return Meanwhile(current, tuple(sorted(theirs - both)), tuple(sorted(both)))


def bring_up_to_date(session: Session, key: int, actor: Actor, seen: int, keep: Collection[str] = ()) -> Draft | None:
    """Lay the draft over the deployment ``seen``; of files changed on both sides, ``keep`` are those of the draft.

    Gives the copy of the draft as it was, when something of it goes. Raises :class:`Conflict` when ``seen`` is not
    the current deployment any more.
    """
    draft = rights.held(session, key, actor)
    news = meanwhile(session, draft)
    if news is None:
        return None
    if news.deployment.key != seen:
        raise Conflict(Sentence("Somebody published this pack meanwhile. Look at the difference again."))
    given_up = set(news.both) - set(keep)
    copy = None
    if given_up:
        copy = copied(session, draft, actor, {})
        drop_files(session, draft, given_up)
    draft.base_key = news.deployment.key
    draft.changed_at = clock.now()
    session.flush()
    same = {path for path, file in view(session, draft).changes.items() if file.content == _now(session, draft, path)}
    drop_files(session, draft, same)
    return copy


def _now(session: Session, draft: Draft, path: str) -> bytes | None:
    return None if draft.base_key is None else files.pack(session, draft.base_key).files.get(path)
