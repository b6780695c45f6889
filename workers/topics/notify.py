"""Notify (inside): brings a matter to the notice of people, on their page and by the channels that they chose.

Inputs: ``people`` (ids) and ``groups`` (post codes: everybody who holds the post today); ``kind``: "copy" (抄送),
"notice" or "reminder"; ``text.zh`` and ``text.en`` (headers), in which ``{name}`` stands for a variable;
``channels``: none but these of the channels that somebody chose. Whoever has not read an earlier copy of the same
matter yet gets no second one: one line for each matter is enough.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock, deliveries, notifications
from engine.calendar import local_date, zone_named
from engine.errors import Refused
from engine.keys import new_key
from engine.models import Notification, ProcessInstance
from engine.organisation import snapshot
from engine.topics import Work
from engine.values import dumps
from feel.sentences import Sentence

COPY = "copy"
_PLACE = re.compile(r"\{([^{}]*)\}")
_NAME = re.compile(r"[^\W\d]\w*")
_LONGEST = 1000


def run(session: Session, work: Work) -> Mapping[str, Any]:
    """Add one notification for each person concerned."""
    inputs = work.inputs
    kind, sentence = inputs.get("kind", COPY), _sentence(session, work)
    concerned = _people(session, inputs)
    known = _informed(session, concerned, work.root_key) if kind == COPY else set()
    for person_id in sorted(concerned - known):
        notification = Notification(
            key=new_key(),
            person_id=person_id,
            root_key=work.root_key,
            kind=kind,
            sentence=sentence,
            created_at=clock.now(),
        )
        session.add(notification)
        session.flush()
        pause = notifications.GATHERING if kind == COPY else notifications.AT_ONCE
        deliveries.plan(session, notification, only=inputs.get("channels"), pause=pause)
    return {}


def _sentence(session: Session, work: Work) -> Mapping[str, Any]:
    texts = {
        language: _filled(work.inputs[f"text.{language}"], work.variables)
        for language in ("zh", "en")
        if f"text.{language}" in work.inputs
    }
    if texts:
        return notifications.written(texts)
    matter = session.get_one(ProcessInstance, work.root_key)
    number, title = matter.business_id or "", matter.title or ""
    return Sentence("For your information: {number} {title}", number=number, title=title).as_json()


def _filled(text: str, variables: Mapping[str, Any]) -> str:
    """The text with variables in their places; names alone stand there, nothing is evaluated."""

    def value(match: re.Match[str]) -> str:
        name = match[1].strip()
        if not _NAME.fullmatch(name) or name not in variables:
            raise Refused(Sentence("The text names {name}, which is no variable here.", name=name[:80] or "{}"))
        return _shown(variables[name])

    return _PLACE.sub(value, text)[:_LONGEST]


def _shown(value: Any) -> str:
    if isinstance(value, str):
        return value
    if value is None:
        return "–"
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime):
        return f"{value.astimezone(zone_named()):%Y-%m-%d %H:%M}"
    return value.isoformat() if hasattr(value, "isoformat") else dumps(value)


def _people(session: Session, inputs: Mapping[str, Any]) -> set[str]:
    """The people named and the holders of the posts named, as far as they work here."""
    organisation = snapshot.of(session)
    today = local_date(clock.now())
    named = {person for person in inputs.get("people", ()) if organisation.is_active(person)}
    return named.union(*(organisation.holders(post, None, today) for post in inputs.get("groups", ())))


def _informed(session: Session, people: Collection[str], root_key: int) -> set[str]:
    """Who has an unread copy of this matter."""
    unread = select(Notification.person_id).where(
        Notification.person_id.in_(people),
        Notification.root_key == root_key,
        Notification.kind == COPY,
        Notification.read_at.is_(None),
    )
    return set(session.scalars(unread))
