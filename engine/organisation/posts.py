"""The positions (岗位) of the organisation: where their holders are found, and who stands above them."""

from __future__ import annotations

from sqlalchemy.orm import Session

from engine import models
from engine.actor import Actor
from engine.errors import Conflict, NotFound, Refused
from engine.organisation import rights, snapshot
from feel.sentences import Sentence

SCOPES = ("organisation", "unit")
_LEVELS = 20


def add(  # noqa: PLR0913 - a row has as many columns
    session: Session,
    actor: Actor,
    code: str,
    *,
    name: str,
    grade: str,
    name_en: str | None = None,
    queue: bool = False,
    scope: str = "organisation",
    superior: str | None = None,
) -> models.Post:
    """Add a post; see :class:`engine.models.Post` for what the settings mean."""
    rights.administrator(actor)
    rights.checked_id(code)
    if session.get(models.Post, code) is not None:
        raise Conflict(Sentence("There is a post {post} already.", post=code))
    if scope not in SCOPES:
        raise Refused(Sentence("The scope of a post is one of {scopes}.", scopes=", ".join(SCOPES)))
    if superior is not None:
        _above(session, code, superior)
    post = models.Post(
        code=code,
        name=rights.checked_name(name),
        name_en=rights.checked_english_name(name_en),
        grade=rights.checked_name(grade),
        queue=queue,
        scope=scope,
        superior=superior,
    )
    session.add(post)
    session.flush()
    snapshot.changed(session)
    return post


def get(session: Session, code: str) -> models.Post:
    """The post of that code; raises :class:`NotFound`."""
    post = session.get(models.Post, code)
    if post is None:
        raise NotFound(Sentence("There is no post {post}.", post=code))
    return post


def set_superior(session: Session, actor: Actor, code: str, superior: str | None) -> None:
    """Put a post below another one, or make it the highest."""
    rights.administrator(actor)
    post = get(session, code)
    if superior is not None:
        _above(session, code, superior)
    post.superior = superior
    session.flush()
    snapshot.changed(session)


def _above(session: Session, code: str, superior: str) -> None:
    """Refuse a superior that does not exist or stands below the post itself."""
    above: str | None = superior
    for _ in range(_LEVELS):
        if above is None:
            return
        if above == code:
            raise Refused(Sentence("{post} cannot stand above itself.", post=code))
        above = get(session, above).superior
    raise Refused(Sentence("Posts stand at most {levels} levels above each other.", levels=_LEVELS))
