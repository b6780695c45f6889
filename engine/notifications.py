"""What was brought to a person's notice: copies of decisions (抄送), reminders, messages of the system.

Notices about tasks come as a digest: what is due for one person within a while becomes one notification.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Integer, bindparam, exists, func, select, update
from sqlalchemy.orm import Session

from engine import clock, deliveries
from engine.actor import Actor
from engine.errors import NotFound
from engine.keys import new_key
from engine.models import Delivery, Notification, Person
from engine.statements import Statement
from feel.sentences import Sentence

MAXIMUM_PAGE = 200
DIGEST_WINDOW = timedelta(hours=1)
"""A notice about a task joins an unread one that is not older than this."""

GATHERING = timedelta(minutes=5)
"""How long a digest waits before it leaves the house: what comes meanwhile joins it."""

AT_ONCE = timedelta(0)
DIGEST = "deadline"
"""The kind of a notification that several notices share."""

_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Notice:
    """What somebody should know about a task: one line of a digest. ``kind``: "reminder", "overdue", "take_over"."""

    kind: str
    task: int
    root_key: int
    sentence: Sentence


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


def unread(session: Session, actor: Actor, most: int = 1000) -> int:
    """How many the actor has not read yet; counted up to ``most``."""
    return int(_UNREAD.scalar(session, {"person": actor.person, "most": most}) or 0)


_UNREAD = Statement(
    select(func.count().label("count")).select_from(
        select(Notification.key)
        .where(Notification.person_id == bindparam("person"), Notification.read_at.is_(None))
        .limit(bindparam("most", type_=Integer))
        .subquery()
    )
)


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


def sentence_of(stored: Mapping[str, Any], language: str) -> Sentence:
    """The sentence of a notification; one that a diagram wrote has its own text for each language."""
    written: Mapping[str, Any] = stored.get("languages") or {}
    return Sentence.from_json(written.get(language) or stored)


def written(texts: Mapping[str, str]) -> dict[str, Any]:
    """Texts by language as a notification keeps them; a reader of another language gets the first."""
    stored = {language: Sentence("{text}", text=text).as_json() for language, text in texts.items()}
    return {**next(iter(stored.values())), "languages": stored}


def notify(session: Session, persons: Iterable[str], notice: Notice) -> None:
    """Bring a notice about a task to everybody's notice; a newer one about the same task takes the older's place."""
    now = clock.now()
    told = sorted(set(persons))
    # in one order everywhere, so that two matters tell the same people one after the other
    session.execute(select(Person.id).where(Person.id.in_(told)).order_by(Person.id).with_for_update(key_share=True))
    for person_id in told:
        latest = session.execute(
            select(Notification)
            .where(
                Notification.person_id == person_id,
                Notification.read_at.is_(None),
                Notification.items.is_not(None),
                Notification.created_at >= now - DIGEST_WINDOW,
                # what has gone out by mail or chat stays as it is
                ~exists().where(Delivery.notification_key == Notification.key, Delivery.begun_at.is_not(None)),
            )
            .order_by(Notification.created_at.desc(), Notification.key.desc())
            .limit(1)
        ).scalar_one_or_none()
        is_new = latest is None
        if latest is None:
            latest = Notification(key=new_key(), person_id=person_id, items=[])
            session.add(latest)
        _put(latest, notice)
        latest.created_at = now
        session.flush()
        if is_new:
            deliveries.plan(session, latest, pause=GATHERING)


def tell(session: Session, persons: Iterable[str], kind: str, sentence: Sentence) -> None:
    """Bring something that concerns no task to everybody's notice."""
    now = clock.now()
    for person_id in sorted(set(persons)):
        notification = Notification(
            key=new_key(), person_id=person_id, kind=kind, sentence=sentence.as_json(), created_at=now
        )
        session.add(notification)
        session.flush()
        deliveries.plan(session, notification)


def _put(notification: Notification, notice: Notice) -> None:
    item: dict[str, Any] = {
        "kind": notice.kind,
        "task": notice.task,
        "root_key": notice.root_key,
        "sentence": notice.sentence.as_json(),
    }
    items = [*(other for other in notification.items or () if other["task"] != notice.task), item]
    kinds, roots = {other["kind"] for other in items}, {other["root_key"] for other in items}
    notification.items = items
    notification.kind = kinds.pop() if len(kinds) == 1 else DIGEST
    notification.root_key = roots.pop() if len(roots) == 1 else None
    notification.sentence = _digest([Sentence.from_json(other["sentence"]) for other in items]).as_json()


def _digest(sentences: Sequence[Sentence]) -> Sentence:
    """One sentence as it is; several with their number before them, the latest first."""
    if len(sentences) == 1:
        return sentences[0]
    latest = list(reversed(sentences))
    joined = latest[0]
    for following in latest[1:_SHOWN]:
        joined = Sentence("{first} {following}", first=joined, following=following)
    if len(latest) > _SHOWN:
        more = Sentence("And {count} more.", count=len(latest) - _SHOWN)
        joined = Sentence("{first} {following}", first=joined, following=more)
    return Sentence("{count} tasks: {tasks}", count=len(latest), tasks=joined)
