"""What was brought to a person's notice: copies of decisions (抄送), reminders, messages of the system."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from engine import clock
from engine.actor import Actor
from engine.errors import NotFound
from engine.models import Notification
from feel.sentences import Sentence

MAXIMUM_PAGE = 200


@dataclass(frozen=True, slots=True)
class Notifications:
    """One page of a person's notifications, the latest first; ``total`` is the length of the whole list."""

    rows: Sequence[Notification]
    total: int
    page: int
    size: int

    @property
    def pages(self) -> int:
        """How many pages there are, at least 1."""
        return max(1, -(-self.total // self.size))


def listed(session: Session, actor: Actor, *, page: int = 1, size: int = 30) -> Notifications:
    """The actor's own notifications."""
    size, page = max(1, min(size, MAXIMUM_PAGE)), max(1, page)
    mine = Notification.person_id == actor.person
    total = session.execute(select(func.count()).select_from(Notification).where(mine)).scalar_one()
    rows = session.execute(
        select(Notification)
        .where(mine)
        .order_by(Notification.created_at.desc(), Notification.key.desc())
        .limit(size)
        .offset((page - 1) * size)
    )
    return Notifications(rows.scalars().all(), total, page, size)


def unread(session: Session, actor: Actor) -> int:
    """How many the actor has not read yet."""
    mine = (Notification.person_id == actor.person, Notification.read_at.is_(None))
    return session.execute(select(func.count()).select_from(Notification).where(*mine)).scalar_one()


def read(session: Session, key: int, actor: Actor) -> Notification:
    """Mark one of the actor's own as read; reading it again changes nothing."""
    found = session.get(Notification, key)
    if found is None or found.person_id != actor.person:
        raise NotFound(Sentence("There is no such notification."))
    if found.read_at is None:
        found.read_at = clock.now()
    return found


def read_all(session: Session, actor: Actor) -> None:
    """Mark all of the actor's own as read."""
    session.execute(
        update(Notification)
        .where(Notification.person_id == actor.person, Notification.read_at.is_(None))
        .values(read_at=clock.now())
        .execution_options(synchronize_session=False)
    )
