"""The matters that somebody started, a page at a time: as far as the page reaches, whatever their number."""

from __future__ import annotations

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from engine.actor import Actor
from engine.models import ProcessInstance
from engine.process_instances.reading import MAXIMUM_PAGE, Page, containing
from engine.substrings import holds


def started_by(
    session: Session, actor: Actor, *, state: str | None = None, text: str = "", page: int = 1, size: int = 30
) -> Page[ProcessInstance]:
    """The matters that the actor started (我发起的), the latest first; discarded drafts are gone.

    ``total`` counts up to this page's end, and one more where the list goes on.
    """
    matter = ProcessInstance
    statement = select(matter).where(
        matter.starter == actor.person,
        matter.parent_key.is_(None),
        or_(matter.outcome.is_(None), matter.outcome != "discarded"),
    )
    if state is not None:
        statement = statement.where(matter.state == state)
    if text.strip():
        pattern = containing(text)
        statement = statement.where(or_(holds(matter.title, pattern), holds(matter.business_id, pattern)))
    size, page = max(1, min(size, MAXIMUM_PAGE)), max(1, page)
    ordered = statement.order_by(matter.started_at.desc(), matter.key.desc())
    rows = session.execute(ordered.limit(size + 1).offset((page - 1) * size)).scalars().all()
    return Page(rows[:size], (page - 1) * size + len(rows) if rows else 0, page, size)
