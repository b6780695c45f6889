"""The positions (岗位) of the organisation: where their holders are found, and who stands above them."""

from __future__ import annotations

from sqlalchemy.orm import Session

from engine import models
from engine.actor import Actor
from engine.errors import Conflict, NotFound, Refused
from engine.organisation import journal, rights
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
    rights.checked_id(code, "code")
    if session.get(models.Post, code) is not None:
        raise Conflict(Sentence("There is a post {post} already.", post=code), field="code")
    if superior is not None:
        _above(session, code, superior)
    values = _checked(name, name_en, grade, queue=queue, scope=scope) | {"superior": superior}
    post = models.Post(code=code, **values)
    session.add(post)
    journal.record(session, actor, "post.added", {"post": code}, after=values)
    return post


def get(session: Session, code: str, field: str = "post_code") -> models.Post:
    """The post of that code; raises :class:`NotFound`."""
    post = session.get(models.Post, code)
    if post is None:
        raise NotFound(Sentence("There is no post {post}.", post=code), field=field)
    return post


def edit(
    session: Session,
    actor: Actor,
    code: str,
    *,
    name: str,
    name_en: str | None,
    grade: str,
    queue: bool,
    scope: str,
) -> None:
    """Give a post other names, another grade, or look for its holders elsewhere."""
    rights.administrator(actor)
    values = _checked(name, name_en, grade, queue=queue, scope=scope)
    journal.edit(session, actor, "post.changed", get(session, code), {"post": code}, **values)


def set_superior(session: Session, actor: Actor, code: str, superior: str | None) -> None:
    """Put a post below another one, or make it the highest."""
    rights.administrator(actor)
    post = get(session, code)
    if superior is not None:
        _above(session, code, superior)
    journal.edit(session, actor, "post.changed", post, {"post": code}, superior=superior)


def _checked(name: str, name_en: str | None, grade: str, *, queue: bool, scope: str) -> dict[str, object]:
    if scope not in SCOPES:
        raise Refused(Sentence("The scope of a post is one of {scopes}.", scopes=", ".join(SCOPES)), field="scope")
    return {
        "name": rights.checked_name(name),
        "name_en": rights.checked_english_name(name_en),
        "grade": rights.checked_name(grade, "grade"),
        "queue": queue,
        "scope": scope,
    }


def _above(session: Session, code: str, superior: str) -> None:
    """Refuse a superior that does not exist or stands below the post itself."""
    above: str | None = superior
    for _ in range(_LEVELS):
        if above is None:
            return
        if above == code:
            raise Refused(Sentence("{post} cannot stand above itself.", post=code), field="superior")
        above = get(session, above, "superior").superior
    raise Refused(Sentence("Posts stand at most {levels} levels above each other.", levels=_LEVELS), field="superior")
