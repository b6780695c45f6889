"""Who looked at which matter, when, and who took what away: written before it is shown, never changed after."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import simplejson
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine import clock
from engine.actor import Actor
from engine.errors import NotAllowed
from engine.keys import new_key
from engine.models import MatterView
from engine.process_instances.reading import MAXIMUM_PAGE, Page
from feel.sentences import Sentence

ONE_LOOK = timedelta(minutes=10)
"""Who opens the same page again within this time is still looking."""

_PAGES = frozenset({"page", "audit", "file", "document"})
_LONGEST_DETAILS = 1000


@dataclass(frozen=True, slots=True)
class View:
    """Which views to show; "" and None leave one in."""

    person: str = ""
    root_key: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    page: int = 1
    size: int = 50


def viewed(
    session: Session, actor: Actor, kind: str, root_key: int | None = None, details: Mapping[str, str] | None = None
) -> None:
    """Write down that the actor looks at a matter, or at a list: a page once a while, what is taken away each time.

    ``kind``: page, audit (its page on the auditor's desk), file (an attachment; pictures show themselves on pages),
    document (of the archive), package (a document with its files), pdf, lines, search, excel.
    """
    if is_known(session, actor, kind, root_key, details):
        return
    now, text = clock.now(), _text(details)
    session.add(
        MatterView(key=new_key(), person_id=actor.person, root_key=root_key, kind=kind, details=text, viewed_at=now)
    )
    session.flush()


def is_known(
    session: Session, actor: Actor, kind: str, root_key: int | None, details: Mapping[str, str] | None = None
) -> bool:
    """Whether it is written down already that the actor looks at this page: asked before a writer is kept waiting."""
    if kind not in _PAGES:
        return False
    lately = _last(actor, kind, root_key).where(MatterView.viewed_at > clock.now() - ONE_LOOK)
    return session.execute(lately.where(MatterView.details.is_not_distinct_from(_text(details)))).first() is not None


def _text(details: Mapping[str, str] | None) -> str | None:
    return simplejson.dumps(dict(details), ensure_ascii=False)[:_LONGEST_DETAILS] if details else None


def views(session: Session, actor: Actor, wanted: View) -> Page[MatterView]:
    """One page of the journal, the latest first; for auditors and administrators."""
    if not (actor.is_auditor or actor.is_administrator or actor.is_system):
        raise NotAllowed(Sentence("Only auditors and administrators may see who looked at what."))
    statement = select(MatterView)
    if wanted.person:
        statement = statement.where(MatterView.person_id == wanted.person)
    if wanted.root_key is not None:
        statement = statement.where(MatterView.root_key == wanted.root_key)
    if wanted.since is not None:
        statement = statement.where(MatterView.viewed_at >= wanted.since)
    if wanted.until is not None:
        statement = statement.where(MatterView.viewed_at < wanted.until)
    size, page = max(1, min(wanted.size, MAXIMUM_PAGE)), max(1, wanted.page)
    total = session.execute(select(func.count()).select_from(statement.subquery())).scalar_one()
    ordered = statement.order_by(MatterView.viewed_at.desc(), MatterView.key.desc())
    rows = session.execute(ordered.limit(size).offset((page - 1) * size)).scalars().all()
    return Page(rows, total, page, size)


def _last(actor: Actor, kind: str, root_key: int | None):  # type: ignore[no-untyped-def] # noqa: ANN202 - SQLAlchemy infers the row
    return select(MatterView.key).where(
        MatterView.person_id == actor.person, MatterView.kind == kind, MatterView.root_key == root_key
    )
