"""Notify (inside): brings a matter to the notice of people, in their inbox.

Takes ``people`` (ids), ``groups`` (post codes: everybody who holds the post today) and ``kind`` ("copy"). Whoever has
not read an earlier copy of the same matter yet gets no second one: one line for each matter is enough.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.keys import new_key
from engine.models import Notification, ProcessInstance
from engine.organisation import snapshot
from engine.topics import Work
from feel.sentences import Sentence


def run(session: Session, work: Work) -> Mapping[str, Any]:
    """Add one notification for each person concerned."""
    matter = session.get_one(ProcessInstance, work.root_key)
    kind = str(work.variables["kind"])
    sentence = Sentence(
        "For your information: {number} {title}", number=matter.business_id or "", title=matter.title or ""
    )
    concerned = _people(session, work)
    for person_id in sorted(concerned - _informed(session, concerned, work.root_key, kind)):
        session.add(
            Notification(
                key=new_key(),
                person_id=person_id,
                root_key=work.root_key,
                kind=kind,
                sentence=sentence.as_json(),
                created_at=clock.now(),
            )
        )
    return {}


def _people(session: Session, work: Work) -> set[str]:
    """The people named and the holders of the posts named, as far as they work here."""
    organisation = snapshot.of(session)
    today = clock.now().date()
    named = {person for person in work.variables["people"] if organisation.is_active(person)}
    return named.union(*(organisation.holders(post, None, today) for post in work.variables["groups"]))


def _informed(session: Session, people: Collection[str], root_key: int, kind: str) -> set[str]:
    """Who has an unread notification of this kind about this matter."""
    unread = select(Notification.person_id).where(
        Notification.person_id.in_(people),
        Notification.root_key == root_key,
        Notification.kind == kind,
        Notification.read_at.is_(None),
    )
    return set(session.scalars(unread))
